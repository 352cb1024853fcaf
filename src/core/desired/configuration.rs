//! The configuration of a service, of the spec and of ECS in one shape, after the normalisations of the ECS API.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::desired::{
    field::{Block, Field},
    hash::hash,
    quantities::{cpu_units, memory_mib},
    redacted::Redacted,
    value::Value,
};

/// What `CreateExpressGatewayService` takes and a service revision shows. `None` is what the user left out, or ECS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// ARN of the execution role.
    pub execution_role_arn: Option<String>,
    /// ARN of the task role.
    pub task_role_arn: Option<String>,
    /// ARN of the task definition; on a revision always there, given or made by ECS.
    pub task_definition_arn: Option<String>,
    /// The container that receives the traffic.
    pub container: Option<Container>,
    /// Path of the health check.
    pub health_check_path: Option<String>,
    /// Subnets and security groups.
    pub network: Network,
    /// CPU, as written.
    pub cpu: Option<String>,
    /// Memory, as written.
    pub memory: Option<String>,
    /// CPU architecture.
    pub cpu_architecture: Option<String>,
    /// Autoscaling.
    pub scaling: Scaling,
}

/// The primary container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// Image.
    pub image: String,
    /// Port that receives the traffic.
    pub container_port: Option<i32>,
    /// Log group and stream prefix.
    pub logs: Option<Logs>,
    /// ARN of the secret with the registry's credentials.
    pub credentials: Option<String>,
    /// Command; empty means the image's own.
    pub command: Vec<Redacted>,
    /// Environment variables by name.
    pub environment: BTreeMap<String, Redacted>,
    /// Places of secrets by name.
    pub secrets: BTreeMap<String, Redacted>,
}

/// Where the container's output goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logs {
    /// CloudWatch log group.
    pub group: String,
    /// Prefix of the log streams.
    pub stream_prefix: String,
}

/// Subnets and security groups; an empty list is as none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// IDs of the security groups.
    pub security_groups: BTreeSet<String>,
    /// IDs of the subnets.
    pub subnets: BTreeSet<String>,
}

/// Autoscaling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scaling {
    /// Least number of tasks.
    pub min_task_count: Option<i32>,
    /// Greatest number of tasks.
    pub max_task_count: Option<i32>,
    /// What is measured.
    pub metric: Option<String>,
    /// Value to hold.
    pub target_value: Option<i32>,
}

impl Scaling {
    /// Whether nothing is set.
    pub fn is_unset(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether ECS makes the task definition, or was given one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// ECS makes the task definition from the spec.
    Managed,
    /// `taskDefinitionArn` is set; what it decides is derived and never compared.
    TaskDefinition,
}

impl Mode {
    /// The word in the status.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Managed => "Managed",
            Self::TaskDefinition => "TaskDefinition",
        }
    }
}

impl Configuration {
    /// The set fields and their normalised values. `environment`, `secrets` and `command` of a container are always set.
    pub fn values(&self) -> BTreeMap<Field, Value> {
        let Self {
            execution_role_arn,
            task_role_arn,
            task_definition_arn,
            container,
            health_check_path,
            network:
                Network {
                    security_groups,
                    subnets,
                },
            cpu,
            memory,
            cpu_architecture,
            scaling,
        } = self;
        let text = |value: &Option<String>| value.clone().map(Value::Text);
        let set = |ids: &BTreeSet<String>| (!ids.is_empty()).then(|| Value::Set(ids.clone()));
        let mut values = vec![
            (Field::ExecutionRoleArn, text(execution_role_arn)),
            (Field::TaskRoleArn, text(task_role_arn)),
            (Field::TaskDefinitionArn, text(task_definition_arn)),
            (Field::HealthCheckPath, text(health_check_path)),
            (Field::SecurityGroups, set(security_groups)),
            (Field::Subnets, set(subnets)),
            (Field::Cpu, cpu.as_deref().map(cpu_units)),
            (Field::Memory, memory.as_deref().map(memory_mib)),
            (Field::CpuArchitecture, text(cpu_architecture)),
        ];
        values.extend(scaling.values());
        values.extend(container.iter().flat_map(Container::values));
        values
            .into_iter()
            .filter_map(|(field, value)| value.map(|value| (field, value)))
            .collect()
    }

    /// Whether a revision of this configuration shows the field in every complete answer. Of a container that is not shown
    /// at all nothing can be told.
    pub fn always_shows(&self, field: Field) -> bool {
        field.is_always_filled() || self.container.is_none() && field.block() == Block::Container
    }

    /// Hash of the whole configuration.
    pub fn hash(&self) -> String {
        hash(self.values().iter())
    }

    /// Hash of what a rollout brings: scaling left out.
    pub fn rollout_hash(&self) -> String {
        hash(
            self.values()
                .iter()
                .filter(|(field, _)| !field.is_scaling()),
        )
    }
}

impl Container {
    fn values(&self) -> Vec<(Field, Option<Value>)> {
        let Self {
            image,
            container_port,
            logs,
            credentials,
            command,
            environment,
            secrets,
        } = self;
        let log = |part: fn(&Logs) -> &String| logs.as_ref().map(|l| Value::Text(part(l).clone()));
        vec![
            (Field::Image, Some(Value::Text(image.clone()))),
            (
                Field::ContainerPort,
                container_port.map(|n| Value::Number(n.into())),
            ),
            (Field::LogGroup, log(|logs| &logs.group)),
            (Field::LogStreamPrefix, log(|logs| &logs.stream_prefix)),
            (
                Field::CredentialsParameter,
                credentials.clone().map(Value::Text),
            ),
            (Field::Command, Some(Value::Words(command.clone()))),
            (Field::Environment, Some(Value::Named(environment.clone()))),
            (Field::Secrets, Some(Value::Named(secrets.clone()))),
        ]
    }
}

impl Scaling {
    fn values(&self) -> Vec<(Field, Option<Value>)> {
        let Self {
            min_task_count,
            max_task_count,
            metric,
            target_value,
        } = self;
        let number = |n: &Option<i32>| n.map(|n| Value::Number(n.into()));
        vec![
            (Field::MinTaskCount, number(min_task_count)),
            (Field::MaxTaskCount, number(max_task_count)),
            (Field::AutoScalingMetric, metric.clone().map(Value::Text)),
            (Field::AutoScalingTargetValue, number(target_value)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_debug_text_shows_a_hidden_value() {
        let container = Container {
            command: vec![Redacted::new("--password=hunter2")],
            environment: BTreeMap::from([("TOKEN".into(), Redacted::new("hunter2"))]),
            ..Container::default()
        };
        assert!(!format!("{container:?}").contains("hunter2"));
    }

    #[test]
    fn scaling_is_part_of_the_hash_but_not_of_what_a_rollout_brings() {
        let one = Configuration::default();
        let mut other = one.clone();
        other.scaling.max_task_count = Some(5);
        assert_ne!(one.hash(), other.hash());
        assert_eq!(one.rollout_hash(), other.rollout_hash());
    }
}
