//! The part of the spec that describes the container.

use std::fmt;

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use super::{rules, schema::absent_instead_of_null};

/// The container that receives the traffic.
#[derive(KubeSchema, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
#[x_kube(validation = rules::names_used_once())]
pub struct PrimaryContainer {
    /// Image, as `repository/name:tag` or `repository/name@digest`. ECS resolves a tag once for each deployment.
    /// Required. A change makes a new revision. ECS: `image`.
    #[schemars(length(min = 1, max = 1024))]
    #[x_kube(validation = rules::image())]
    pub image: String,

    /// Port on which the container receives the traffic, 1 to 65535. Unset: ECS decides (80; ECS Developer Guide). A
    /// change makes a new revision. ECS: `containerPort`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65535))]
    pub container_port: Option<i32>,

    /// Where the container's output goes in CloudWatch Logs. Unset: a log group that ECS makes, named
    /// `/aws/ecs/<cluster>/<service>-` and a number (ECS Developer Guide). A change makes a new revision.
    /// ECS: `awsLogsConfiguration`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aws_logs_configuration: Option<AwsLogsConfiguration>,

    /// Credentials of a private registry. Unset: none; once set, ECS has no way to take them away again. A change makes a
    /// new revision. ECS: `repositoryCredentials`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository_credentials: Option<RepositoryCredentials>,

    /// Command of the container, one item a word; no shell. Unset: the image's own. A change makes a new revision.
    /// ECS: `command`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256), inner(length(max = 8192)))]
    pub command: Option<Vec<String>>,

    /// Environment variables, unique by name; the order has no meaning. Unset: none. A change makes a new revision.
    /// ECS: `environment`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub environment: Option<Vec<EnvironmentVariable>>,

    /// Environment variables that ECS fills from Secrets Manager or Parameter Store, unique by name, and no name of
    /// `environment` among them. Unset: none. A change makes a new revision. ECS: `secrets`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub secrets: Option<Vec<Secret>>,
}

/// Shows no command, environment value or secret.
impl fmt::Debug for PrimaryContainer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrimaryContainer")
            .field("image", &self.image)
            .field("container_port", &self.container_port)
            .finish_non_exhaustive()
    }
}

/// Where the container's output goes.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AwsLogsConfiguration {
    /// Name of the CloudWatch log group. Required. A change makes a new revision. ECS: `logGroup`.
    #[schemars(length(min = 1, max = 512))]
    #[x_kube(validation = rules::log_group())]
    pub log_group: String,

    /// Prefix of the log streams' names. Required; ECS's own choice would be `ecs` (ECS Developer Guide). A change makes a
    /// new revision. ECS: `logStreamPrefix`.
    #[schemars(length(min = 1, max = 512))]
    #[x_kube(validation = rules::log_stream_prefix())]
    pub log_stream_prefix: String,
}

/// Credentials of a private registry.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RepositoryCredentials {
    /// ARN of the Secrets Manager secret that holds the credentials. Required. A change makes a new revision.
    /// ECS: `credentialsParameter`.
    #[schemars(length(min = 1, max = 2048))]
    #[x_kube(validation = rules::secretsmanager_arn())]
    pub credentials_parameter: String,
}

/// An environment variable.
#[derive(KubeSchema, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
#[x_kube(validation = rules::variable_name())]
pub struct EnvironmentVariable {
    /// Name of the variable. Required. A change makes a new revision. ECS: `name`.
    #[schemars(length(min = 1, max = 256))]
    pub name: String,

    /// Value of the variable; whoever can read this object can read it, so keep what is secret in `secrets`.
    /// Unset: empty. A change makes a new revision. ECS: `value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32768))]
    pub value: Option<String>,
}

/// Shows the name alone.
impl fmt::Debug for EnvironmentVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvironmentVariable")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// An environment variable that ECS fills from a secret.
#[derive(KubeSchema, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = rules::secret_name(), validation = rules::secret_value_from())]
pub struct Secret {
    /// Name of the variable. Required. A change makes a new revision. ECS: `name`.
    #[schemars(length(min = 1, max = 256))]
    pub name: String,

    /// ARN of a Secrets Manager secret, or ARN or name of a Parameter Store parameter. Required. A change makes a new
    /// revision. ECS: `valueFrom`.
    #[schemars(length(min = 1, max = 2048))]
    pub value_from: String,
}

/// Shows the name alone.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
