//! The fields of a configuration as data: path, who decides them, and what becomes of them when they are unset.

/// A field of the spec that ECS can change on a living service, in the order in which differences are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "each is named after its field, which path() gives"
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

/// What becomes of a field in ECS when the user takes it out of the spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenUnset {
    /// An empty list is sent.
    Emptied,
    /// UpdateExpressGatewayService has no way to clear it: it stays in force.
    LeftInForce,
}

/// A block of the request: its members are sent together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// `primaryContainer`.
    Container,
    /// `networkConfiguration`.
    Network,
    /// `scalingTarget`.
    Scaling,
    /// None: a member at the top.
    None,
}

impl Field {
    /// Every field.
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

    /// Path in the object.
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

    /// The field at a path.
    pub fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.path() == path)
    }

    /// What becomes of it when it is unset.
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

    /// Whether it is part of `scalingTarget`.
    pub fn is_scaling(self) -> bool {
        self.block() == Block::Scaling
    }

    /// The block of the request of which it is a member.
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

    /// Whether every service revision has a value of it, given or filled in by ECS: one that does not show it is not
    /// complete yet. The others may be missing for good, as the roles of a task definition are.
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

    /// Whether a task definition decides it.
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
    fn every_field_is_found_at_its_own_path() {
        for field in Field::ALL {
            assert_eq!(Field::at(field.path()), Some(field));
        }
    }
}
