//! The configuration of a service: one type for what the spec sets and for what ECS runs, so that the two can be compared
//! after the normalisations of the ECS API.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::desired::{
    field::{Block, Field},
    hash::hash,
    quantities::{cpu_units, memory_mib},
    redacted::Redacted,
    value::Value,
};

/// The configuration that `CreateExpressGatewayService` accepts and a service revision returns. `None` means that the spec
/// or the revision leaves the field out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// ARN of the role with which ECS pulls the image and writes logs (`executionRoleArn`).
    pub execution_role_arn: Option<String>,
    /// ARN of the role that the application in the container assumes (`taskRoleArn`).
    pub task_role_arn: Option<String>,
    /// ARN of the task definition (`taskDefinitionArn`). A complete revision always has one, given by the user or made by
    /// ECS.
    pub task_definition_arn: Option<String>,
    /// The container that receives the traffic (`primaryContainer`).
    pub container: Option<Container>,
    /// Path that the load balancer requests to check the health of a task (`healthCheckPath`).
    pub health_check_path: Option<String>,
    /// Subnets and security groups of the tasks (`networkConfiguration`).
    pub network: Network,
    /// CPU of a task as written, in CPU units or vCPU; [`Configuration::values`] normalises it.
    pub cpu: Option<String>,
    /// Memory of a task as written, in MiB or GB; [`Configuration::values`] normalises it.
    pub memory: Option<String>,
    /// CPU architecture of the tasks (`cpuArchitecture`).
    pub cpu_architecture: Option<String>,
    /// Limits and target of autoscaling (`scalingTarget`).
    pub scaling: Scaling,
}

/// The primary container, the one that receives the traffic (`primaryContainer`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// Image with tag or digest.
    pub image: String,
    /// Port that receives the traffic.
    pub container_port: Option<i32>,
    /// Destination of the container's output; `None` leaves the choice to ECS.
    pub logs: Option<Logs>,
    /// ARN of the secret with the registry's credentials (`repositoryCredentials.credentialsParameter`).
    pub credentials: Option<String>,
    /// Command; empty means the command of the image.
    pub command: Vec<Redacted>,
    /// Values of the environment variables, by name.
    pub environment: BTreeMap<String, Redacted>,
    /// Locations of secrets in Secrets Manager or Parameter Store (`valueFrom`), by name.
    pub secrets: BTreeMap<String, Redacted>,
}

/// Destination of the container's output in CloudWatch Logs (`awsLogsConfiguration`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logs {
    /// Name of the log group.
    pub group: String,
    /// Prefix of the names of the log streams.
    pub stream_prefix: String,
}

/// Subnets and security groups of the tasks (`networkConfiguration`). An empty list means that none is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// IDs of the security groups.
    pub security_groups: BTreeSet<String>,
    /// IDs of the subnets.
    pub subnets: BTreeSet<String>,
}

/// Limits and target of autoscaling (`scalingTarget`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scaling {
    /// Minimum number of tasks.
    pub min_task_count: Option<i32>,
    /// Maximum number of tasks.
    pub max_task_count: Option<i32>,
    /// Metric that autoscaling follows (`autoScalingMetric`).
    pub metric: Option<String>,
    /// Value of the metric that autoscaling holds (`autoScalingTargetValue`), in the unit of the metric.
    pub target_value: Option<i32>,
}

impl Scaling {
    /// Whether no member is set.
    pub fn is_unset(&self) -> bool {
        *self == Self::default()
    }
}

/// Origin of the task definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// ECS creates the task definition from the spec.
    Managed,
    /// The spec sets `taskDefinitionArn`. The fields that the task definition decides are never compared.
    TaskDefinition,
}

impl Mode {
    /// Name of the mode as it is stored in the status.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Managed => "Managed",
            Self::TaskDefinition => "TaskDefinition",
        }
    }
}

impl Configuration {
    /// Returns the normalised values of the fields that are set. `environment`, `secrets` and `command` of a container are
    /// always set, since an empty list of theirs is sent as such.
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

    /// Whether a revision with this configuration has a value for the field once it is complete. If ECS returns no container
    /// at all, this also holds for each of the container's fields, so that none of them counts as unset.
    pub fn always_shows(&self, field: Field) -> bool {
        field.is_always_filled() || self.container.is_none() && field.block() == Block::Container
    }

    /// Hash of the whole configuration.
    pub fn hash(&self) -> String {
        hash(self.values().iter())
    }

    /// Hash of the part of the configuration that a rollout changes, which is everything except scaling.
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
    fn debug_output_contains_no_redacted_value() {
        let container = Container {
            command: vec![Redacted::new("--password=hunter2")],
            environment: BTreeMap::from([("TOKEN".into(), Redacted::new("hunter2"))]),
            ..Container::default()
        };
        assert!(!format!("{container:?}").contains("hunter2"));
    }

    #[test]
    fn scaling_is_part_of_the_hash_but_not_of_the_rollout_hash() {
        let one = Configuration::default();
        let mut other = one.clone();
        other.scaling.max_task_count = Some(5);
        assert_ne!(one.hash(), other.hash());
        assert_eq!(one.rollout_hash(), other.rollout_hash());
    }
}
