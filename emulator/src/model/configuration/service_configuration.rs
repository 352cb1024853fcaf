//! The configuration of a service revision in the shape of the API.

use serde::{Deserialize, Serialize};

use crate::model::{
    api::{error::ApiError, validation::check_one_of},
    configuration::request::{
        EnvironmentVariable, LogsRequest, RepositoryCredentials, SecretRequest,
    },
};

/// The configuration of a revision, in the shape of ExpressGatewayServiceConfiguration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Configuration {
    pub(crate) task_definition_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) execution_role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) task_role_arn: Option<String>,
    pub(crate) cpu: String,
    pub(crate) memory: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cpu_architecture: Option<String>,
    pub(crate) network_configuration: Network,
    pub(crate) health_check_path: String,
    pub(crate) primary_container: Container,
    pub(crate) scaling_target: Scaling,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Network {
    pub(crate) security_groups: Vec<String>,
    pub(crate) subnets: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Container {
    pub(crate) image: String,
    pub(crate) container_port: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) aws_logs_configuration: Option<Logs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repository_credentials: Option<RepositoryCredentials>,
    pub(crate) command: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) environment: Option<Vec<EnvironmentVariable>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) secrets: Option<Vec<Secret>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Secret {
    pub(crate) name: String,
    pub(crate) value_from: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Logs {
    pub(crate) log_group: String,
    pub(crate) log_stream_prefix: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Scaling {
    pub(crate) min_task_count: i64,
    pub(crate) max_task_count: i64,
    pub(crate) auto_scaling_metric: String,
    pub(crate) auto_scaling_target_value: i64,
}

impl Scaling {
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        let Self {
            min_task_count: min,
            max_task_count: max,
            auto_scaling_metric: metric,
            auto_scaling_target_value: target,
        } = self;
        check_one_of(
            "scalingTarget.autoScalingMetric",
            metric,
            &["AVERAGE_CPU", "AVERAGE_MEMORY", "REQUEST_COUNT_PER_TARGET"],
        )?;
        if *min < 0 || *max < 0 {
            return Err(ApiError::invalid_parameter(format!(
                "Invalid scalingTarget: minTaskCount {min} and maxTaskCount {max} must not be negative."
            )));
        }
        if min > max {
            return Err(ApiError::invalid_parameter(format!(
                "Invalid scalingTarget: minTaskCount {min} must not be greater than maxTaskCount {max}."
            )));
        }
        let most = if metric == "REQUEST_COUNT_PER_TARGET" {
            65_536
        } else {
            100
        };
        if !(1..=most).contains(target) {
            return Err(ApiError::invalid_parameter(format!(
                "Invalid scalingTarget.autoScalingTargetValue: {target}. For {metric} it must be between 1 and {most}."
            )));
        }
        Ok(())
    }
}

impl From<LogsRequest> for Logs {
    fn from(sent: LogsRequest) -> Self {
        Self {
            log_group: sent.log_group.unwrap_or_default(),
            log_stream_prefix: sent.log_stream_prefix.unwrap_or_default(),
        }
    }
}

impl From<SecretRequest> for Secret {
    fn from(sent: SecretRequest) -> Self {
        Self {
            name: sent.name.unwrap_or_default(),
            value_from: sent.value_from.unwrap_or_default(),
        }
    }
}

/// The part of a configuration that a task definition determines.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TaskSettings {
    pub(crate) execution_role_arn: Option<String>,
    pub(crate) task_role_arn: Option<String>,
    pub(crate) cpu: String,
    pub(crate) memory: String,
    pub(crate) cpu_architecture: Option<String>,
    pub(crate) container: Container,
}

/// Who registered the task definition of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TaskDefinitionMode {
    /// ECS registered it.
    Managed,
    /// The customer registered it.
    Customer,
}

impl TaskDefinitionMode {
    /// Determines the mode by the family in which ECS registers for the service.
    pub(crate) fn of(configuration: &Configuration, managed_family: &str) -> Self {
        let family = configuration.task_definition_arn.rsplit_once(':');
        match family {
            Some((family, _)) if family == managed_family => Self::Managed,
            Some(_) | None => Self::Customer,
        }
    }
}
