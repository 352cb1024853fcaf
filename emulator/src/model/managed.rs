//! What ECS manages for a revision, in the shape of `ecsManagedResources`.

use serde_json::{Value, json};

use super::{
    configuration::Logs,
    revision::{Ingress, ManagedStatus, Revision},
    service::Service,
    settings::Settings,
    timeline::Outcome,
};

/// A maker of leaves: each has an ARN, a status, perhaps a reason, and a time.
struct Leaves<'a> {
    service: &'a Service,
    revision: &'a Revision,
    reason: Option<&'a str>,
}

impl Leaves<'_> {
    fn leaf(&self, service: &str, resource: &str, more: Value) -> Value {
        let mut wire = json!({
            "arn": self.service.arn.caller().arn(service, resource),
            "status": self.revision.managed.as_str(),
            "updatedAt": self.revision.managed_at.to_wire(),
        });
        if let Some(reason) = self.reason {
            wire["statusReason"] = json!(reason);
        }
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
    let leaves = Leaves {
        service,
        revision,
        reason: reason(service, index),
    };
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
            leaves.leaf("logs", &format!("log-group:{log_group}"), more)
        })
        .collect();
    let ingress_paths = match revision.ingress {
        Ingress::Unknown => json!([]),
        Ingress::Known => json!([ingress_path(&leaves, index, settings)]),
    };
    json!({
        "ingressPaths": ingress_paths,
        "autoScaling": {
            "scalableTarget": leaves.leaf("application-autoscaling", &format!("scalable-target/{id}"), json!({
                "minCapacity": scaling.min_task_count,
                "maxCapacity": scaling.max_task_count,
            })),
            "applicationAutoScalingPolicies": [
                leaves.leaf("autoscaling", &format!("scalingPolicy:{id}:resource/ecs/{target}:policyName/{name}"), json!({
                    "policyType": "TargetTrackingScaling",
                    "targetValue": scaling.auto_scaling_target_value,
                    "metric": scaling.auto_scaling_metric,
                })),
            ],
        },
        "metricAlarms": [
            leaves.leaf("cloudwatch", &format!("alarm:{}", service.alarm_name()), json!({})),
        ],
        "serviceSecurityGroups": [leaves.leaf("ec2", &group, json!({}))],
        "logGroups": log_groups,
    })
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
            "elasticloadbalancing",
            &format!("targetgroup/ecs-express-{color}-{}/{}", &id[..8], &id[..16]),
            json!({
                "healthCheckPath": configuration.health_check_path,
                "healthCheckPort": configuration.primary_container.container_port,
                "port": configuration.primary_container.container_port,
            }),
        )
    };
    json!({
        "accessType": "PUBLIC",
        "endpoint": endpoint,
        "loadBalancer": leaves.leaf("elasticloadbalancing", "loadbalancer/app/ecs-express-gateway-alb/0123456789abcdef", json!({
            "scheme": "internet-facing",
            "subnetIds": configuration.network_configuration.subnets,
            "securityGroupIds": [balancer_group],
        })),
        "loadBalancerSecurityGroups": [
            leaves.leaf("ec2", &format!("security-group/{balancer_group}"), json!({})),
        ],
        "certificate": leaves.leaf("acm", &format!("certificate/{id}"), json!({ "domainName": domain })),
        "listener": leaves.leaf("elasticloadbalancing", "listener/app/ecs-express-gateway-alb/0123456789abcdef/fedcba9876543210", json!({})),
        "rule": leaves.leaf("elasticloadbalancing", &format!("listener-rule/app/ecs-express-gateway-alb/0123456789abcdef/fedcba9876543210/{}", &id[..16]), json!({})),
        "targetGroups": [target_group("blue"), target_group("green")],
    })
}

/// Why the resources of a deployment that never comes up stay PROVISIONING.
fn reason(service: &Service, index: usize) -> Option<&str> {
    let stuck = service.deployments.iter().find(|deployment| {
        deployment.target == index && deployment.outcome == Outcome::NeverComesUp
    })?;
    let provisioning = service.revisions[index].managed == ManagedStatus::Provisioning;
    let usual = "Access denied while provisioning the resource with the infrastructure role.";
    provisioning.then(|| stuck.reason.as_deref().unwrap_or(usual))
}
