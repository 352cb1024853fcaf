//! Messages about deployments that are in progress or do not end.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    api::status::{DeploymentStatus, ManagedResource},
    core::{
        decide::{
            assessment::Assessment, input::Input, progress_deadline::began, rollout::Rollout,
        },
        observed::service::{Observed, Service},
        report::facts::named,
    },
};

/// What ECS says of a deployment.
pub(crate) fn progress_of(deployment: &DeploymentStatus) -> String {
    let mut text = deployment
        .status
        .clone()
        .unwrap_or_else(|| "no status yet".into());
    if let Some(stage) = &deployment.stage {
        text.push_str(&format!(", stage {stage}"));
    }
    if let Some(reason) = &deployment.reason {
        text.push_str(&format!(" ({})", reason.trim_end_matches('.')));
    }
    text
}

/// The message where ECS could not make what the service needs.
pub(crate) fn resource_failed(input: &Input<'_>) -> String {
    let Observed::Present(service) = input.observed else {
        return String::new();
    };
    let failed = failed_resources(service).unwrap_or_default();
    let role = service
        .infrastructure_role_arn
        .as_deref()
        .unwrap_or(&input.desired.infrastructure_role_arn);
    format!(
        "ECS could not make what the service needs: {failed}{}; {}; correct the cause, often a permission of the infrastructure role {role}; ECS may not try again by itself: an edit of the spec is sent at once, and where nothing serves yet, deleting this object and creating it again begins anew",
        tasks(service),
        serving(service)
    )
}

/// The message where a deployment takes too long.
pub(crate) fn deadline_exceeded(input: &Input<'_>, assessment: Option<&Assessment>) -> String {
    let (Observed::Present(service), Some(assessment)) = (input.observed, assessment) else {
        return String::new();
    };
    let at = began(service, assessment).map_or_else(
        || "a time that ECS does not tell".to_owned(),
        |began| {
            let began = Timestamp::from_second(began.as_second()).unwrap_or(began);
            began.to_string()
        },
    );
    let missing =
        unfinished_resources(service).map_or_else(String::new, |text| format!("; {text}"));
    let (tasks, serving) = (tasks(service), serving(service));
    match (&assessment.rollout, assessment.rollout.deployment()) {
        (Rollout::Succeeded(_), _) => format!(
            "the deployment succeeded at {at}, more than 30 minutes ago, and ECS shows no endpoint{missing}; look at status.managedResources and at the service in ECS"
        ),
        (_, Some(deployment)) => format!(
            "ECS has been deploying the configuration since {at}, longer than 30 minutes: {}{tasks}{missing}; {serving}; look at the stop reasons of its tasks and at status.managedResources, and correct the spec: an edit is sent at once",
            progress_of(deployment)
        ),
        (_, None) => format!(
            "ECS made the newest revision at {at}, more than 30 minutes ago, and shows no deployment of it{tasks}{missing}; {serving}; look at the service in ECS, or correct the spec: an edit is sent at once"
        ),
    }
}

/// How many tasks run.
fn tasks(service: &Service) -> String {
    service.counts.got().map_or_else(String::new, |counts| {
        format!("; {} of {} tasks run", counts.running, counts.desired)
    })
}

/// What users get meanwhile: the revision before the one that is rolled out.
fn serving(service: &Service) -> String {
    let newest = service.newest().map(|newest| &newest.arn);
    let former = service
        .revisions
        .iter()
        .filter(|revision| Some(&revision.arn) != newest)
        .max_by_key(|revision| revision.created_at);
    former.map_or_else(
        || "no former revision serves".into(),
        |former| format!("{} keeps serving", named(former)),
    )
}

/// The managed resources that FAILED, with ECS's reasons.
pub(crate) fn failed_resources(service: &Service) -> Option<String> {
    reported(service, ManagedResource::has_failed)
}

/// The managed resources that are not ACTIVE, with ECS's reasons.
fn unfinished_resources(service: &Service) -> Option<String> {
    reported(service, |resource| {
        resource.status.as_deref() != Some("ACTIVE")
    })
}

/// Resources with the same status and reason are named together.
fn reported(service: &Service, wanted: impl Fn(&ManagedResource) -> bool) -> Option<String> {
    let mut groups: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let resources = service.managed_resources.got().into_iter().flatten();
    for resource in resources.filter(|resource| wanted(resource)) {
        let status = resource.status.as_deref().unwrap_or("without status");
        let text = match &resource.reason {
            Some(reason) => format!("{status}: {}", reason.trim_end_matches('.')),
            None => status.to_owned(),
        };
        groups.entry(text).or_default().insert(&resource.r#type);
    }
    let texts: Vec<String> = groups
        .into_iter()
        .map(|(text, types)| {
            let types: Vec<&str> = types.into_iter().collect();
            format!("{} {text}", types.join(", "))
        })
        .collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

pub(crate) fn rollout_message(assessment: Option<&Assessment>) -> String {
    match assessment.and_then(|assessment| assessment.rollout.deployment()) {
        None => "ECS accepted the configuration; its deployment is not to be seen yet".into(),
        Some(deployment) => format!(
            "ECS is deploying the configuration: {}",
            progress_of(deployment)
        ),
    }
}
