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
    /// Image, as `repository/name:tag` or `repository/name@digest`. ECS resolves a tag once per deployment. Required. A
    /// change makes a new revision. ECS: `image`.
    #[schemars(length(min = 1, max = 1024))]
    #[x_kube(validation = rules::image())]
    pub image: String,

    /// Port on which the container receives the traffic, 1 to 65535. Unset: ECS decides (80; ECS Developer Guide). A change
    /// makes a new revision. ECS: `containerPort`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65535))]
    pub container_port: Option<i32>,

    /// Where the output of the container goes in CloudWatch Logs. Unset: a log group that ECS makes, named
    /// `/aws/ecs/<cluster>/<service>-` and a number (ECS Developer Guide). A change makes a new revision. ECS:
    /// `awsLogsConfiguration`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aws_logs_configuration: Option<AwsLogsConfiguration>,

    /// Credentials for a private registry. Unset: none. A change makes a new revision; ECS cannot remove the credentials
    /// once they are set. ECS: `repositoryCredentials`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository_credentials: Option<RepositoryCredentials>,

    /// Command of the container, one argument per item; not run in a shell. Unset: the command of the image. A change makes
    /// a new revision. ECS: `command`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256), inner(length(max = 8192)))]
    pub command: Option<Vec<String>>,

    /// Environment variables, unique by name; their order does not matter. Unset: none. A change makes a new revision. ECS:
    /// `environment`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub environment: Option<Vec<EnvironmentVariable>>,

    /// Environment variables that ECS reads from Secrets Manager or Parameter Store, unique by name; a name must not also
    /// be in `environment`. Unset: none. A change makes a new revision. ECS: `secrets`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub secrets: Option<Vec<Secret>>,
}

/// Leaves out the command, the environment values and the secrets.
impl fmt::Debug for PrimaryContainer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrimaryContainer")
            .field("image", &self.image)
            .field("container_port", &self.container_port)
            .finish_non_exhaustive()
    }
}

/// Where the output of the container goes in CloudWatch Logs.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AwsLogsConfiguration {
    /// Name of the CloudWatch log group. Required. A change makes a new revision. ECS: `logGroup`.
    #[schemars(length(min = 1, max = 512))]
    #[x_kube(validation = rules::log_group())]
    pub log_group: String,

    /// Prefix of the names of the log streams. Required; ECS itself would use `ecs` (ECS Developer Guide). A change makes a
    /// new revision. ECS: `logStreamPrefix`.
    #[schemars(length(min = 1, max = 512))]
    #[x_kube(validation = rules::log_stream_prefix())]
    pub log_stream_prefix: String,
}

/// Credentials for a private registry.
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

    /// Value of the variable. Everyone who can read this object can read the value; keep confidential values in `secrets`.
    /// Unset: empty. A change makes a new revision. ECS: `value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32768))]
    pub value: Option<String>,
}

/// Leaves out all but the name.
impl fmt::Debug for EnvironmentVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvironmentVariable")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// An environment variable that ECS reads from Secrets Manager or Parameter Store.
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

/// Leaves out all but the name.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
