//! What a person sees: the list of services, and the page behind a service's URL.

use serde_json::{Value, json};

use super::{
    Model,
    deployment::set,
    revision::Revision,
    service::{Service, State},
    timeline::Stage,
};

/// The page behind a service's URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// A revision runs; the text says which.
    Running(String),
    /// Nothing runs yet, or no more; the text says why.
    NotUp(String),
    /// There is no such service any more.
    Gone,
}

impl Model {
    /// Every service, for people and tests.
    #[must_use]
    pub fn overview(&self) -> Value {
        let services: Vec<Value> = self
            .services
            .values()
            .map(|service| self.outline(service))
            .collect();
        json!({ "now": self.now.to_wire(), "services": services })
    }

    fn outline(&self, service: &Service) -> Value {
        let revisions: Vec<Value> = service
            .active
            .iter()
            .map(|index| {
                let revision = &service.revisions[*index];
                json!({
                    "serviceRevisionArn": revision.arn,
                    "image": revision.configuration.primary_container.image,
                    "runningTaskCount": revision.tasks.running,
                    "trafficWeight": revision.weight,
                })
            })
            .collect();
        let mut wire = json!({
            "serviceName": service.arn.name,
            "serviceArn": service.arn.to_string(),
            "cluster": service.arn.cluster,
            "region": service.arn.caller().region,
            "statusCode": service.state.as_str(),
            "url": format!("{}/services/{}/", self.settings.endpoint_base, service.endpoint),
            "activeRevisions": revisions,
            "tags": service.tags_to_wire(),
        });
        if let Some(last) = service.deployments.last() {
            let mut deployment = json!({
                "serviceDeploymentArn": last.arn,
                "status": last.status.as_str(),
            });
            set(
                &mut deployment,
                "lifecycleStage",
                last.stage.map(Stage::as_str),
            );
            set(
                &mut deployment,
                "statusReason",
                last.status_reason.as_deref(),
            );
            wire["lastDeployment"] = deployment;
        }
        wire
    }

    /// The page behind `/services/<endpoint>/`.
    #[must_use]
    pub fn page(&self, endpoint: &str) -> Page {
        let service = self
            .services
            .values()
            .find(|service| service.endpoint == endpoint);
        match service {
            None => Page::Gone,
            Some(service) => match service.state {
                State::Active => active_page(service),
                State::Draining { .. } => {
                    Page::NotUp(format!("service {} is DRAINING\n", service.arn.name))
                }
                State::Inactive { .. } => Page::Gone,
            },
        }
    }
}

fn active_page(service: &Service) -> Page {
    let name = &service.arn.name;
    let serving: Vec<&Revision> = service
        .active
        .iter()
        .map(|index| &service.revisions[*index])
        .filter(|revision| revision.tasks.running > 0 && revision.weight > 0)
        .collect();
    let Some(main) = serving.iter().max_by_key(|revision| revision.weight) else {
        return Page::NotUp(format!(
            "service {name} has no running task: {}\n",
            waiting(service)
        ));
    };
    let image = &main.configuration.primary_container.image;
    let mut text = format!(
        "service: {name}\nimage: {image}\nrevision: {}\nhost tasks: {}\n",
        main.arn, main.tasks.running
    );
    if serving.len() > 1 {
        for revision in &serving {
            let image = &revision.configuration.primary_container.image;
            text.push_str(&format!("traffic: {} % to {image}\n", revision.weight));
        }
    }
    Page::Running(text)
}

fn waiting(service: &Service) -> String {
    let Some(last) = service.deployments.last() else {
        return "it has no deployment".to_owned();
    };
    let stage = last.stage.map(|stage| format!(" ({})", stage.as_str()));
    format!(
        "the deployment is {}{}",
        last.status.as_str(),
        stage.unwrap_or_default()
    )
}
