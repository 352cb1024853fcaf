//! Services as DescribeServices shows them, where an Express service looks like any other.

use serde_json::{Value, json};

use crate::model::{
    answers::{deployment::deployment_configuration, revision::network_to_wire},
    api::answer::set_member,
    services::service::{ResourceManagement, Service},
};

pub(crate) fn service_to_wire(service: &Service) -> Value {
    let total = service.tasks();
    let mut wire = json!({
        "serviceArn": service.arn.to_string(),
        "serviceName": service.arn.name,
        "clusterArn": service.arn.cluster_arn(),
        "status": service.state.as_str(),
        "desiredCount": desired(service),
        "runningCount": total.running,
        "pendingCount": total.pending,
        "launchType": "FARGATE",
        "platformVersion": "LATEST",
        "platformFamily": "Linux",
        "loadBalancers": [],
        "serviceRegistries": [],
        "placementConstraints": [],
        "placementStrategy": [],
        "healthCheckGracePeriodSeconds": 300,
        "availabilityZoneRebalancing": "ENABLED",
        "enableExecuteCommand": false,
        "schedulingStrategy": "REPLICA",
        "propagateTags": "SERVICE",
        "enableECSManagedTags": true,
        "deploymentController": { "type": "ECS" },
        "resourceManagementType": service.management.as_str(),
        "createdAt": service.created_at.to_wire(),
        "events": events_to_wire(service),
        "deployments": deployments_to_wire(service),
        "currentServiceRevisions": service
            .active
            .iter()
            .map(|index| current_revision_to_wire(service, *index))
            .collect::<Vec<_>>(),
    });
    set_optional_members(&mut wire, service);
    wire
}

/// Sets the members that depend on the revisions and deployments of the service.
fn set_optional_members(wire: &mut Value, service: &Service) {
    let current = service
        .current_deployment()
        .map(|current| current.arn.clone());
    set_member(wire, "currentServiceDeployment", current);
    let newest = service.active.last().map(|index| {
        service.revisions[*index]
            .configuration
            .task_definition_arn
            .clone()
    });
    set_member(wire, "taskDefinition", newest);
    if service.management == ResourceManagement::Ecs {
        wire["deploymentConfiguration"] = deployment_configuration(service);
        let network = service.active.last().map(|index| {
            let revision = &service.revisions[*index];
            network_to_wire(revision)
        });
        set_member(wire, "networkConfiguration", network);
    }
}

/// Returns the events, newest first.
fn events_to_wire(service: &Service) -> Vec<Value> {
    let events = service.events.iter();
    events
        .map(|event| {
            json!({
                "id": format!("{}-{}", service.resource_id, event.number),
                "createdAt": event.at.to_wire(),
                "message": event.message,
            })
        })
        .collect()
}

/// Returns the desired number of tasks of the revision that serves the traffic.
fn desired(service: &Service) -> i64 {
    service
        .serving()
        .map_or(0, |index| service.revisions[index].desired_count())
}

fn current_revision_to_wire(service: &Service, index: usize) -> Value {
    let revision = &service.revisions[index];
    json!({
        "arn": revision.arn,
        "requestedTaskCount": revision.tasks.requested,
        "runningTaskCount": revision.tasks.running,
        "pendingTaskCount": revision.tasks.pending,
    })
}

/// Returns `deployments`, which are task sets: one for each active revision, the newest being PRIMARY.
fn deployments_to_wire(service: &Service) -> Vec<Value> {
    let newest = service.active.last();
    let running = service.current_deployment().is_some();
    service
        .active
        .iter()
        .rev()
        .map(|index| {
            let revision = &service.revisions[*index];
            let primary = Some(index) == newest;
            json!({
                "id": format!("ecs-svc/{}", revision.arn.rsplit('/').next().unwrap_or_default()),
                "status": if primary { "PRIMARY" } else { "ACTIVE" },
                "taskDefinition": revision.configuration.task_definition_arn,
                "desiredCount": revision.tasks.requested,
                "runningCount": revision.tasks.running,
                "pendingCount": revision.tasks.pending,
                "failedTasks": 0,
                "createdAt": revision.created_at.to_wire(),
                "updatedAt": service.updated_at.to_wire(),
                "launchType": "FARGATE",
                "rolloutState": if primary && running { "IN_PROGRESS" } else { "COMPLETED" },
            })
        })
        .collect()
}
