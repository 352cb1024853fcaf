//! The status: what ECS reports, the conditions, and the state that the operator keeps across restarts.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use super::{operator_state::OperatorState, schema::absent_instead_of_null};

/// Observed state of the ECS service.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
pub struct ExpressServiceStatus {
    /// Generation of the spec that this status describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,

    /// Conditions of the service: `Ready` and `Synced` always, `Reconciling` and `Stalled` only while they are True.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,

    /// URL of the service.
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

    /// Status code of the service, as ECS reports it: `ACTIVE`, `DRAINING`, `INACTIVE`, or one that ECS adds later. An
    /// `ACTIVE` service is not necessarily ready; see the condition `Ready`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<String>,

    /// Reason for the status code, as ECS reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,

    /// The deployment in progress, or the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<DeploymentStatus>,

    /// Active service revisions, newest first: one normally, two during a rollout, at most ten. They show the values in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["arn".into()]))]
    pub revisions: Option<Vec<RevisionStatus>>,

    /// Resources that ECS created for the service, such as load balancer, certificate and security groups. Beyond one hundred,
    /// one entry of type `Other` says how many are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_resources: Option<Vec<ManagedResource>>,

    /// Differences between the spec and ECS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["field".into()]))]
    pub drift: Option<Vec<Drift>>,

    /// Number of tasks that ECS aims to run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired_count: Option<i32>,

    /// Number of running tasks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running_count: Option<i32>,

    /// Number of tasks that are starting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_count: Option<i32>,

    /// State that the operator keeps across restarts. Internal: it may change without notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_state: Option<OperatorState>,

    /// Former name of `operatorState`, read for one release and cleared once `operatorState` is stored.
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

    /// Status of the deployment, as ECS reports it: `IN_PROGRESS`, `SUCCESSFUL`, `ROLLBACK_SUCCESSFUL` and others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// Stage of the rollout, as ECS reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,

    /// ARN of the service revision that is deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_revision: Option<String>,

    /// Reason for the status, as ECS reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,

    /// Time when the deployment started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Time>,

    /// Time when the deployment ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Time>,
}

/// An active service revision, with the values in force.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
pub struct RevisionStatus {
    /// ARN of the service revision.
    pub arn: String,

    /// Last part of the ARN, which identifies the revision within its service.
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

    /// CPU architecture of the tasks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_architecture: Option<String>,

    /// Port on which the container receives the traffic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container_port: Option<i32>,

    /// Path of the load balancer's health check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check_path: Option<String>,

    /// ARN of the task definition, whether ECS created it or the spec names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_definition_arn: Option<String>,

    /// Minimum and maximum number of tasks, metric, and target value: `1-20 AVERAGE_CPU 60`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling: Option<String>,

    /// URLs of the revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<Vec<String>>,

    /// Time when ECS created the revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Time>,
}

/// A resource that ECS created for the service.
#[derive(
    KubeSchema, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
pub struct ManagedResource {
    /// Type of the resource: `LoadBalancer`, `Certificate`, `ServiceSecurityGroup` and others.
    pub r#type: String,

    /// ARN of the resource, or its name if ECS reports no ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,

    /// Status of the resource, as ECS reports it: `PROVISIONING`, `ACTIVE`, `DEPROVISIONING`, `DELETED`, `FAILED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,

    /// Reason for the status, as ECS reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A difference between the spec and what ECS has.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
pub struct Drift {
    /// Path of the field in the object.
    pub field: String,

    /// Value in the spec; for environment variables, secrets and the command only their names or number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired: Option<String>,

    /// Value in ECS; for environment variables, secrets and the command only their names or number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,

    /// Time when the difference was first observed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
}
