//! The operator state in the status: what the operator keeps across restarts.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use super::schema::{absent_instead_of_null, unknown_members_kept};

/// State that the operator keeps across restarts. If it is missing or has another scheme, the operator compares the spec
/// with ECS alone, removes no tags, and treats no field as removed from the spec.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null, transform = unknown_members_kept)]
pub struct OperatorState {
    /// Version of this structure and of its hashes.
    pub scheme: i32,

    /// The ECS service that this object created or adopted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<KnownService>,

    /// The last call that changes something in ECS, stored before the call is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,

    /// The configuration that ECS last accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_applied: Option<LastApplied>,

    /// The configuration of the spec when the operator state was first written. Until a configuration has been applied, any
    /// other one counts as an edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<InitialConfiguration>,

    /// The configuration that ECS rolled back. The operator does not send it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rolled_back: Option<RolledBack>,

    /// Value of the annotation `ecs-express.dev/restart` whose restart is complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<String>,

    /// Value of the annotation `ecs-express.dev/retry` whose retry is complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<String>,

    /// Consecutive updates that ECS accepted but that did not remove the same difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaker: Option<Breaker>,

    /// Consecutive TagResource calls that ECS accepted but after which the same tag was changed or removed again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_breaker: Option<Breaker>,
}

/// The ECS service that an object created or adopted.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null, transform = unknown_members_kept)]
pub struct KnownService {
    /// ARN of the service.
    pub arn: String,

    /// Time when ECS created the service. Another time under the same ARN means another service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Time>,
}

/// The configuration of the spec when the operator state was first written.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
pub struct InitialConfiguration {
    /// Hash of the configuration.
    pub hash: String,

    /// Hash of the configuration without scaling.
    pub rollout_hash: String,
}

/// A call that changes something in ECS.
#[derive(KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null, transform = unknown_members_kept)]
pub struct Intent {
    /// Operation of the call: `Create`, `Update`, `Delete`, `Tag` or `Untag`.
    pub operation: String,

    /// Hash of what the call sends.
    pub hash: String,

    /// Number of the call, which makes every intent unique.
    pub counter: i64,

    /// Time when the intent was stored.
    pub at: Time,

    /// What is known about the call: `Accepted` by ECS but not visible yet, `Applied` (it took effect), `Rejected`, or
    /// `Expired` (it left no trace). Unset while the result of the call is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,

    /// The expected effect of a Create or Update, until it is observed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
}

/// The expected effect of a Create or Update, and what existed before it.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
pub struct Expected {
    /// Counter of the intent that this belongs to. With any other intent it is a leftover and is ignored.
    pub counter: i64,

    /// What `lastApplied` becomes once the call is known to have taken effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applies: Option<LastApplied>,

    /// ARN of the newest service revision before the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision_before: Option<String>,

    /// Time when ECS created that revision. Earlier revisions are no effect of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision_made_at: Option<Time>,

    /// ARN of the newest service deployment before the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_before: Option<String>,

    /// Value of the annotation `ecs-express.dev/restart` that requested this call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<String>,

    /// Value of the annotation `ecs-express.dev/retry` that requested this call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<String>,
}

/// The configuration that ECS last accepted.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null, transform = unknown_members_kept)]
pub struct LastApplied {
    /// Hash of the configuration.
    pub hash: String,

    /// Hash of the configuration without scaling, which is what a rollout deploys.
    pub rollout_hash: String,

    /// Hash of the tags in the spec, once the service had them all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags_hash: Option<String>,

    /// Origin of the task definition: `Managed` by ECS, or `TaskDefinition` if the spec names one.
    pub mode: String,

    /// Paths of the fields that the spec set.
    pub fields: Vec<String>,

    /// Keys of the tags that the spec set.
    pub tag_keys: Vec<String>,

    /// ARN of the service revision that ECS created from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

/// A configuration that ECS rolled back.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null, transform = unknown_members_kept)]
pub struct RolledBack {
    /// Hash of the configuration without scaling.
    pub rollout_hash: String,

    /// ARN of the service revision that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,

    /// Status of the deployment of that revision, as ECS reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// Reason for the rollback, as ECS reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Consecutive calls that did not remove the same difference.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null, transform = unknown_members_kept)]
pub struct Breaker {
    /// Path of the first field or tag that still differs.
    pub path: String,

    /// Hash of the configuration, or of the tags, that was sent.
    pub hash: String,

    /// Number of calls.
    pub count: i32,

    /// Time when the first of these calls was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
}
