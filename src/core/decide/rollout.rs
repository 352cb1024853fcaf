//! The rollout of the wanted revision.
//!
//! `ACTIVE` does not mean ready, and a service without a `currentDeployment` has neither succeeded nor failed: only the
//! deployment of the wanted revision tells.

use jiff::Timestamp;

use crate::{
    api::{operator_state::OperatorState, status::DeploymentStatus},
    core::{
        decide::input::Input,
        observed::{
            deployment::{DeploymentState, ROLLED_BACK, STOPPED, deployment_state},
            failure::Failure,
            service::{Read, Service},
        },
        operator_state::intent::{IntentState, Operation, is_new_deployment},
    },
};

/// How far the rollout of the wanted revision is.
#[derive(Clone, Debug, PartialEq)]
pub enum Rollout {
    /// ECS shows no deployment of it yet.
    Pending,
    /// It is in progress; without a deployment while ECS does not list one.
    InProgress(Option<DeploymentStatus>),
    /// It succeeded; without a deployment where ECS has forgotten it and the service is steady.
    Succeeded(Option<DeploymentStatus>),
    /// The last deployment was stopped, and ECS may not show yet whether another one has replaced it.
    Stopped(DeploymentStatus),
    /// It was stopped or rolled back.
    Failed(DeploymentStatus),
    /// The deployments could not be read.
    Unreadable(Failure),
}

/// How ECS ended a deployment that it rolled back, in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollback {
    /// `status` of the deployment.
    pub status: Option<String>,
    /// `statusReason` of the deployment.
    pub reason: Option<String>,
}

impl Rollout {
    /// Assesses the rollout of the wanted revision: the newest one if it matches the spec, otherwise the one that the last
    /// update created.
    pub(crate) fn of(input: &Input<'_>, service: &Service, in_sync: bool) -> Self {
        let deployments: Vec<&DeploymentStatus> = match &service.deployments {
            Read::Got(deployments) => deployments.iter().collect(),
            Read::Skipped => input.deployment.into_iter().collect(),
            Read::Failed(failure) => {
                let stopped = recorded_stop(input, service, in_sync).cloned();
                return stopped.map_or_else(|| Self::Unreadable(failure.clone()), Self::Failed);
            }
        };
        let newest = deployments.first().copied();
        let wanted = wanted_revision(input, service, in_sync);
        let mut found = wanted.and_then(|wanted| {
            let mut deployments = deployments.iter().copied();
            deployments.find(|deployment| deployment.target_revision.as_deref() == Some(wanted))
        });
        if service.revisions.is_empty() {
            // ECS shows no revision just after a create: whatever the status says, nothing runs yet.
            return match found.cloned().map(Self::of_deployment) {
                Some(Self::Failed(deployment) | Self::Stopped(deployment)) => {
                    Self::Failed(deployment)
                }
                Some(Self::InProgress(deployment) | Self::Succeeded(deployment)) => {
                    Self::InProgress(deployment)
                }
                Some(Self::Pending | Self::Unreadable(_)) | None => Self::InProgress(None),
            };
        }
        if let Some(newest) = newest
            && has_just_stopped(newest, input)
            && found.is_none_or(|found| found.status.as_deref() == Some(STOPPED))
        {
            return Self::Stopped(newest.clone());
        }
        if let Some(newest) = newest
            && found.map_or_else(
                || ended_at_newest_revision(newest, service),
                |found| was_replaced(found, newest),
            )
        {
            if let Some(replaced) = Self::after_replacement(newest, service, in_sync) {
                return replaced;
            }
            if !in_sync {
                found = None;
            }
        }
        if let Some(lost) = lost_update(input.state, newest, in_sync)
            && lost.target_revision.as_deref() != wanted
        {
            return Self::of_deployment(lost.clone());
        }
        match (found, wanted, in_sync) {
            (Some(deployment), _, _) => Self::of_deployment(deployment.clone()),
            (None, Some(_), true) if is_steady(service, input.now) => Self::Succeeded(None),
            (None, _, true) => Self::InProgress(None),
            // The service does not match the spec, and what was sent is unknown: the newest deployment has to tell.
            (None, None, false) => newest.cloned().map_or(Self::Pending, Self::of_deployment),
            (None, Some(_), false) => Self::Pending,
        }
    }

    /// The rollout of a revision that ECS shows although another deployment has replaced its own: while that one is in
    /// progress or has succeeded, ECS will soon show another revision; if ECS rolled it back, this revision is what it rolled
    /// back to.
    fn after_replacement(
        newest: &DeploymentStatus,
        service: &Service,
        in_sync: bool,
    ) -> Option<Self> {
        let is_rolled_back = newest.status.as_deref() == Some(ROLLED_BACK);
        let is_alone = service.revisions.len() == 1 && service.current_deployment.is_none();
        match deployment_state(newest.status.as_deref()) {
            DeploymentState::InProgress if in_sync => Some(Self::InProgress(Some(newest.clone()))),
            DeploymentState::Succeeded if in_sync => Some(Self::InProgress(None)),
            DeploymentState::Failed if in_sync && is_alone && is_rolled_back => {
                Some(Self::Succeeded(Some(newest.clone())))
            }
            DeploymentState::InProgress | DeploymentState::Succeeded | DeploymentState::Failed => {
                None
            }
        }
    }

    fn of_deployment(deployment: DeploymentStatus) -> Self {
        match deployment_state(deployment.status.as_deref()) {
            DeploymentState::InProgress => Self::InProgress(Some(deployment)),
            DeploymentState::Succeeded => Self::Succeeded(Some(deployment)),
            DeploymentState::Failed => Self::Failed(deployment),
        }
    }

    /// Whether ECS is rolling the wanted revision back.
    pub fn is_rolling_back(&self) -> bool {
        let status = self
            .deployment()
            .and_then(|deployment| deployment.status.as_deref());
        matches!(self, Self::InProgress(_))
            && status.is_some_and(|word| word.starts_with("ROLLBACK"))
    }

    /// Whether the deployment targets this revision.
    pub fn targets(&self, revision: &str) -> bool {
        let deployment = self.deployment();
        deployment.and_then(|deployment| deployment.target_revision.as_deref()) == Some(revision)
    }

    /// The deployment, if ECS shows one.
    pub fn deployment(&self) -> Option<&DeploymentStatus> {
        match self {
            Self::Pending | Self::Unreadable(_) => None,
            Self::InProgress(deployment) | Self::Succeeded(deployment) => deployment.as_ref(),
            Self::Stopped(deployment) | Self::Failed(deployment) => Some(deployment),
        }
    }
}

/// Whether a newer deployment stopped this one, which ECS therefore did not reject.
fn was_replaced(found: &DeploymentStatus, newest: &DeploymentStatus) -> bool {
    found.status.as_deref() == Some(STOPPED) && found != newest
}

/// Whether ECS rolled a later deployment back to the newest revision, whose own deployment is not among those that were read.
fn ended_at_newest_revision(newest: &DeploymentStatus, service: &Service) -> bool {
    let Some(revision) = service.newest() else {
        return false;
    };
    // The deployment of a revision that is newer than this one is still to be listed.
    let is_later = newest
        .started_at
        .as_ref()
        .zip(revision.created_at)
        .is_some_and(|(started, created)| started.0.as_second() > created.as_second());
    newest.status.as_deref() == Some(ROLLED_BACK)
        && newest.target_revision.as_ref() != Some(&revision.arn)
        && is_later
}

/// Whether the status shows a deployment that ECS rolled back to the revision last applied, of which nothing is recorded as
/// rolled back: another client's.
pub(crate) fn ended_at_applied_revision(
    shown: &DeploymentStatus,
    service: &Service,
    state: Option<&OperatorState>,
) -> bool {
    let applied = state
        .filter(|state| state.rolled_back.is_none())
        .and_then(|state| state.last_applied.as_ref())
        .and_then(|applied| applied.revision.as_ref());
    let newest = service.newest().map(|revision| &revision.arn);
    applied.is_some() && applied == newest && ended_at_newest_revision(shown, service)
}

/// The deployment of the wanted revision that the status shows, if it is recorded that it was stopped and not replaced. The
/// deployments are then read only to find out whether ECS has rolled another one back to its revision since.
fn recorded_stop<'a>(
    input: &Input<'a>,
    service: &Service,
    in_sync: bool,
) -> Option<&'a DeploymentStatus> {
    let recorded = input.state.and_then(|state| state.rolled_back.as_ref())?;
    let wanted = wanted_revision(input, service, in_sync)?;
    let is_alone = service.revisions.len() == 1 && service.current_deployment.is_none();
    input.deployment.filter(|shown| {
        is_alone
            && shown.status.as_deref() == Some(STOPPED)
            && shown.target_revision.as_deref() == Some(wanted)
            && shown.target_revision == recorded.revision
    })
}

/// Whether the newest deployment was stopped so recently that ECS may not show yet what replaced it.
fn has_just_stopped(newest: &DeploymentStatus, input: &Input<'_>) -> bool {
    let recorded = input.state.and_then(|state| state.rolled_back.as_ref());
    let is_recorded = recorded.is_some_and(|it| it.revision == newest.target_revision);
    let is_settled = is_recorded || input.history.stopped_for(input.windows.settle);
    newest.status.as_deref() == Some(STOPPED) && !is_settled
}

/// The ARN of the revision whose rollout is of interest.
fn wanted_revision<'a>(input: &Input<'a>, service: &'a Service, in_sync: bool) -> Option<&'a str> {
    if in_sync {
        return service.newest().map(|revision| revision.arn.as_str());
    }
    let applied = input.state.and_then(|state| state.last_applied.as_ref());
    applied.and_then(|applied| applied.revision.as_deref())
}

/// The only trace of an update whose answer was lost: the newest deployment, if it started after the intent was stored.
fn lost_update<'a>(
    state: Option<&OperatorState>,
    newest: Option<&'a DeploymentStatus>,
    in_sync: bool,
) -> Option<&'a DeploymentStatus> {
    let intent = state?
        .open(Operation::Update)
        .filter(|intent| intent.state() == IntentState::Unknown && !in_sync)?;
    newest.filter(|newest| is_new_deployment(newest, intent))
}

/// The least age of a revision whose deployment ECS may have forgotten, in seconds.
const FORGOTTEN_AFTER: i64 = 24 * 3600;

/// Whether the service is steady: no deployment runs, and at least the tasks that it needs are running. ECS forgets
/// deployments after 90 days; that a service is steady then shows that its deployment succeeded.
fn is_steady(service: &Service, now: Timestamp) -> bool {
    let [revision] = service.revisions.as_slice() else {
        return false;
    };
    // Just after a create, ECS shows the revision before its deployment.
    let is_old = revision
        .created_at
        .is_some_and(|at| now.as_second() - at.as_second() >= FORGOTTEN_AFTER);
    let least = revision.configuration.scaling.min_task_count;
    let is_enough = |running: i32| least.is_some_and(|least| running >= least);
    is_old
        && service.current_deployment.is_none()
        && matches!(service.deployments, Read::Got(_) | Read::Skipped)
        && service
            .counts
            .got()
            .is_some_and(|counts| counts.pending == 0 && is_enough(counts.running))
}
