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
        report::facts::{infrastructure_role, revision_name},
    },
};

/// The message of a deployment in progress.
pub(crate) fn deploying(assessment: Option<&Assessment>) -> String {
    let rollout = assessment.map(|assessment| &assessment.rollout);
    match rollout.and_then(Rollout::deployment) {
        Some(deployment) if matches!(rollout, Some(Rollout::Stopped(_))) => format!(
            "ECS stopped the deployment of the configuration ({}); the operator waits until ECS shows whether another one has replaced it",
            deployment_progress(deployment)
        ),
        None => "ECS accepted the configuration; its deployment is not visible yet".into(),
        Some(deployment) => format!(
            "ECS is deploying the configuration: {}",
            deployment_progress(deployment)
        ),
    }
}

/// The message where ECS could not create what the service needs.
pub(crate) fn resource_failed(input: &Input<'_>) -> String {
    let Observed::Present(service) = input.observed else {
        return String::new();
    };
    let failed = failed_resources(service).unwrap_or_default();
    let role = infrastructure_role(input);
    format!(
        "ECS could not create resources that the service needs: {failed}{}; {}; correct the cause, often a missing permission of the infrastructure role {role}; ECS may not retry on its own: edit the spec, which is sent at once, or, if nothing serves traffic yet, delete and recreate this object",
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
        || "an unknown time".to_owned(),
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
            "the deployment succeeded at {at}, more than 30 minutes ago, but ECS shows no endpoint{missing}; check status.managedResources and the service in ECS"
        ),
        (_, Some(deployment)) => format!(
            "ECS has been deploying the configuration since {at}, longer than 30 minutes: {}{tasks}{missing}; {serving}; check the stop reasons of its tasks and status.managedResources, and correct the spec: an edit is sent at once",
            deployment_progress(deployment)
        ),
        (_, None) => format!(
            "ECS created the newest revision at {at}, more than 30 minutes ago, but shows no deployment of it{tasks}{missing}; {serving}; check the service in ECS, or correct the spec: an edit is sent at once"
        ),
    }
}

/// Status, stage and reason of a deployment, as ECS reports them.
fn deployment_progress(deployment: &DeploymentStatus) -> String {
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

/// How many tasks are running.
fn tasks(service: &Service) -> String {
    service.counts.got().map_or_else(String::new, |counts| {
        format!(
            "; {} of {} tasks are running",
            counts.running, counts.desired
        )
    })
}

/// Which revision serves traffic meanwhile: the one before the newest.
fn serving(service: &Service) -> String {
    let newest = service.newest().map(|newest| &newest.arn);
    let former = service
        .revisions
        .iter()
        .filter(|revision| Some(&revision.arn) != newest)
        .max_by_key(|revision| revision.created_at);
    former.map_or_else(
        || "no former revision serves traffic".into(),
        |former| format!("{} keeps serving traffic", revision_name(former)),
    )
}

/// The managed resources that have failed, with the reasons that ECS reports.
pub(crate) fn failed_resources(service: &Service) -> Option<String> {
    resources_by_status(service, ManagedResource::has_failed)
}

/// The managed resources that are not ACTIVE, with the reasons that ECS reports.
fn unfinished_resources(service: &Service) -> Option<String> {
    resources_by_status(service, |resource| {
        resource.status.as_deref() != Some("ACTIVE")
    })
}

/// Lists the wanted managed resources; those with the same status and reason are listed together.
fn resources_by_status(
    service: &Service,
    wanted: impl Fn(&ManagedResource) -> bool,
) -> Option<String> {
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
