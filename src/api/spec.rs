//! The spec: the members of `CreateExpressGatewayService`, and the operator's own settings.
//!
//! The descriptions are the API reference and what `kubectl explain` prints: meaning, unit, value in force when unset,
//! effect of a change, and the member of the ECS API. Values from sets that AWS may extend are strings, so that an older
//! operator can still read a newer object.

use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::{
    container::PrimaryContainer, quantities, rules, schema::absent_instead_of_null,
    status::ExpressServiceStatus,
};

/// Desired state of an Amazon ECS Express Mode service: a container behind HTTPS, load-balanced and autoscaled.
///
/// The spec has the members of the request `CreateExpressGatewayService` and the operator's own settings. The schema sets
/// no defaults: a field that is unset is left out of the request, and the status shows the value in force.
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
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status", description = "True when the configuration of this generation is running and the service has a URL."),
    printcolumn(name = "Status", type_ = "string", json_path = ".status.statusCode", description = "Status code of the service, as ECS reports it."),
    printcolumn(name = "URL", type_ = "string", json_path = ".status.url", description = "URL of the service."),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason", priority = 1, description = "Reason of the condition Ready."),
    printcolumn(name = "Image", type_ = "string", json_path = ".status.revisions[0].image", priority = 1, description = "Image of the newest active revision."),
    printcolumn(name = "Cluster", type_ = "string", json_path = ".status.cluster", priority = 1, description = "Name of the ECS cluster."),
    printcolumn(name = "Running", type_ = "integer", json_path = ".status.runningCount", priority = 1, description = "Number of running tasks."),
    printcolumn(name = "Revision", type_ = "string", json_path = ".status.revisions[0].id", priority = 1, description = "ID of the newest active revision."),
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
    validation = quantities::fargate_pair()
)]
pub struct ExpressServiceSpec {
    /// Name of the ECS service, unique within its cluster: letters, digits, `_` and `-`. Unset: `<namespace>_<name>` of
    /// this object. Cannot change after creation. ECS: `serviceName`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    #[x_kube(validation = rules::service_name())]
    pub service_name: Option<String>,

    /// Name or ARN of the ECS cluster. Unset: `default`, which ECS creates if it does not exist (ECS Developer Guide); any
    /// other cluster must exist. Cannot change after creation. ECS: `cluster`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 512))]
    #[x_kube(validation = rules::cluster())]
    pub cluster: Option<String>,

    /// AWS Region of the service, such as `eu-west-1`. Unset: the operator's own Region. Cannot change after creation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 32))]
    #[x_kube(validation = rules::region())]
    pub region: Option<String>,

    /// ARN of the IAM role that ECS assumes to create and delete the load balancer, the certificate, the security groups
    /// and the scaling policies. The role must remain usable until the service is deleted. Required. Cannot change after
    /// creation. ECS: `infrastructureRoleArn`.
    #[schemars(length(min = 1, max = 2048))]
    #[x_kube(validation = rules::role_arn())]
    pub infrastructure_role_arn: String,

    /// ARN of the IAM role that ECS assumes to pull the image, read the secrets and write the logs. Required unless
    /// `taskDefinitionArn` is set. A change makes a new revision. ECS: `executionRoleArn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048))]
    #[x_kube(validation = rules::role_arn())]
    pub execution_role_arn: Option<String>,

    /// ARN of the IAM role that the application in the container assumes for its own AWS calls. Unset: none. A change makes
    /// a new revision; ECS cannot remove the role once it is set. ECS: `taskRoleArn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048))]
    #[x_kube(validation = rules::role_arn())]
    pub task_role_arn: Option<String>,

    /// Full ARN, including the revision, of a task definition to run unchanged, sidecars included. Its container `Main`
    /// receives the traffic. Mutually exclusive with `primaryContainer`, `executionRoleArn`, `taskRoleArn`, `cpu`, `memory`
    /// and `cpuArchitecture`. Unset: ECS creates a task definition from the spec. A change makes a new revision. ECS:
    /// `taskDefinitionArn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048))]
    #[x_kube(validation = rules::task_definition_arn())]
    pub task_definition_arn: Option<String>,

    /// The container that receives the traffic. Required unless `taskDefinitionArn` is set. A change makes a new revision.
    /// ECS: `primaryContainer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_container: Option<PrimaryContainer>,

    /// Path of the load balancer's health check, such as `/health`; may include a query string. Unset: ECS decides (`/`;
    /// ECS Developer Guide). A change makes a new revision. ECS: `healthCheckPath`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1024))]
    #[x_kube(
        validation = rules::health_check_path(),
        validation = rules::health_check_path_characters()
    )]
    pub health_check_path: Option<String>,

    /// Subnets and additional security groups of the tasks. Unset: the public subnets of the default VPC, and a security
    /// group that ECS makes (ECS Developer Guide). A change makes a new revision; ECS may reject a switch between public
    /// and private subnets. ECS: `networkConfiguration`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_configuration: Option<NetworkConfiguration>,

    /// CPU of a task, as a quoted string: in CPU units (`"1024"` is one vCPU) or in vCPU (`"0.5"`, `"2 vCPU"`). Unset: ECS
    /// decides (`1024`; ECS Developer Guide). A change makes a new revision. ECS: `cpu`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 16))]
    #[x_kube(validation = quantities::cpu())]
    pub cpu: Option<String>,

    /// Memory of a task, as a quoted string: in MiB (`"2048"`) or in GB (`"2 GB"`). Fargate must offer it for `cpu`.
    /// Unset: ECS decides (`2048`; ECS Developer Guide). A change makes a new revision. ECS: `memory`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 16))]
    #[x_kube(validation = quantities::memory())]
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

    /// Tags of the service, at most 46, because the operator adds four of its own. Resources that ECS creates for the
    /// service while the tags are set get them, too. Unset: only the four tags of the operator. Can change without a new
    /// revision. ECS: `tags`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 46))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["key".into()]))]
    pub tags: Option<Vec<Tag>>,

    /// What happens to the ECS service when this object is deleted: `Delete` deletes it; `Retain` keeps it running and
    /// marks it as released. Unset: `Delete`. Can change at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["Delete", "Retain"]))]
    pub deletion_policy: Option<String>,

    /// Whether the operator adopts an existing, unowned ECS Express service of this name: `Never` leaves it alone; `Adopt`
    /// adopts it. If the adoption would change the service, the operator first reports the differences and waits for the
    /// annotation `ecs-express.dev/adopt-confirm`. Unset: `Never`. Can change at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["Never", "Adopt"]))]
    pub adoption_policy: Option<String>,

    /// What the operator does when the service is changed outside Kubernetes: `Correct` restores the spec; `Report` only
    /// reports the drift. Edits of this object are sent in either case. Unset: `Correct`. Can change at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["Correct", "Report"]))]
    pub drift_policy: Option<String>,

    /// Whether the operator only observes the service and makes no call that changes anything in ECS. The object can still
    /// be deleted. Unset: false. Can change at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspend: Option<bool>,
}

/// Subnets and additional security groups of the tasks.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = absent_instead_of_null)]
pub struct NetworkConfiguration {
    /// IDs of security groups, in addition to the one that ECS creates. Unset or empty: only that one (ECS Developer
    /// Guide). A change makes a new revision. ECS: `securityGroups`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16), inner(length(min = 1, max = 64)))]
    #[x_kube(merge_strategy = ListMerge::Set, validation = rules::ids("sg", "a security group ID"))]
    pub security_groups: Option<Vec<String>>,

    /// IDs of subnets in at least two Availability Zones. Public subnets make the service internet-facing, private subnets
    /// make it internal. Unset or empty: the public subnets of the default VPC (ECS Developer Guide). A change makes a new
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
    /// Minimum number of tasks; `kubectl scale --replicas` sets it. Unset: ECS decides (1; ECS Developer Guide). A change
    /// makes a new revision. ECS: `minTaskCount`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 5000))]
    pub min_task_count: Option<i32>,

    /// Maximum number of tasks. Unset: ECS decides (20; ECS Developer Guide). A change makes a new revision. ECS:
    /// `maxTaskCount`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 5000))]
    pub max_task_count: Option<i32>,

    /// Metric that ECS scales by: average CPU or memory in percent, or requests per target. Unset: ECS decides
    /// (`AVERAGE_CPU`; ECS Developer Guide). A change makes a new revision. ECS: `autoScalingMetric`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["AVERAGE_CPU", "AVERAGE_MEMORY", "REQUEST_COUNT_PER_TARGET"]))]
    pub auto_scaling_metric: Option<String>,

    /// Value at which ECS holds the metric: in percent, or in requests per target. Unset: ECS decides (60; ECS Developer
    /// Guide). A change makes a new revision. ECS: `autoScalingTargetValue`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65536))]
    pub auto_scaling_target_value: Option<i32>,
}

/// A tag of the ECS service.
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
