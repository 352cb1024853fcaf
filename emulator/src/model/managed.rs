//! What ECS manages for a revision, in the shape of `ecsManagedResources`.

use serde_json::{Value, json};

use super::{
    choices::RevisionDetail,
    configuration::Logs,
    deployment::set,
    resources::Resource,
    revision::{Ingress, Revision},
    service::Service,
    settings::Settings,
};

/// A maker of leaves: each has an ARN, a status, perhaps a reason, and a time.
struct Leaves<'a> {
    service: &'a Service,
    revision: &'a Revision,
}

impl Leaves<'_> {
    fn leaf(&self, resource: Resource, service: &str, id: &str, more: Value) -> Value {
        let state = self.revision.managed.of(resource);
        let mut wire = json!({
            "arn": self.service.arn.caller().arn(service, id),
            "status": state.status.as_str(),
            "updatedAt": state.at.to_wire(),
        });
        set(&mut wire, "statusReason", state.reason.as_deref());
        if let Value::Object(more) = more {
            for (member, value) in more {
                wire[member] = value;
            }
        }
        wire
    }
}

/// The managed resources of the revision at `index`.
pub(crate) fn to_wire(service: &Service, index: usize, settings: &Settings) -> Value {
    let revision = &service.revisions[index];
    let leaves = Leaves { service, revision };
    let (id, name) = (&service.resource_id, &service.arn.name);
    let scaling = &revision.configuration.scaling_target;
    let target = format!("service/{}/{name}", service.arn.cluster);
    let group = format!("security-group/{}", service.managed_security_group());
    let logs = revision
        .configuration
        .primary_container
        .aws_logs_configuration
        .iter();
    let log_groups: Vec<Value> = logs
        .map(|Logs { log_group, .. }| {
            let more = json!({ "logGroupName": log_group });
            leaves.leaf(
                Resource::LogGroup,
                "logs",
                &format!("log-group:{log_group}"),
                more,
            )
        })
        .collect();
    let ingress_paths = match revision.ingress {
        Ingress::Unknown => json!([]),
        Ingress::Known => json!([ingress_path(&leaves, index, settings)]),
    };
    let mut wire = json!({
        "ingressPaths": ingress_paths,
        "autoScaling": {
            "scalableTarget": leaves.leaf(Resource::ScalableTarget, "application-autoscaling", &format!("scalable-target/{id}"), json!({
                "minCapacity": scaling.min_task_count,
                "maxCapacity": scaling.max_task_count,
            })),
            "applicationAutoScalingPolicies": [
                leaves.leaf(Resource::ScalingPolicy, "autoscaling", &format!("scalingPolicy:{id}:resource/ecs/{target}:policyName/{name}"), json!({
                    "policyType": "TargetTrackingScaling",
                    "targetValue": scaling.auto_scaling_target_value,
                    "metric": scaling.auto_scaling_metric,
                })),
            ],
        },
        "metricAlarms": [
            leaves.leaf(Resource::MetricAlarm, "cloudwatch", &format!("alarm:{}", service.alarm_name()), json!({})),
        ],
        "serviceSecurityGroups": [leaves.leaf(Resource::ServiceSecurityGroup, "ec2", &group, json!({}))],
        "logGroups": log_groups,
    });
    match (settings.revision_detail, &mut wire) {
        (RevisionDetail::Partial, Value::Object(members)) => {
            members.remove("autoScaling");
        }
        (RevisionDetail::Partial | RevisionDetail::Full, _) => {}
    }
    wire
}

fn ingress_path(leaves: &Leaves<'_>, index: usize, settings: &Settings) -> Value {
    let service = leaves.service;
    let configuration = &leaves.revision.configuration;
    let id = &service.resource_id;
    let endpoint = service.endpoint_to_wire(index, settings);
    let domain = format!(
        "{}.ecs.{}.on.aws",
        service.endpoint,
        service.arn.caller().region
    );
    let balancer_group = format!("sg-0{}", &id[..16]);
    let target_group = |color: &str| {
        leaves.leaf(
            Resource::TargetGroups,
            "elasticloadbalancing",
            &format!("targetgroup/ecs-express-{color}-{}/{}", &id[..8], &id[..16]),
            match settings.revision_detail {
                RevisionDetail::Full => json!({
                    "healthCheckPath": configuration.health_check_path,
                    "healthCheckPort": configuration.primary_container.container_port,
                    "port": configuration.primary_container.container_port,
                }),
                RevisionDetail::Partial => json!({}),
            },
        )
    };
    json!({
        "accessType": leaves.revision.access.as_str(),
        "endpoint": endpoint,
        "loadBalancer": leaves.leaf(Resource::LoadBalancer, "elasticloadbalancing", "loadbalancer/app/ecs-express-gateway-alb/0123456789abcdef", json!({
            "scheme": leaves.revision.access.scheme(),
            "subnetIds": configuration.network_configuration.subnets,
            "securityGroupIds": [balancer_group],
        })),
        "loadBalancerSecurityGroups": [
            leaves.leaf(Resource::LoadBalancerSecurityGroup, "ec2", &format!("security-group/{balancer_group}"), json!({})),
        ],
        "certificate": leaves.leaf(Resource::Certificate, "acm", &format!("certificate/{id}"), json!({ "domainName": domain })),
        "listener": leaves.leaf(Resource::Listener, "elasticloadbalancing", "listener/app/ecs-express-gateway-alb/0123456789abcdef/fedcba9876543210", json!({})),
        "rule": leaves.leaf(Resource::Rule, "elasticloadbalancing", &format!("listener-rule/app/ecs-express-gateway-alb/0123456789abcdef/fedcba9876543210/{}", &id[..16]), json!({})),
        "targetGroups": [target_group("blue"), target_group("green")],
    })
}
