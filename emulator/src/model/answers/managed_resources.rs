//! Managed resources in the shape of `ecsManagedResources`.

use serde_json::{Value, json};

use crate::model::{
    api::answer::set_member,
    configuration::service_configuration::Logs,
    revisions::{
        managed_resources::{ManagedStatus, Resource},
        revision::{Ingress, Revision},
    },
    services::service::Service,
    settings::{Settings, options::RevisionDetail},
};

/// Writes the managed resources of a revision: each has an ARN, a status, perhaps a reason, and a time.
struct ResourceWriter<'a> {
    service: &'a Service,
    revision: &'a Revision,
}

impl ResourceWriter<'_> {
    /// Returns the resource, or `None` if it is detached.
    fn write(&self, resource: Resource, service: &str, id: &str, more: Value) -> Option<Value> {
        let state = self.revision.managed.of(resource);
        if state.status == ManagedStatus::Detached {
            return None;
        }
        let mut wire = json!({
            "arn": self.service.arn.caller().arn(service, id),
            "status": state.status.as_str(),
            "updatedAt": state.at.to_wire(),
        });
        set_member(&mut wire, "statusReason", state.reason.as_deref());
        if let Value::Object(more) = more {
            for (member, value) in more {
                wire[member] = value;
            }
        }
        Some(wire)
    }
}

/// Returns those of the resources that are not detached.
fn attached<const N: usize>(resources: [Option<Value>; N]) -> Vec<Value> {
    resources.into_iter().flatten().collect()
}

/// Returns the managed resources of the revision at `index`.
pub(crate) fn managed_resources_to_wire(
    service: &Service,
    index: usize,
    settings: &Settings,
) -> Value {
    let revision = &service.revisions[index];
    let resources = ResourceWriter { service, revision };
    let group = format!("security-group/{}", service.managed_security_group());
    let ingress_paths = match revision.ingress {
        Ingress::Unknown => json!([]),
        Ingress::Known => json!([ingress_path(&resources, index, settings)]),
    };
    let mut wire = json!({
        "ingressPaths": ingress_paths,
        "metricAlarms": attached([
            resources.write(Resource::MetricAlarm, "cloudwatch", &format!("alarm:{}", service.alarm_name()), json!({})),
        ]),
        "serviceSecurityGroups": attached([
            resources.write(Resource::ServiceSecurityGroup, "ec2", &group, json!({})),
        ]),
        "logGroups": log_groups(&resources),
    });
    match settings.revision_detail {
        RevisionDetail::Partial => {}
        RevisionDetail::Full => wire["autoScaling"] = auto_scaling(&resources),
    }
    wire
}

fn log_groups(resources: &ResourceWriter<'_>) -> Vec<Value> {
    let container = &resources.revision.configuration.primary_container;
    let logs = container.aws_logs_configuration.iter();
    logs.filter_map(|Logs { log_group, .. }| {
        let id = format!("log-group:{log_group}");
        let more = json!({ "logGroupName": log_group });
        resources.write(Resource::LogGroup, "logs", &id, more)
    })
    .collect()
}

fn auto_scaling(resources: &ResourceWriter<'_>) -> Value {
    let service = resources.service;
    let scaling = &resources.revision.configuration.scaling_target;
    let (id, name) = (&service.resource_id, &service.arn.name);
    let target = format!("service/{}/{name}", service.arn.cluster);
    let policy = format!("scalingPolicy:{id}:resource/ecs/{target}:policyName/{name}");
    let mut wire = json!({
        "applicationAutoScalingPolicies": attached([
            resources.write(Resource::ScalingPolicy, "autoscaling", &policy, json!({
                "policyType": "TargetTrackingScaling",
                "targetValue": scaling.auto_scaling_target_value,
                "metric": scaling.auto_scaling_metric,
            })),
        ]),
    });
    let target = resources.write(
        Resource::ScalableTarget,
        "application-autoscaling",
        &format!("scalable-target/{id}"),
        json!({
            "minCapacity": scaling.min_task_count,
            "maxCapacity": scaling.max_task_count,
        }),
    );
    set_member(&mut wire, "scalableTarget", target);
    wire
}

fn ingress_path(resources: &ResourceWriter<'_>, index: usize, settings: &Settings) -> Value {
    let service = resources.service;
    let configuration = &resources.revision.configuration;
    let id = &service.resource_id;
    let endpoint = service.endpoint_to_wire(index, settings);
    let domain = format!(
        "{}.ecs.{}.on.aws",
        service.endpoint,
        service.arn.caller().region
    );
    let balancer_group = format!("sg-0{}", &id[..16]);
    let target_group = |color: &str| {
        resources.write(
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
    let balancer = json!({
        "scheme": resources.revision.access.scheme(),
        "subnetIds": configuration.network_configuration.subnets,
        "securityGroupIds": [balancer_group],
    });
    let group = format!("security-group/{balancer_group}");
    let mut wire = json!({
        "accessType": resources.revision.access.as_str(),
        "endpoint": endpoint,
        "loadBalancerSecurityGroups": attached([
            resources.write(Resource::LoadBalancerSecurityGroup, "ec2", &group, json!({})),
        ]),
        "targetGroups": attached([target_group("blue"), target_group("green")]),
    });
    let domain = json!({ "domainName": domain });
    let certificate = resources.write(
        Resource::Certificate,
        "acm",
        &format!("certificate/{id}"),
        domain,
    );
    set_member(&mut wire, "certificate", certificate);
    let elb =
        |resource, id: &str, more| resources.write(resource, "elasticloadbalancing", id, more);
    set_member(
        &mut wire,
        "loadBalancer",
        elb(
            Resource::LoadBalancer,
            "loadbalancer/app/ecs-express-gateway-alb/0123456789abcdef",
            balancer,
        ),
    );
    set_member(
        &mut wire,
        "listener",
        elb(
            Resource::Listener,
            "listener/app/ecs-express-gateway-alb/0123456789abcdef/fedcba9876543210",
            json!({}),
        ),
    );
    set_member(
        &mut wire,
        "rule",
        elb(
            Resource::Rule,
            &format!(
                "listener-rule/app/ecs-express-gateway-alb/0123456789abcdef/fedcba9876543210/{}",
                &id[..16]
            ),
            json!({}),
        ),
    );
    wire
}
