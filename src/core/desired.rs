//! The object, parsed once: what is wanted, where it belongs, and how far its life has come.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::{
    ExpressService, annotations,
    container::PrimaryContainer,
    spec::{ExpressServiceSpec, NetworkConfiguration, ScalingTarget},
};

use super::{
    configuration::{
        Configuration, Container, Logs, Mode, Network, Redacted, Scaling, hash_of_tags,
    },
    identity::{Caller, ObjectIdentity, ServiceArn, owner_tags_of},
    invalid::invalid,
    recorded::{IdentityCheck, RecordedIdentity, has_finalizer, is_unclaimed},
};

/// Where the operator is at home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorIdentity {
    /// Whose credentials it uses.
    pub caller: Caller,
    /// Region of objects that name none.
    pub region: String,
    /// UID of the namespace `kube-system`, unless the operator was given another id.
    pub cluster_id: String,
}

/// How far the life of an object has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Finalizer or identity is not stored yet.
    Unclaimed,
    /// Finalizer and identity are stored.
    Active,
    /// Being deleted, finalizer held.
    Deleting(DeletionPolicy),
    /// Being deleted, finalizer released.
    Finalized,
}

/// What becomes of the ECS service with its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeletionPolicy {
    /// It is deleted.
    Delete,
    /// It stays, marked as released.
    Retain,
}

/// What follows an outside change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DriftPolicy {
    /// It is put right.
    Correct,
    /// It is shown.
    Report,
}

/// Whether a free service of this name is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AdoptionPolicy {
    /// It is refused.
    Never,
    /// It is taken over.
    Adopt,
}

/// The spec cannot be right; known without a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// Path of the field.
    pub field: &'static str,
    /// What is wrong and what is right.
    pub message: String,
}

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

fn configuration(spec: &ExpressServiceSpec) -> Configuration {
    Configuration {
        execution_role_arn: spec.execution_role_arn.clone(),
        task_role_arn: spec.task_role_arn.clone(),
        task_definition_arn: spec.task_definition_arn.clone(),
        container: spec.primary_container.as_ref().map(container),
        health_check_path: spec.health_check_path.clone(),
        network: spec
            .network_configuration
            .as_ref()
            .map(network)
            .unwrap_or_default(),
        cpu: spec.cpu.clone(),
        memory: spec.memory.clone(),
        cpu_architecture: spec.cpu_architecture.clone(),
        scaling: spec
            .scaling_target
            .as_ref()
            .map(scaling)
            .unwrap_or_default(),
    }
}

fn container(container: &PrimaryContainer) -> Container {
    let PrimaryContainer {
        image,
        container_port,
        aws_logs_configuration,
        repository_credentials,
        command,
        environment,
        secrets,
    } = container;
    Container {
        image: image.clone(),
        container_port: *container_port,
        logs: aws_logs_configuration.as_ref().map(|logs| Logs {
            group: logs.log_group.clone(),
            stream_prefix: logs.log_stream_prefix.clone(),
        }),
        credentials: repository_credentials
            .as_ref()
            .map(|credentials| credentials.credentials_parameter.clone()),
        command: command.iter().flatten().map(Redacted::new).collect(),
        environment: environment
            .iter()
            .flatten()
            .map(|variable| {
                let value = variable.value.clone().unwrap_or_default();
                (variable.name.clone(), Redacted::new(value))
            })
            .collect(),
        secrets: secrets
            .iter()
            .flatten()
            .map(|secret| (secret.name.clone(), Redacted::new(&secret.value_from)))
            .collect(),
    }
}

fn network(network: &NetworkConfiguration) -> Network {
    let NetworkConfiguration {
        security_groups,
        subnets,
    } = network;
    let set = |ids: &Option<Vec<String>>| ids.iter().flatten().cloned().collect::<BTreeSet<_>>();
    Network {
        security_groups: set(security_groups),
        subnets: set(subnets),
    }
}

fn scaling(target: &ScalingTarget) -> Scaling {
    let ScalingTarget {
        min_task_count,
        max_task_count,
        auto_scaling_metric,
        auto_scaling_target_value,
    } = target;
    Scaling {
        min_task_count: *min_task_count,
        max_task_count: *max_task_count,
        metric: auto_scaling_metric.clone(),
        target_value: *auto_scaling_target_value,
    }
}
