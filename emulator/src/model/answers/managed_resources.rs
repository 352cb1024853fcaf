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
    let ResourceWriter { service, revision } = *resources;
    let id = &service.resource_id;
    let scheme = revision.access.scheme();
    let balancer_id = revision.load_balancer.id(scheme);
    let balancer_group = format!("sg-0{balancer_id}");
    let balancer = format!("app/ecs-express-gateway-alb/{balancer_id}");
    let listener = format!("{balancer}/fedcba9876543210");
    let group = format!("security-group/{balancer_group}");
    let region = service.arn.caller().region;
    let domain = format!("{}.ecs.{region}.on.aws", service.endpoint);
    let mut wire = json!({
        "accessType": revision.access.as_str(),
        "endpoint": service.endpoint_to_wire(index, settings),
        "loadBalancerSecurityGroups": attached([
            resources.write(Resource::LoadBalancerSecurityGroup, "ec2", &group, json!({})),
        ]),
        "targetGroups": attached(["blue", "green"].map(|color| target_group(resources, color, settings))),
    });
    let elb = "elasticloadbalancing";
    let members = [
        (
            "certificate",
            Resource::Certificate,
            "acm",
            format!("certificate/{id}"),
            json!({
                "domainName": domain,
            }),
        ),
        (
            "loadBalancer",
            Resource::LoadBalancer,
            elb,
            format!("loadbalancer/{balancer}"),
            json!({
                "scheme": scheme,
                "subnetIds": revision.configuration.network_configuration.subnets,
                "securityGroupIds": [balancer_group],
            }),
        ),
        (
            "listener",
            Resource::Listener,
            elb,
            format!("listener/{listener}"),
            json!({}),
        ),
        (
            "rule",
            Resource::Rule,
            elb,
            format!("listener-rule/{listener}/{}", &id[..16]),
            json!({}),
        ),
    ];
    for (member, resource, service, id, more) in members {
        let attached = resources.write(resource, service, &id, more);
        set_member(&mut wire, member, attached);
    }
    wire
}

fn target_group(resources: &ResourceWriter<'_>, color: &str, settings: &Settings) -> Option<Value> {
    let configuration = &resources.revision.configuration;
    let port = configuration.primary_container.container_port;
    let more = match settings.revision_detail {
        RevisionDetail::Full => json!({
            "healthCheckPath": configuration.health_check_path,
            "healthCheckPort": port,
            "port": port,
        }),
        RevisionDetail::Partial => json!({}),
    };
    let id = &resources.service.resource_id;
    let id = format!("targetgroup/ecs-express-{color}-{}/{}", &id[..8], &id[..16]);
    resources.write(Resource::TargetGroups, "elasticloadbalancing", &id, more)
}
