//! The requested configuration of a service. Unknown members are ignored, as AWS does.

use serde::{Deserialize, Serialize};

/// The configuration members that create and update share.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfigurationRequest {
    pub(crate) execution_role_arn: Option<String>,
    pub(crate) task_role_arn: Option<String>,
    pub(crate) task_definition_arn: Option<String>,
    pub(crate) cpu: Option<String>,
    pub(crate) memory: Option<String>,
    pub(crate) cpu_architecture: Option<String>,
    pub(crate) network_configuration: Option<NetworkRequest>,
    pub(crate) health_check_path: Option<String>,
    pub(crate) primary_container: Option<ContainerRequest>,
    pub(crate) scaling_target: Option<ScalingRequest>,
}

/// A member that was sent as an empty string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Emptied {
    TaskRoleArn,
    Cpu,
    Memory,
    CpuArchitecture,
    HealthCheckPath,
    RepositoryCredentials,
}

impl ConfigurationRequest {
    /// Whether the request sets anything that a task definition contains.
    pub(crate) fn touches_task(&self) -> bool {
        self.primary_container.is_some()
            || self.execution_role_arn.is_some()
            || self.task_role_arn.is_some()
            || self.cpu.is_some()
            || self.memory.is_some()
            || self.cpu_architecture.is_some()
    }

    /// Removes everything that a task definition contains.
    pub(crate) fn remove_task_settings(&mut self) {
        self.primary_container = None;
        self.execution_role_arn = None;
        self.task_role_arn = None;
        self.cpu = None;
        self.memory = None;
        self.cpu_architecture = None;
    }

    /// Removes the members that are empty strings and returns their names.
    pub(crate) fn take_emptied(&mut self) -> Vec<Emptied> {
        let members = [
            (&mut self.task_role_arn, Emptied::TaskRoleArn),
            (&mut self.cpu, Emptied::Cpu),
            (&mut self.memory, Emptied::Memory),
            (&mut self.cpu_architecture, Emptied::CpuArchitecture),
            (&mut self.health_check_path, Emptied::HealthCheckPath),
        ];
        let mut emptied: Vec<Emptied> = members
            .into_iter()
            .filter_map(|(member, name)| member.take_if(|text| text.is_empty()).map(|_| name))
            .collect();
        if let Some(container) = &mut self.primary_container {
            let credentials = container
                .repository_credentials
                .take_if(RepositoryCredentials::is_empty);
            emptied.extend(credentials.map(|_| Emptied::RepositoryCredentials));
        }
        emptied
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NetworkRequest {
    pub(crate) security_groups: Option<Vec<String>>,
    pub(crate) subnets: Option<Vec<String>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContainerRequest {
    pub(crate) image: Option<String>,
    pub(crate) container_port: Option<i64>,
    pub(crate) aws_logs_configuration: Option<LogsRequest>,
    pub(crate) repository_credentials: Option<RepositoryCredentials>,
    pub(crate) command: Option<Vec<String>>,
    pub(crate) environment: Option<Vec<EnvironmentVariable>>,
    pub(crate) secrets: Option<Vec<SecretRequest>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogsRequest {
    pub(crate) log_group: Option<String>,
    pub(crate) log_stream_prefix: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RepositoryCredentials {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) credentials_parameter: Option<String>,
}

impl RepositoryCredentials {
    fn is_empty(&mut self) -> bool {
        self.credentials_parameter
            .as_deref()
            .is_none_or(str::is_empty)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EnvironmentVariable {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecretRequest {
    pub(crate) name: Option<String>,
    pub(crate) value_from: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScalingRequest {
    pub(crate) min_task_count: Option<i64>,
    pub(crate) max_task_count: Option<i64>,
    pub(crate) auto_scaling_metric: Option<String>,
    pub(crate) auto_scaling_target_value: Option<i64>,
}
