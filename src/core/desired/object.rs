//! An ExpressService parsed once: its spec in normalised form, the ARN of its ECS service, and its phase.

use std::collections::BTreeMap;

use crate::{
    api::{ExpressService, annotations, spec::ExpressServiceSpec},
    core::desired::{
        configuration::{Configuration, Mode},
        from_spec::configuration,
        hash::hash_of_tags,
        identity::{ObjectIdentity, OperatorIdentity, ServiceArn},
        invalid::{Invalid, invalid},
        owner_tags::owner_tags_of,
        phase::Phase,
        policy::{AdoptionPolicy, DriftPolicy},
        recorded_identity::{IdentityCheck, RecordedIdentity, is_unclaimed},
    },
};

/// An ExpressService in the form on which the core decides. Every later step reads this instead of the custom resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Desired {
    /// Namespace, name and UID of the ExpressService.
    pub object: ObjectIdentity,
    /// `metadata.generation`, which the API server increases with each change of the spec; 0 if it is unset.
    pub generation: i64,
    /// Phase of the object, derived from its finalizer, recorded identity and deletion timestamp.
    pub phase: Phase,
    /// Whether the recorded identity equals the one computed from the spec and the operator's credentials.
    pub identity: IdentityCheck,
    /// ARN of the only ECS service that calls for this object address: the recorded ARN, otherwise the computed one.
    pub arn: ServiceArn,
    /// Id of the Kubernetes cluster, as the operator writes it into owner tags now.
    pub cluster_id: String,
    /// The first error that is found in the spec without a call to AWS; `None` if there is none.
    pub invalid: Option<Invalid>,
    /// Whether ECS creates the task definition or the spec names one.
    pub mode: Mode,
    /// The configuration that the spec sets; whatever the user left out is unset.
    pub configuration: Configuration,
    /// ARN of the role with which ECS manages load balancers, security groups and autoscaling
    /// (`infrastructureRoleArn`). Fixed when the service is created.
    pub infrastructure_role_arn: String,
    /// `spec.tags`, without the owner tags; a tag without a value has the empty value.
    pub user_tags: BTreeMap<String, String>,
    /// Whether an existing unowned service of the same name may be taken over; `Never` unless the spec says `Adopt`.
    pub adoption: AdoptionPolicy,
    /// Whether drift is corrected or only reported; `Correct` if the spec leaves it out.
    pub drift: DriftPolicy,
    /// `spec.suspend`: the operator observes the service but sends no call that changes it.
    pub suspend: bool,
    /// Value of the annotation [`annotations::RESTART`]; a new value asks for a new deployment.
    pub restart: Option<String>,
    /// Value of the annotation [`annotations::RETRY`]; a new value asks to retry what the operator has given up.
    pub retry: Option<String>,
    /// Value of the annotation [`annotations::ADOPT_CONFIRM`]; it confirms the adoption whose hash it states.
    pub adopt_confirm: Option<String>,
}

impl Desired {
    /// Parses an object as it is stored in the API server. A spec that cannot be right is reported in
    /// [`Desired::invalid`], so that parsing never fails.
    pub fn parse(object: &ExpressService, operator: &OperatorIdentity) -> Self {
        let spec = &object.spec;
        let identity = ObjectIdentity {
            namespace: object.metadata.namespace.clone().unwrap_or_default(),
            name: object.metadata.name.clone().unwrap_or_default(),
            uid: object.metadata.uid.clone().unwrap_or_default(),
        };
        let computed_arn = service_arn(&identity, spec, operator);
        let recorded = if is_unclaimed(object) {
            RecordedIdentity::of_known_service(object)
        } else {
            RecordedIdentity::of(object)
        };
        let check = recorded.check(&computed_arn, &operator.cluster_id);
        let annotation = |key: &str| object.metadata.annotations.as_ref()?.get(key).cloned();
        Self {
            phase: Phase::of(object, &recorded, &check),
            generation: object.metadata.generation.unwrap_or_default(),
            invalid: invalid(spec, &computed_arn),
            arn: recorded.arn.unwrap_or(computed_arn),
            identity: check,
            cluster_id: operator.cluster_id.clone(),
            object: identity,
            mode: match spec.task_definition_arn {
                Some(_) => Mode::TaskDefinition,
                None => Mode::Managed,
            },
            configuration: configuration(spec),
            infrastructure_role_arn: spec.infrastructure_role_arn.clone(),
            user_tags: spec
                .tags
                .iter()
                .flatten()
                .map(|tag| (tag.key.clone(), tag.value.clone().unwrap_or_default()))
                .collect(),
            adoption: match spec.adoption_policy.as_deref() {
                Some("Adopt") => AdoptionPolicy::Adopt,
                _ => AdoptionPolicy::Never,
            },
            drift: match spec.drift_policy.as_deref() {
                // A value of a newer schema: fall back to the policy that changes nothing.
                None | Some("Correct") => DriftPolicy::Correct,
                Some(_) => DriftPolicy::Report,
            },
            suspend: spec.suspend.unwrap_or(false),
            restart: annotation(annotations::RESTART),
            retry: annotation(annotations::RETRY),
            adopt_confirm: annotation(annotations::ADOPT_CONFIRM),
        }
    }

    /// The tags that the service must carry: the user's tags and the owner tags.
    pub fn tags(&self) -> BTreeMap<String, String> {
        let mut tags = self.user_tags.clone();
        tags.extend(owner_tags_of(&self.object, &self.cluster_id));
        tags
    }

    /// Hash of the user's tags, without the owner tags.
    pub fn tags_hash(&self) -> String {
        hash_of_tags(&self.user_tags)
    }
}

/// Computes the ARN of the object's service from the spec, the operator's Region and its AWS account.
fn service_arn(
    object: &ObjectIdentity,
    spec: &ExpressServiceSpec,
    operator: &OperatorIdentity,
) -> ServiceArn {
    let cluster = spec.cluster.as_deref().unwrap_or("default");
    ServiceArn {
        partition: operator.caller.partition.clone(),
        region: spec
            .region
            .clone()
            .unwrap_or_else(|| operator.region.clone()),
        account: operator.caller.account.clone(),
        cluster: cluster.rsplit('/').next().unwrap_or(cluster).to_owned(),
        name: spec
            .service_name
            .clone()
            .unwrap_or_else(|| format!("{}_{}", object.namespace, object.name)),
    }
}
