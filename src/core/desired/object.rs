//! An ExpressService, parsed once: what it asks for, where its service belongs, and its phase.

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
        policy::{AdoptionPolicy, DeletionPolicy, DriftPolicy, Phase},
        recorded_identity::{IdentityCheck, RecordedIdentity, has_finalizer, is_unclaimed},
    },
};

/// An object, parsed.
#[derive(Clone, Debug, PartialEq)]
pub struct Desired {
    /// The object.
    pub object: ObjectIdentity,
    /// Generation of its spec.
    pub generation: i64,
    /// How far its life has come.
    pub phase: Phase,
    /// Whether its recorded identity is the present one.
    pub identity: IdentityCheck,
    /// The one address of its ECS service: the recorded one, else the computed one.
    pub arn: ServiceArn,
    /// Present cluster-id.
    pub cluster_id: String,
    /// Why the spec cannot be right.
    pub invalid: Option<Invalid>,
    /// Who makes the task definition.
    pub mode: Mode,
    /// What the user set.
    pub configuration: Configuration,
    /// ARN of the infrastructure role.
    pub infrastructure_role_arn: String,
    /// The user's tags.
    pub user_tags: BTreeMap<String, String>,
    /// Adoption policy.
    pub adoption: AdoptionPolicy,
    /// Drift policy.
    pub drift: DriftPolicy,
    /// Observe only.
    pub suspend: bool,
    /// The annotation that asks for a restart.
    pub restart: Option<String>,
    /// The annotation that asks for a retry.
    pub retry: Option<String>,
    /// The annotation that confirms an adoption.
    pub adopt_confirm: Option<String>,
}

impl Desired {
    /// Parses an object as the API server stores it.
    pub fn parse(object: &ExpressService, operator: &OperatorIdentity) -> Self {
        let spec = &object.spec;
        let identity = ObjectIdentity {
            namespace: object.metadata.namespace.clone().unwrap_or_default(),
            name: object.metadata.name.clone().unwrap_or_default(),
            uid: object.metadata.uid.clone().unwrap_or_default(),
        };
        let here = address(&identity, spec, operator);
        let recorded = match is_unclaimed(object) {
            true => RecordedIdentity::nothing(),
            false => RecordedIdentity::of(object),
        };
        let check = recorded.check(&here, &operator.cluster_id);
        let annotation = |key: &str| object.metadata.annotations.as_ref()?.get(key).cloned();
        Self {
            phase: phase(object, &recorded, &check),
            generation: object.metadata.generation.unwrap_or_default(),
            invalid: invalid(spec, &here),
            arn: recorded.arn.unwrap_or(here),
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
                // A word of a newer schema: the policy that changes nothing.
                None | Some("Correct") => DriftPolicy::Correct,
                Some(_) => DriftPolicy::Report,
            },
            suspend: spec.suspend.unwrap_or(false),
            restart: annotation(annotations::RESTART),
            retry: annotation(annotations::RETRY),
            adopt_confirm: annotation(annotations::ADOPT_CONFIRM),
        }
    }

    /// The user's tags and the owner tags.
    pub fn tags(&self) -> BTreeMap<String, String> {
        let mut tags = self.user_tags.clone();
        tags.extend(owner_tags_of(&self.object, &self.cluster_id));
        tags
    }

    /// Hash of the tags that the user set.
    pub fn tags_hash(&self) -> String {
        hash_of_tags(&self.user_tags)
    }
}

fn phase(object: &ExpressService, recorded: &RecordedIdentity, check: &IdentityCheck) -> Phase {
    match (
        object.metadata.deletion_timestamp.is_some(),
        has_finalizer(object),
    ) {
        (true, false) => Phase::Finalized,
        (true, true) => Phase::Deleting(match object.spec.deletion_policy.as_deref() {
            None | Some("Delete") => DeletionPolicy::Delete,
            // A word of a newer schema: the policy that destroys nothing.
            Some(_) => DeletionPolicy::Retain,
        }),
        (false, false) => Phase::Unclaimed,
        (false, true) if !recorded.annotated && *check == IdentityCheck::Same => Phase::Unclaimed,
        (false, true) => Phase::Active,
    }
}

/// The ARN of the object's service as the spec and the caller have it.
fn address(
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
