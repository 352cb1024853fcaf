//! The fields of a configuration as data: the path of each, what decides its value, and the effect of unsetting it.

/// A field of the spec that ECS can change on an active service. The variants stand in the order in which differences are
/// reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "each variant is named after its field, whose path `path()` returns"
)]
pub enum Field {
    Image,
    ContainerPort,
    Command,
    Environment,
    Secrets,
    LogGroup,
    LogStreamPrefix,
    CredentialsParameter,
    TaskDefinitionArn,
    ExecutionRoleArn,
    TaskRoleArn,
    Cpu,
    Memory,
    CpuArchitecture,
    HealthCheckPath,
    Subnets,
    SecurityGroups,
    MinTaskCount,
    MaxTaskCount,
    AutoScalingMetric,
    AutoScalingTargetValue,
}

/// Effect in ECS of removing a field from the spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenUnset {
    /// The next update sends an empty list, which clears the field.
    Emptied,
    /// UpdateExpressGatewayService cannot clear the field, so its last value stays in force.
    LeftInForce,
}

/// A block of the request to ECS. The members of a block are always sent together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// `primaryContainer`.
    Container,
    /// `networkConfiguration`.
    Network,
    /// `scalingTarget`.
    Scaling,
    /// No block: the field is a member of the request itself.
    None,
}

impl Field {
    /// Every field, in the order in which differences are reported.
    pub const ALL: [Self; 21] = [
        Self::Image,
        Self::ContainerPort,
        Self::Command,
        Self::Environment,
        Self::Secrets,
        Self::LogGroup,
        Self::LogStreamPrefix,
        Self::CredentialsParameter,
        Self::TaskDefinitionArn,
        Self::ExecutionRoleArn,
        Self::TaskRoleArn,
        Self::Cpu,
        Self::Memory,
        Self::CpuArchitecture,
        Self::HealthCheckPath,
        Self::Subnets,
        Self::SecurityGroups,
        Self::MinTaskCount,
        Self::MaxTaskCount,
        Self::AutoScalingMetric,
        Self::AutoScalingTargetValue,
    ];

    /// Path of the field in the object, as messages name it.
    pub fn path(self) -> &'static str {
        match self {
            Self::Image => "spec.primaryContainer.image",
            Self::ContainerPort => "spec.primaryContainer.containerPort",
            Self::Command => "spec.primaryContainer.command",
            Self::Environment => "spec.primaryContainer.environment",
            Self::Secrets => "spec.primaryContainer.secrets",
            Self::LogGroup => "spec.primaryContainer.awsLogsConfiguration.logGroup",
            Self::LogStreamPrefix => "spec.primaryContainer.awsLogsConfiguration.logStreamPrefix",
            Self::CredentialsParameter => {
                "spec.primaryContainer.repositoryCredentials.credentialsParameter"
            }
            Self::TaskDefinitionArn => "spec.taskDefinitionArn",
            Self::ExecutionRoleArn => "spec.executionRoleArn",
            Self::TaskRoleArn => "spec.taskRoleArn",
            Self::Cpu => "spec.cpu",
            Self::Memory => "spec.memory",
            Self::CpuArchitecture => "spec.cpuArchitecture",
            Self::HealthCheckPath => "spec.healthCheckPath",
            Self::Subnets => "spec.networkConfiguration.subnets",
            Self::SecurityGroups => "spec.networkConfiguration.securityGroups",
            Self::MinTaskCount => "spec.scalingTarget.minTaskCount",
            Self::MaxTaskCount => "spec.scalingTarget.maxTaskCount",
            Self::AutoScalingMetric => "spec.scalingTarget.autoScalingMetric",
            Self::AutoScalingTargetValue => "spec.scalingTarget.autoScalingTargetValue",
        }
    }

    /// Returns the field with this path, or `None` if no field has it.
    pub fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.path() == path)
    }

    /// Effect in ECS of removing the field from the spec.
    pub fn when_unset(self) -> WhenUnset {
        match self {
            Self::Command | Self::Environment | Self::Secrets | Self::SecurityGroups => {
                WhenUnset::Emptied
            }
            Self::Image
            | Self::ContainerPort
            | Self::LogGroup
            | Self::LogStreamPrefix
            | Self::CredentialsParameter
            | Self::TaskDefinitionArn
            | Self::ExecutionRoleArn
            | Self::TaskRoleArn
            | Self::Cpu
            | Self::Memory
            | Self::CpuArchitecture
            | Self::HealthCheckPath
            | Self::Subnets
            | Self::MinTaskCount
            | Self::MaxTaskCount
            | Self::AutoScalingMetric
            | Self::AutoScalingTargetValue => WhenUnset::LeftInForce,
        }
    }

    /// Whether the field is part of `scalingTarget`.
    pub fn is_scaling(self) -> bool {
        self.block() == Block::Scaling
    }

    /// The block of the request to which the field belongs.
    pub fn block(self) -> Block {
        match self {
            Self::Image
            | Self::ContainerPort
            | Self::Command
            | Self::Environment
            | Self::Secrets
            | Self::LogGroup
            | Self::LogStreamPrefix
            | Self::CredentialsParameter => Block::Container,
            Self::Subnets | Self::SecurityGroups => Block::Network,
            Self::MinTaskCount
            | Self::MaxTaskCount
            | Self::AutoScalingMetric
            | Self::AutoScalingTargetValue => Block::Scaling,
            Self::TaskDefinitionArn
            | Self::ExecutionRoleArn
            | Self::TaskRoleArn
            | Self::Cpu
            | Self::Memory
            | Self::CpuArchitecture
            | Self::HealthCheckPath => Block::None,
        }
    }

    /// Whether every complete service revision has a value for the field, set by the user or filled in by ECS. A revision
    /// without it is not complete yet. Other fields may be missing permanently, such as the roles of a task definition.
    pub fn is_always_filled(self) -> bool {
        match self {
            Self::Image
            | Self::ContainerPort
            | Self::TaskDefinitionArn
            | Self::Cpu
            | Self::Memory
            | Self::HealthCheckPath
            | Self::Subnets
            | Self::SecurityGroups
            | Self::MinTaskCount
            | Self::MaxTaskCount
            | Self::AutoScalingMetric
            | Self::AutoScalingTargetValue => true,
            Self::Command
            | Self::Environment
            | Self::Secrets
            | Self::LogGroup
            | Self::LogStreamPrefix
            | Self::CredentialsParameter
            | Self::ExecutionRoleArn
            | Self::TaskRoleArn
            | Self::CpuArchitecture => false,
        }
    }

    /// Whether the task definition decides the value when `taskDefinitionArn` is set.
    pub fn is_decided_by_task_definition(self) -> bool {
        match self {
            Self::Image
            | Self::ContainerPort
            | Self::Command
            | Self::Environment
            | Self::Secrets
            | Self::LogGroup
            | Self::LogStreamPrefix
            | Self::CredentialsParameter
            | Self::ExecutionRoleArn
            | Self::TaskRoleArn
            | Self::Cpu
            | Self::Memory
            | Self::CpuArchitecture => true,
            Self::TaskDefinitionArn
            | Self::HealthCheckPath
            | Self::Subnets
            | Self::SecurityGroups
            | Self::MinTaskCount
            | Self::MaxTaskCount
            | Self::AutoScalingMetric
            | Self::AutoScalingTargetValue => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_by_its_path() {
        for field in Field::ALL {
            assert_eq!(Field::at(field.path()), Some(field));
        }
    }
}
