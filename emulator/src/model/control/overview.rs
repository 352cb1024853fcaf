//! A summary of all services in one answer.

use serde_json::{Value, json};

use crate::model::{
    api::answer::set_member,
    clock::VirtualTime,
    deployments::{
        deployment::{Deployment, Visibility},
        timeline::Stage,
    },
    services::service::Service,
    state::model::Model,
};

/// The number of deployments in the summary of a service.
const DEPLOYMENTS: usize = 5;

impl Model {
    /// Returns a summary of all services: their revisions, deployments, managed resources and tags.
    #[must_use]
    pub fn overview(&self) -> Value {
        let services: Vec<Value> = self
            .services
            .values()
            .map(|service| self.outline(service))
            .collect();
        json!({
            "now": self.now.to_wire(),
            "nowText": self.now.to_text(),
            "timeScale": self.settings.time_scale,
            "services": services,
        })
    }

    fn outline(&self, service: &Service) -> Value {
        let revisions: Vec<Value> = service
            .active
            .iter()
            .map(|index| revision_to_wire(service, *index))
            .collect();
        let deployments: Vec<Value> = service
            .deployments
            .iter()
            .rev()
            .filter(|deployment| deployment.visibility == Visibility::Shown)
            .take(DEPLOYMENTS)
            .map(deployment_to_wire)
            .collect();
        let mut wire = json!({
            "serviceName": service.arn.name,
            "serviceArn": service.arn.to_string(),
            "cluster": service.arn.cluster,
            "account": service.arn.caller().account,
            "region": service.arn.caller().region,
            "resourceManagementType": service.management.as_str(),
            "statusCode": service.state.as_str(),
            "url": format!("{}/services/{}/", self.settings.endpoint_base, service.endpoint),
            "activeRevisions": revisions,
            "deployments": deployments,
            "managedResources": managed_to_wire(service),
            "createdAt": service.created_at.to_wire(),
            "tags": service.tags_to_wire(),
        });
        set_member(
            &mut wire,
            "lastDeployment",
            service.deployments.last().map(deployment_to_wire),
        );
        wire
    }
}

fn revision_to_wire(service: &Service, index: usize) -> Value {
    let revision = &service.revisions[index];
    json!({
        "serviceRevisionArn": revision.arn,
        "image": revision.configuration.primary_container.image,
        "accessType": revision.access.as_str(),
        "requestedTaskCount": revision.tasks.requested,
        "runningTaskCount": revision.tasks.running,
        "trafficWeight": revision.weight,
        "createdAt": revision.created_at.to_wire(),
    })
}

fn deployment_to_wire(deployment: &Deployment) -> Value {
    let mut wire = json!({
        "serviceDeploymentArn": deployment.arn,
        "status": deployment.status.as_str(),
        "isRunning": deployment.status.is_running(),
        "createdAt": deployment.created_at.to_wire(),
    });
    set_member(
        &mut wire,
        "lifecycleStage",
        deployment.stage.map(Stage::as_str),
    );
    set_member(
        &mut wire,
        "statusReason",
        deployment.status_reason.as_deref(),
    );
    set_member(
        &mut wire,
        "finishedAt",
        deployment.finished_at.map(VirtualTime::to_wire),
    );
    wire
}

/// Returns the managed resources of the newest active revision.
fn managed_to_wire(service: &Service) -> Vec<Value> {
    let newest = service
        .active
        .last()
        .map(|index| &service.revisions[*index]);
    let states = newest
        .into_iter()
        .flat_map(|revision| revision.managed.states());
    states
        .map(|state| {
            let mut wire = json!({
                "resource": state.resource.as_str(),
                "status": state.status.as_str(),
            });
            set_member(&mut wire, "statusReason", state.reason.as_deref());
            wire
        })
        .collect()
}
