//! The spec: `CreateExpressGatewayService`, field for field, and the operator's own settings.
//!
//! The descriptions are what `kubectl explain` shows: meaning, unit, value in force when unset, and whether it can change.
//! Words from sets that AWS may extend are strings, so that an older operator still reads a newer object.

use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::{
    container::PrimaryContainer, rules, schema::absent_instead_of_null, sizes,
    status::ExpressServiceStatus,
};

/// An Amazon ECS Express Mode service: a container behind HTTPS, load-balanced and autoscaled.
///
/// The spec is the request of `CreateExpressGatewayService` with the operator's own settings beside it. Nothing is
/// defaulted: what the spec leaves out is left out of the request, and the value in force is shown in the status.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "ecs-express.dev",
    version = "v1alpha1",
    kind = "ExpressService",
    plural = "expressservices",
    singular = "expressservice",
    shortname = "xsvc",
    category = "aws",
    namespaced,
    derive = "PartialEq",
    status = "ExpressServiceStatus",
    doc = "An Amazon ECS Express Mode service: a container behind HTTPS, load-balanced and autoscaled.",
    scale(spec_replicas_path = ".spec.scalingTarget.minTaskCount", status_replicas_path = ".status.runningCount"),
    validation = rules::object_name_fits_service_name(),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status", description = "True when the configuration of this generation runs and answers."),
    printcolumn(name = "Status", type_ = "string", json_path = ".status.statusCode", description = "Status of the service, as ECS says it."),
    printcolumn(name = "URL", type_ = "string", json_path = ".status.url", description = "Where the service answers."),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason", priority = 1, description = "Why it is ready, or not."),
    printcolumn(name = "Image", type_ = "string", json_path = ".status.revisions[0].image", priority = 1, description = "Image of the newest revision that runs."),
    printcolumn(name = "Cluster", type_ = "string", json_path = ".status.cluster", priority = 1, description = "ECS cluster."),
    printcolumn(name = "Running", type_ = "integer", json_path = ".status.runningCount", priority = 1, description = "Running tasks."),
    printcolumn(name = "Revision", type_ = "string", json_path = ".status.revisions[0].id", priority = 1, description = "The newest revision that runs."),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
#[x_kube(
    validation = rules::immutable("serviceName"),
    validation = rules::immutable("cluster"),
    validation = rules::immutable("region"),
    validation = rules::immutable("infrastructureRoleArn"),
    validation = rules::task_definition_excludes(),
    validation = rules::required_in_managed_mode("primaryContainer", "primaryContainer with an image"),
    validation = rules::required_in_managed_mode("executionRoleArn", "executionRoleArn"),
    validation = sizes::fargate_pair()
)]
pub struct ExpressServiceSpec {
    /// Name of the ECS service: letters, digits, `_` and `-`; unique in its cluster.
    /// Unset: `<namespace>_<name>` of this object. Cannot change after creation. ECS: `serviceName`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    #[x_kube(validation = rules::service_name())]
    pub service_name: Option<String>,

    /// Name or ARN of the ECS cluster. Unset: `default`, which ECS makes when it is missing (ECS Developer Guide); any
    /// other has to exist. Cannot change after creation. ECS: `cluster`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 512))]
    #[x_kube(validation = rules::cluster())]
    pub cluster: Option<String>,

    /// AWS Region of the service, such as `eu-west-1`. Unset: the operator's own Region. Cannot change after creation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 32))]
    #[x_kube(validation = rules::region())]
    pub region: Option<String>,

    /// ARN of the IAM role with which ECS makes and removes load balancer, certificate, security groups and scaling.
    /// It must work until the service is deleted. Required. Cannot change after creation. ECS: `infrastructureRoleArn`.
    #[schemars(length(min = 1, max = 2048))]
    #[x_kube(validation = rules::role_arn())]
    pub infrastructure_role_arn: String,

    /// ARN of the IAM role with which ECS pulls the image, reads the secrets and writes the logs.
    /// Required unless `taskDefinitionArn` is set. A change makes a new revision. ECS: `executionRoleArn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048))]
    #[x_kube(validation = rules::role_arn())]
    pub execution_role_arn: Option<String>,

    /// ARN of the IAM role that the application in the container uses for its own AWS calls. Unset: none.
    /// A change makes a new revision; once set, ECS has no way to take it away again. ECS: `taskRoleArn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048))]
    #[x_kube(validation = rules::role_arn())]
    pub task_role_arn: Option<String>,

    /// Full ARN, with revision, of a task definition to run as it is, sidecars included. Its container `Main` receives the
    /// traffic. Excludes `primaryContainer`, `executionRoleArn`, `taskRoleArn`, `cpu`, `memory` and `cpuArchitecture`.
    /// Unset: ECS makes a task definition from the spec. A change makes a new revision. ECS: `taskDefinitionArn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048))]
    #[x_kube(validation = rules::task_definition_arn())]
    pub task_definition_arn: Option<String>,

    /// The container that receives the traffic. Required unless `taskDefinitionArn` is set. A change makes a new
    /// revision. ECS: `primaryContainer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_container: Option<PrimaryContainer>,

    /// Path of the load balancer's health check, such as `/health`; may have a query. Unset: ECS decides (`/`;
    /// ECS Developer Guide). A change makes a new revision. ECS: `healthCheckPath`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1024))]
    #[x_kube(
        validation = rules::health_check_path(),
        validation = rules::health_check_path_characters()
    )]
    pub health_check_path: Option<String>,

    /// Subnets and additional security groups of the tasks. Unset: the public subnets of the default VPC, and a security
    /// group that ECS makes (ECS Developer Guide). A change makes a new revision; ECS may refuse another kind of subnet.
    /// ECS: `networkConfiguration`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_configuration: Option<NetworkConfiguration>,

    /// CPU of a task, as a quoted string: CPU units (`"1024"` is one vCPU) or vCPU (`"0.5"`, `"2 vCPU"`).
    /// Unset: ECS decides (`1024`; ECS Developer Guide). A change makes a new revision. ECS: `cpu`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 16))]
    #[x_kube(validation = sizes::cpu())]
    pub cpu: Option<String>,

    /// Memory of a task, as a quoted string: MiB (`"2048"`) or GB (`"2 GB"`). It has to fit `cpu`.
    /// Unset: ECS decides (`2048`; ECS Developer Guide). A change makes a new revision. ECS: `memory`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 16))]
    #[x_kube(validation = sizes::memory())]
    pub memory: Option<String>,

    /// CPU architecture that the image is built for. Unset: ECS decides (`X86_64`; ECS Developer Guide). A change makes a
    /// new revision. ECS: `cpuArchitecture`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["X86_64", "ARM64"]))]
    pub cpu_architecture: Option<String>,

    /// How ECS scales the number of tasks. Unset: ECS decides (1 to 20 tasks, 60 percent average CPU; ECS Developer Guide).
    /// A change makes a new revision. ECS: `scalingTarget`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling_target: Option<ScalingTarget>,

    /// Tags of the service; what ECS makes for the service while they are set gets them too. At most 46: the operator
    /// adds four of its own. Unset: only those four. Can change without a new revision. ECS: `tags`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 46))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["key".into()]))]
    pub tags: Option<Vec<Tag>>,

    /// What becomes of the ECS service when this object is deleted: `Delete` deletes it, `Retain` keeps it running and
    /// marks it as released. Unset: `Delete`. Can change at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["Delete", "Retain"]))]
    pub deletion_policy: Option<String>,

    /// Whether an ECS Express service of this name that nobody owns is taken over: `Never` refuses, `Adopt` takes it;
    /// where that would change the service, the difference is shown first and waits for the annotation
    /// `ecs-express.dev/adopt-confirm`. Unset: `Never`. Can change at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["Never", "Adopt"]))]
    pub adoption_policy: Option<String>,

    /// What follows when somebody changes the service outside this object: `Correct` puts it back, `Report` only shows
    /// it; edits of this object are sent either way. Unset: `Correct`. Can change at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["Correct", "Report"]))]
    pub drift_policy: Option<String>,

    /// True: only observe, make no call that changes anything in ECS. Deleting the object still works.
    /// Unset: false. Can change at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspend: Option<bool>,
}

/// Subnets and additional security groups of the tasks.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
pub struct NetworkConfiguration {
    /// IDs of security groups, added to the one that ECS makes. Unset or empty: only that one (ECS Developer
    /// Guide). A change makes a new revision. ECS: `securityGroups`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16), inner(length(min = 1, max = 64)))]
    #[x_kube(merge_strategy = ListMerge::Set, validation = rules::ids("sg", "a security group ID"))]
    pub security_groups: Option<Vec<String>>,

    /// IDs of subnets in at least two Availability Zones. Public subnets make an internet-facing service, private ones an
    /// internal one. Unset or empty: the public subnets of the default VPC (ECS Developer Guide). A change makes a new
    /// revision. ECS: `subnets`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16), inner(length(min = 1, max = 64)))]
    #[x_kube(merge_strategy = ListMerge::Set, validation = rules::ids("subnet", "a subnet ID"))]
    pub subnets: Option<Vec<String>>,
}

/// How ECS scales the number of tasks.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
#[x_kube(validation = rules::min_not_above_max())]
pub struct ScalingTarget {
    /// Least number of tasks; `kubectl scale --replicas` sets it. Unset: ECS decides (1; ECS Developer Guide).
    /// A change makes a new revision. ECS: `minTaskCount`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 5000))]
    pub min_task_count: Option<i32>,

    /// Greatest number of tasks. Unset: ECS decides (20; ECS Developer Guide). A change makes a new revision.
    /// ECS: `maxTaskCount`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 5000))]
    pub max_task_count: Option<i32>,

    /// What is measured: average CPU or memory in percent, or requests per target. Unset: ECS decides (`AVERAGE_CPU`;
    /// ECS Developer Guide). A change makes a new revision. ECS: `autoScalingMetric`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["AVERAGE_CPU", "AVERAGE_MEMORY", "REQUEST_COUNT_PER_TARGET"]))]
    pub auto_scaling_metric: Option<String>,

    /// Value of the metric that ECS holds: percent, or requests per target. Unset: ECS decides (60; ECS Developer Guide).
    /// A change makes a new revision. ECS: `autoScalingTargetValue`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65536))]
    pub auto_scaling_target_value: Option<i32>,
}

/// A tag.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
pub struct Tag {
    /// Key of the tag: letters, digits, spaces and `_.:/=+-@`. Required. Can change. ECS: `key`.
    #[schemars(length(min = 1, max = 128))]
    #[x_kube(
        validation = rules::tag_prefix_free("key", "aws:", "AWS"),
        validation = rules::tag_prefix_free("key", "ecs-express.dev/", "the operator"),
        validation = rules::tag_characters("key")
    )]
    pub key: String,

    /// Value of the tag: letters, digits, spaces and `_.:/=+-@`. Unset: empty. Can change. ECS: `value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    #[x_kube(
        validation = rules::tag_prefix_free("value", "aws:", "AWS"),
        validation = rules::tag_characters("value")
    )]
    pub value: Option<String>,
}
