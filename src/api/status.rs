//! The status: what ECS answers, the conditions, and the memory that has to last across restarts.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use super::{operator_state::OperatorState, schema::absent_instead_of_null};

/// What ECS has, and what the operator makes of it.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
pub struct ExpressServiceStatus {
    /// Generation of the spec that this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,

    /// `Ready`, `Synced`, and while they are true `Reconciling` and `Stalled`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,

    /// Where the service answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,

    /// ARN of the ECS service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_arn: Option<String>,

    /// Name of the ECS service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,

    /// Name of the ECS cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,

    /// Status code of the service, as ECS says it: `ACTIVE`, `DRAINING`, `INACTIVE`, or a newer word. `ACTIVE` is not
    /// ready; see the condition `Ready`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<String>,

    /// Why the service has its status code, as ECS says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,

    /// The deployment under way, or the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<DeploymentStatus>,

    /// The service revisions that run, the newest first: one when settled, two during a rollout. They show the values in
    /// force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["arn".into()]))]
    pub revisions: Option<Vec<RevisionStatus>>,

    /// What ECS made for the service: load balancer, certificate, security groups and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_resources: Option<Vec<ManagedResource>>,

    /// Where ECS differs from the spec.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["field".into()]))]
    pub drift: Option<Vec<Drift>>,

    /// Tasks that ECS wants to run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired_count: Option<i32>,

    /// Tasks that run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running_count: Option<i32>,

    /// Tasks that are starting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_count: Option<i32>,

    /// State that the operator keeps across restarts. Internal: its shape changes without notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_state: Option<OperatorState>,

    /// Former name of `operatorState`, read for one release and no longer written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<OperatorState>,
}

/// A deployment of a service revision.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
pub struct DeploymentStatus {
    /// ARN of the deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,

    /// Status, as ECS says it: `IN_PROGRESS`, `SUCCESSFUL`, `ROLLBACK_SUCCESSFUL` and others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// Stage of the rollout, as ECS says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,

    /// ARN of the service revision that the deployment brings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_revision: Option<String>,

    /// Why the deployment has its status, as ECS says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,

    /// When the deployment started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Time>,

    /// When the deployment ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Time>,
}

/// A service revision that runs, with the values in force.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
pub struct RevisionStatus {
    /// ARN of the service revision.
    pub arn: String,

    /// The end of the ARN, which names the revision within its service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,

    /// Image of the container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,

    /// CPU of a task, in CPU units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<String>,

    /// Memory of a task, in MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<String>,

    /// CPU architecture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_architecture: Option<String>,

    /// Port on which the container receives the traffic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container_port: Option<i32>,

    /// Path of the health check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check_path: Option<String>,

    /// ARN of the task definition that ECS made or was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_definition_arn: Option<String>,

    /// Least and greatest number of tasks, and what is held: `1-20 AVERAGE_CPU 60`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling: Option<String>,

    /// URLs of the revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<Vec<String>>,

    /// When ECS made the revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Time>,
}

/// Something that ECS made for the service.
#[derive(
    KubeSchema, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
pub struct ManagedResource {
    /// What it is: `LoadBalancer`, `Certificate`, `ServiceSecurityGroup` and others.
    pub r#type: String,

    /// Its ARN, or its name where ECS gives no ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,

    /// Status, as ECS says it: `PROVISIONING`, `ACTIVE`, `DEPROVISIONING`, `DELETED`, `FAILED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// Why it has its status, as ECS says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A difference between the spec and what ECS has.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
pub struct Drift {
    /// Path of the field in the spec.
    pub field: String,

    /// What the spec wants; of environment, secrets and command only names or a count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired: Option<String>,

    /// What ECS has; of environment, secrets and command only names or a count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,

    /// When the difference was first seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
}
