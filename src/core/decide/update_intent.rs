//! What has become of an update whose effect was not seen when it was last observed.

use crate::{
    api::{
        operator_state::{Intent, OperatorState},
        status::DeploymentStatus,
    },
    core::{
        decide::{difference::shows_the_spec, input::Input},
        observed::{
            deployment::{DeploymentState, deployment_state},
            service::{Read, Service},
        },
        operator_state::intent::{IntentState, Operation, is_new_deployment},
    },
};

/// State of the last update's intent, as an observation of the service shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpdateIntent {
    /// No update is open.
    Closed,
    /// The update has taken effect; the revision that it made.
    Landed(String),
    /// Its effect may still come: nothing may be sent, and what runs is not final.
    Waiting,
    /// ECS accepted it, and the spec has been edited since: the edit need not wait for it.
    Superseded,
    /// Its window has passed without a trace of it.
    Expired,
}

/// Settle windows after which an update whose answer was lost is given up though another deployment still runs, behind which
/// ECS may have queued it: half an hour by default.
const QUEUED_WINDOWS: u32 = 15;

impl UpdateIntent {
    /// Judges the open update by an observation of the service.
    pub fn of(input: &Input<'_>, service: &Service) -> Self {
        let Some((state, intent)) = input
            .state
            .and_then(|state| Some((state, state.open(Operation::Update)?)))
        else {
            return Self::Closed;
        };
        let in_sync = shows_the_spec(input, service);
        let accepted = intent.state() == IntentState::Accepted;
        let same_spec = intent.hash == input.desired.configuration.hash();
        let revision = match accepted {
            true => accepted_revision(state, intent, service),
            false => lost_revision(state, intent, service, same_spec && in_sync, same_spec),
        };
        if let Some(revision) = revision {
            return Self::Landed(revision);
        }
        if accepted && !same_spec && !in_sync {
            return Self::Superseded;
        }
        if has_expired(input, intent, same_spec || in_sync, accepted) {
            Self::Expired
        } else {
            Self::Waiting
        }
    }
}

/// While another deployment runs, ECS may have queued the update: then an equal one would be a second deployment. A retry
/// asks for it all the same.
fn has_expired(input: &Input<'_>, intent: &Intent, equal: bool, accepted: bool) -> bool {
    let window = input.windows.settle;
    let retry = intent
        .expected()
        .and_then(|expected| expected.retry.as_ref());
    let asked_again = input.retry_asked() && retry != input.desired.retry.as_ref();
    if !equal || asked_again {
        return input.history.intent_open_for(window);
    }
    let given_up = !accepted && input.history.intent_open_for(window * QUEUED_WINDOWS);
    input.history.intent_idle_for(window) || given_up
}

/// ECS named the revision: it is shown, or a deployment of it has ended.
fn accepted_revision(state: &OperatorState, intent: &Intent, service: &Service) -> Option<String> {
    let applied = state.last_applied.as_ref()?;
    let Some(revision) = &applied.revision else {
        return new_revision(state, intent, service).map(str::to_owned);
    };
    let shown = service.revisions.iter().any(|shown| shown.arn == *revision);
    let ended = deployments(service)
        .iter()
        .any(|deployment| brings(deployment, revision) && has_ended(deployment));
    (shown || ended).then(|| revision.clone())
}

/// The answer was lost: only what is new in ECS can tell.
fn lost_revision(
    state: &OperatorState,
    intent: &Intent,
    service: &Service,
    arrived: bool,
    same_spec: bool,
) -> Option<String> {
    if let Some(revision) = new_revision(state, intent, service) {
        // Somebody else's, as long as the spec still is what was sent and this is something else.
        return (arrived || !same_spec).then(|| revision.to_owned());
    }
    if known_revisions(state, intent).next().is_none() {
        // No revision was shown before the call: only one that is what was sent can be its own.
        let newest = service.newest().filter(|_| arrived);
        return newest.map(|newest| newest.arn.clone());
    }
    new_deployment(intent, service)
        .filter(|deployment| has_ended(deployment))
        .and_then(|deployment| deployment.target_revision.clone())
        .filter(|target| known_revisions(state, intent).all(|known| known != target))
}

/// The revisions that are no effect of the call: the newest one before it, and that of the update before, which ECS may
/// show only later.
fn known_revisions<'a>(
    state: &'a OperatorState,
    intent: &'a Intent,
) -> impl Iterator<Item = &'a str> {
    let before = intent
        .expected()
        .and_then(|expected| expected.revision_before.as_deref());
    let applied = state.last_applied.as_ref();
    let applied = applied.and_then(|applied| applied.revision.as_deref());
    before.into_iter().chain(applied)
}

/// The newest revision, if it was made after the call, or may have been.
fn new_revision<'a>(
    state: &'a OperatorState,
    intent: &'a Intent,
    service: &'a Service,
) -> Option<&'a str> {
    let newest = service.newest()?;
    let mut known = known_revisions(state, intent).peekable();
    known.peek()?;
    let made_at = intent
        .expected()
        .and_then(|expected| expected.revision_made_at.as_ref());
    let older = made_at
        .zip(newest.created_at)
        .is_some_and(|(before, made)| made.as_second() < before.0.as_second());
    let new = !older && known.all(|known| known != newest.arn);
    new.then_some(newest.arn.as_str())
}

/// The newest deployment, if it began after the call.
pub(crate) fn new_deployment<'a>(
    intent: &Intent,
    service: &'a Service,
) -> Option<&'a DeploymentStatus> {
    let newest = deployments(service).first()?;
    is_new_deployment(newest, intent).then_some(newest)
}

fn deployments(service: &Service) -> &[DeploymentStatus] {
    match &service.deployments {
        Read::Got(deployments) => deployments,
        Read::Skipped | Read::Failed(_) => &[],
    }
}

fn brings(deployment: &DeploymentStatus, revision: &str) -> bool {
    deployment.target_revision.as_deref() == Some(revision)
}

fn has_ended(deployment: &DeploymentStatus) -> bool {
    match deployment_state(deployment.status.as_deref()) {
        DeploymentState::InProgress => false,
        DeploymentState::Succeeded | DeploymentState::Failed => true,
    }
}
