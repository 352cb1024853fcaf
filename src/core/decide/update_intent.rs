//! The state of an update whose effect has not been observed yet.
//!
//! ECS may queue an accepted update behind a running deployment, and the answer of an update may be lost. An open update is
//! neither repeated nor ignored: its effect is recognised by what is new in ECS since the call.

use crate::{
    api::{
        operator_state::{Intent, OperatorState},
        status::DeploymentStatus,
    },
    core::{
        decide::{difference::shows_the_spec, input::Input},
        observed::{
            deployment::{DeploymentState, deployment_state},
            failure::Class,
            service::{Read, Service},
        },
        operator_state::intent::{IntentState, Operation, is_new_deployment},
    },
};

/// The state of the last update, as an observation of the service shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpdateIntent {
    /// No update is open.
    Closed,
    /// The update took effect, and created this revision.
    Applied(String),
    /// The update is in doubt: it may still take effect, so nothing may be sent and what runs is not final.
    Waiting,
    /// ECS accepted the update, and the spec was edited since; the edit does not have to wait for it.
    Superseded,
    /// The settle window passed without a trace of the update.
    Expired,
}

/// The number of settle windows after which an update whose answer was lost is given up although another deployment runs,
/// behind which ECS may have queued it. Half an hour by default.
const QUEUED_WINDOWS: u32 = 15;

impl UpdateIntent {
    /// Returns the state of the open update.
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
        let shown = Shown {
            matches_spec: same_spec && in_sync,
            same_spec,
        };
        let revision = if accepted {
            accepted_revision(state, intent, service, shown)
        } else {
            lost_revision(state, intent, service, shown)
        };
        if let Some(revision) = revision {
            return Self::Applied(revision);
        }
        if accepted && !same_spec && !in_sync {
            return Self::Superseded;
        }
        if has_expired(input, intent, same_spec || in_sync, accepted) {
            Self::after_the_window(state, intent, service)
        } else {
            Self::Waiting
        }
    }

    /// The state of an update of which the settle window showed no certain trace.
    ///
    /// ECS may read a configuration differently than it was sent. If it accepted an update without naming the revision, the
    /// one new revision is that of the update although it differs from the spec: sending it again would not change that.
    fn after_the_window(state: &OperatorState, intent: &Intent, service: &Service) -> Self {
        let applied = state.last_applied.as_ref();
        let is_named = applied.is_none_or(|applied| applied.revision.is_some());
        if intent.state() != IntentState::Accepted || is_named {
            return Self::Expired;
        }
        let revision = match &service.deployments {
            Read::Got(deployments) => only_new_target(state, intent, deployments),
            Read::Failed(failure) if failure.kind.class() == Class::Retry => return Self::Waiting,
            Read::Skipped | Read::Failed(_) => new_revision(state, intent, service),
        };
        revision.map_or(Self::Expired, |revision| Self::Applied(revision.to_owned()))
    }
}

/// Whether the update is no longer awaited.
///
/// While another deployment runs, ECS may have queued the update, and sending an equal one would start a second deployment.
/// So an equal one waits until no deployment ran for a settle window, unless the user asks for a retry.
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

/// What the newest revision says about an update.
#[derive(Clone, Copy)]
struct Shown {
    /// Whether the spec is still what was sent, and the revision matches it.
    matches_spec: bool,
    /// Whether the spec is still what was sent.
    same_spec: bool,
}

impl Shown {
    /// Whether a new revision can be the effect of the update: if the spec is still what was sent and the revision is
    /// something else, somebody else created it.
    fn can_be_the_effect(self) -> bool {
        self.matches_spec || !self.same_spec
    }
}

/// The revision of an accepted update, once ECS shows it or has ended a deployment of it.
fn accepted_revision(
    state: &OperatorState,
    intent: &Intent,
    service: &Service,
    shown: Shown,
) -> Option<String> {
    let applied = state.last_applied.as_ref()?;
    let Some(revision) = &applied.revision else {
        // The answer did not name it.
        let new = new_revision(state, intent, service);
        return new.filter(|_| shown.can_be_the_effect()).map(str::to_owned);
    };
    let is_shown = service.revisions.iter().any(|shown| shown.arn == *revision);
    let ended = deployments(service)
        .iter()
        .any(|deployment| targets(deployment, revision) && has_ended(deployment));
    (is_shown || ended).then(|| revision.clone())
}

/// The revision of an update whose answer was lost: one that is new in ECS since the call.
fn lost_revision(
    state: &OperatorState,
    intent: &Intent,
    service: &Service,
    shown: Shown,
) -> Option<String> {
    if let Some(revision) = new_revision(state, intent, service) {
        return shown.can_be_the_effect().then(|| revision.to_owned());
    }
    if known_revisions(state, intent).next().is_none() {
        // ECS showed no revision before the call: only one that matches what was sent can be its effect.
        let newest = service.newest().filter(|_| shown.matches_spec);
        return newest.map(|newest| newest.arn.clone());
    }
    new_deployment(intent, service)
        .filter(|deployment| has_ended(deployment))
        .and_then(|deployment| deployment.target_revision.clone())
        .filter(|target| known_revisions(state, intent).all(|known| known != target))
}

/// The revisions that are not an effect of the call: the newest one before it, and that of the previous update, which ECS
/// may show only later.
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

/// The newest revision, if it can have been created after the call.
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

/// The target of the only deployment since the call, if it has ended. Of several, another client started at least one, and
/// nothing shows which.
fn only_new_target<'a>(
    state: &OperatorState,
    intent: &Intent,
    deployments: &'a [DeploymentStatus],
) -> Option<&'a str> {
    let mut since = deployments
        .iter()
        .take_while(|deployment| is_new_deployment(deployment, intent));
    let only = since.next().filter(|deployment| has_ended(deployment))?;
    let target = only.target_revision.as_deref()?;
    let is_new = known_revisions(state, intent).all(|known| known != target);
    (since.next().is_none() && is_new).then_some(target)
}

/// The newest deployment, if it started after the call.
fn new_deployment<'a>(intent: &Intent, service: &'a Service) -> Option<&'a DeploymentStatus> {
    let newest = deployments(service).first()?;
    is_new_deployment(newest, intent).then_some(newest)
}

fn deployments(service: &Service) -> &[DeploymentStatus] {
    match &service.deployments {
        Read::Got(deployments) => deployments,
        Read::Skipped | Read::Failed(_) => &[],
    }
}

fn targets(deployment: &DeploymentStatus, revision: &str) -> bool {
    deployment.target_revision.as_deref() == Some(revision)
}

fn has_ended(deployment: &DeploymentStatus) -> bool {
    match deployment_state(deployment.status.as_deref()) {
        DeploymentState::InProgress => false,
        DeploymentState::Succeeded | DeploymentState::Failed => true,
    }
}
