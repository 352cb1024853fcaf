//! The memory in the status: what has to last across restarts of the operator.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use super::schema::{absent_instead_of_null, unknown_members_kept};

/// What the operator has to remember across restarts. Missing, or of another scheme, it is not believed: then the spec is
/// compared with ECS alone, nothing is untagged, and nothing counts as unset.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null, transform = unknown_members_kept)]
pub struct OperatorState {
    /// Scheme of this memory and of its hashes.
    pub scheme: i32,

    /// The ECS service that this object made or adopted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<KnownService>,

    /// The last call that changes something in ECS, stored before it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,

    /// The configuration that ECS last accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_applied: Option<LastApplied>,

    /// The configuration of the spec when this memory was first written. While nothing was applied yet, a spec with another
    /// configuration counts as edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<InitialConfiguration>,

    /// The configuration that ECS rolled back, which is not sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rolled_back: Option<RolledBack>,

    /// Value of the annotation `ecs-express.dev/restart` whose restart is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<String>,

    /// Value of the annotation `ecs-express.dev/retry` whose retry is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<String>,

    /// Updates in a row that ECS accepted and that did not take away the same difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaker: Option<Breaker>,

    /// TagResource calls in a row that ECS accepted, after each of which the same tag was changed or taken away again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_breaker: Option<Breaker>,
}

/// The ECS service that an object made or adopted.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null, transform = unknown_members_kept)]
pub struct KnownService {
    /// ARN of the service.
    pub arn: String,

    /// When ECS made it; another time under the same ARN is another service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Time>,
}

/// The configuration of the spec when the memory was first written.
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
    /// `Create`, `Update`, `Delete`, `Tag` or `Untag`.
    pub operation: String,

    /// Hash of what is sent.
    pub hash: String,

    /// Counts the calls, so that no two intents are equal.
    pub counter: i64,

    /// When the intent was stored.
    pub at: Time,

    /// `Accepted` by ECS and not seen yet, `Landed`, `Refused`, or `Lapsed` without a trace; absent while nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,

    /// What a Create or Update is expected to bring, until its effect is seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
}

/// What a Create or Update is expected to bring, and what was there before it.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
pub struct Expected {
    /// Counter of the intent for which this was noted; beside another one it is left over, and not believed.
    pub counter: i64,

    /// What `lastApplied` becomes when the call is known to have taken effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applies: Option<LastApplied>,

    /// ARN of the newest service revision that ECS showed before the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision_before: Option<String>,

    /// When ECS made that revision: what it made earlier is no effect of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision_made_at: Option<Time>,

    /// ARN of the newest service deployment that ECS listed before the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_before: Option<String>,

    /// Value of the annotation `ecs-express.dev/restart` that this call answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<String>,

    /// Value of the annotation `ecs-express.dev/retry` that this call answers.
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

    /// Hash of the configuration without scaling: what a rollout brings.
    pub rollout_hash: String,

    /// Hash of the tags that the spec sets, once they were all there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags_hash: Option<String>,

    /// `Managed`, or `TaskDefinition` when the task definition was given.
    pub mode: String,

    /// Paths of the fields that the spec set.
    pub fields: Vec<String>,

    /// Keys of the tags that the spec set.
    pub tag_keys: Vec<String>,

    /// ARN of the service revision that ECS made of it.
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

    /// Status of its deployment, in ECS's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// Why ECS rolled it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Calls in a row that did not take away the same difference.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null, transform = unknown_members_kept)]
pub struct Breaker {
    /// Path of the first field, or tag, that stays different.
    pub path: String,

    /// Hash of the configuration, or of the tags, that was sent.
    pub hash: String,

    /// Number of calls.
    pub count: i32,

    /// When the first of them was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
}
