//! The page at the URL of a service.

use crate::model::{
    revisions::revision::Revision,
    services::service::{Service, State},
    state::model::Model,
};

/// The page at the URL of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// A revision is running; the text describes it.
    Running(String),
    /// No task is running; the text explains why.
    NotUp(String),
    /// The service does not exist.
    Gone,
}

impl Model {
    /// Returns the page of `/services/<endpoint>/`.
    #[must_use]
    pub fn service_page(&self, endpoint: &str) -> Page {
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
