//! A registered task definition, and the settings that an Express service takes from it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::model::{
    api::{error::ApiError, request::parse_body, tag::Tag},
    clock::VirtualTime,
    configuration::{
        request::{EnvironmentVariable, RepositoryCredentials},
        service_configuration::{Container, Logs, Secret, TaskSettings},
    },
};

/// The status of a task definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Registration {
    Active,
    Inactive { since: VirtualTime },
}

impl Registration {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Inactive { .. } => "INACTIVE",
        }
    }
}

/// One revision of a task definition family.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TaskDefinition {
    pub(crate) arn: String,
    pub(crate) family: String,
    pub(crate) revision: u32,
    pub(crate) registration: Registration,
    pub(crate) registered_at: VirtualTime,
    pub(crate) registered_by: String,
    pub(crate) tags: Vec<Tag>,
    /// The remaining members as DescribeTaskDefinition shows them.
    pub(crate) members: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members {
    execution_role_arn: Option<String>,
    task_role_arn: Option<String>,
    cpu: Option<String>,
    memory: Option<String>,
    runtime_platform: Option<RuntimePlatform>,
    #[serde(default)]
    container_definitions: Vec<ContainerDefinition>,
    #[serde(default)]
    compatibilities: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuntimePlatform {
    cpu_architecture: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContainerDefinition {
    name: Option<String>,
    image: Option<String>,
    repository_credentials: Option<RepositoryCredentials>,
    #[serde(default)]
    port_mappings: Vec<PortMapping>,
    command: Option<Vec<String>>,
    environment: Option<Vec<EnvironmentVariable>>,
    secrets: Option<Vec<Secret>>,
    log_configuration: Option<LogConfiguration>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PortMapping {
    container_port: Option<i64>,
    protocol: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogConfiguration {
    #[serde(default)]
    log_driver: String,
    #[serde(default)]
    options: std::collections::BTreeMap<String, String>,
}

impl TaskDefinition {
    /// Returns the task definition in the shape `TaskDefinition`.
    pub(crate) fn to_wire(&self) -> Value {
        let mut wire = self.members.clone();
        wire["taskDefinitionArn"] = json!(self.arn);
        wire["family"] = json!(self.family);
        wire["revision"] = json!(self.revision);
        wire["status"] = json!(self.registration.as_str());
        wire["registeredAt"] = self.registered_at.to_wire();
        wire["registeredBy"] = json!(self.registered_by);
        if let Registration::Inactive { since } = self.registration {
            wire["deregisteredAt"] = since.to_wire();
        }
        wire
    }

    /// Returns the settings that an Express service takes from the task definition.
    ///
    /// # Errors
    /// Returns an error if Express cannot run it: it must be active and compatible with Fargate, and
    /// have a container `Main` with exactly one named TCP port.
    pub(crate) fn task_settings(&self) -> Result<TaskSettings, ApiError> {
        let unfit =
            |why: &str| ApiError::invalid_parameter(format!("Task definition {} {why}", self.arn));
        if self.registration != Registration::Active {
            return Err(ApiError::new(
                "ClientException",
                "TaskDefinition is inactive",
            ));
        }
        let members: Members = parse_body(&self.members)?;
        if !members.compatibilities.iter().any(|one| one == "FARGATE") {
            return Err(unfit("is not compatible with FARGATE."));
        }
        let main = members
            .container_definitions
            .into_iter()
            .find(|container| container.name.as_deref() == Some("Main"))
            .ok_or_else(|| unfit("must have a container named Main."))?;
        let container_port = main.port().ok_or_else(|| {
            unfit(
                "must have exactly one TCP port mapping with a containerPort and a name \
                 in its container Main.",
            )
        })?;
        Ok(TaskSettings {
            execution_role_arn: members.execution_role_arn,
            task_role_arn: members.task_role_arn,
            cpu: members.cpu.unwrap_or_default(),
            memory: members.memory.unwrap_or_default(),
            cpu_architecture: members
                .runtime_platform
                .and_then(|platform| platform.cpu_architecture),
            container: main.into_container(container_port),
        })
    }
}

impl ContainerDefinition {
    fn port(&self) -> Option<i64> {
        match self.port_mappings.as_slice() {
            [
                PortMapping {
                    container_port,
                    protocol,
                    name: Some(_),
                },
            ] if protocol.as_deref() != Some("udp") => *container_port,
            _ => None,
        }
    }

    fn into_container(self, container_port: i64) -> Container {
        let sorted = |environment: Option<Vec<EnvironmentVariable>>| {
            let mut list = environment.filter(|list| !list.is_empty())?;
            list.sort_by(|a, b| a.name.cmp(&b.name));
            Some(list)
        };
        let secrets = self
            .secrets
            .filter(|list| !list.is_empty())
            .map(|mut list| {
                list.sort_by(|a, b| a.name.cmp(&b.name));
                list
            });
        Container {
            image: self.image.unwrap_or_default(),
            container_port,
            aws_logs_configuration: self.log_configuration.and_then(LogConfiguration::into_logs),
            repository_credentials: self.repository_credentials,
            command: self.command.unwrap_or_default(),
            environment: sorted(self.environment),
            secrets,
        }
    }
}

impl LogConfiguration {
    fn into_logs(mut self) -> Option<Logs> {
        let mut option = |name: &str| self.options.remove(name).unwrap_or_default();
        (self.log_driver == "awslogs").then(|| Logs {
            log_group: option("awslogs-group"),
            log_stream_prefix: option("awslogs-stream-prefix"),
        })
    }
}
