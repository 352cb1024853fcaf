//! What the conditions say after a reconcile, following kstatus: `Ready` and `Synced` always, `Reconciling` and `Stalled` only while they are true.

use crate::{
    api::conditions::{reasons, types},
    core::{
        decide::{
            action::Action,
            assessment::Assessment,
            decision::Decision,
            input::Input,
            ownership::Owner,
            presence::had_service,
            reason::{Progress, Reason},
            rollout::Rollout,
        },
        diff::tags::TagDifference,
        observed::{
            failure::{Class, Failure, FailureKind},
            service::{Observed, Service, StatusCode},
        },
        operator_state::intent::Operation,
        record::call_result::CallResult,
        report::{
            conditions::{Conditions, Truth},
            difference_messages,
            failure_message::explain,
            left_in_force::{self, carried},
            messages::beneath_suspension,
        },
    },
};

/// What the conditions say after a pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionUpdate {
    ready: (Truth, &'static str, String),
    synced: (Truth, &'static str, String),
    progress: Progress,
    /// Reason of `Stalled`, where it is another than that of `Ready`.
    stalled_by: Option<&'static str>,
    /// Whether ECS could not be read, which passes by itself and says nothing of what needs a person.
    read_failed: bool,
}

/// What was told before, and what is told of where the service answers.
#[derive(Clone, Copy, Debug)]
pub struct Reported<'a> {
    /// The URL that the status shows after this pass.
    pub url: Option<&'a str>,
    /// Whether `Ready` was True before it.
    pub was_ready: bool,
}

impl ConditionUpdate {
    /// Judges a pass.
    pub fn of(
        input: &Input<'_>,
        decision: &Decision,
        result: &CallResult,
        shown: Reported<'_>,
    ) -> Self {
        let assessment = decision.assessment.as_ref();
        if let CallResult::Failed(failure) = result {
            return Self::failed(input, decision, failure, shown);
        }
        let reason = &decision.reason;
        let message = reason.message(input, assessment);
        let mut stalled_by = None;
        let (ready, progress) = match reason {
            Reason::Available => ((Truth::True, reason.as_str(), message), Progress::AtRest),
            Reason::Suspended => {
                let truth = suspended_is_ready(input, assessment, shown);
                stalled_by = stalled_beneath_suspension(input);
                let progress = stalled_by.map_or(Progress::AtRest, |_| Progress::Stalled);
                ((truth, reason.as_str(), message), progress)
            }
            Reason::Drifted if has_run_the_spec(input, assessment, shown) => {
                ((Truth::True, reason.as_str(), message), Progress::AtRest)
            }
            // Nothing says that the spec ever ran, and nothing will come by itself.
            Reason::Drifted => ((Truth::False, reason.as_str(), message), Progress::Stalled),
            Reason::Deploying if is_first_deployment(input) => (
                (Truth::False, reasons::PROVISIONING, message),
                Progress::Reconciling,
            ),
            // Tags do not touch what runs.
            Reason::Tagging | Reason::TagsLost if runs_the_spec(input, assessment, shown) => (
                (
                    Truth::True,
                    reasons::AVAILABLE,
                    Reason::Available.message(input, assessment),
                ),
                Progress::AtRest,
            ),
            Reason::TagNotConverging(_) if runs_the_spec(input, assessment, shown) => (
                (
                    Truth::True,
                    reasons::AVAILABLE,
                    Reason::Available.message(input, assessment),
                ),
                reason.progress(),
            ),
            Reason::Unreadable(_) => (
                (Truth::Unknown, reason.as_str(), message),
                reason.progress(),
            ),
            _ => ((Truth::False, reason.as_str(), message), reason.progress()),
        };
        Self {
            synced: synced(input, decision, &ready),
            ready,
            progress,
            stalled_by,
            read_failed: matches!(reason, Reason::Unreadable(failure) if failure.kind.class() == Class::Retry),
        }
    }

    fn failed(
        input: &Input<'_>,
        decision: &Decision,
        failure: &Failure,
        shown: Reported<'_>,
    ) -> Self {
        let assessment = decision.assessment.as_ref();
        let tags_only = matches!(decision.action, Action::Tag(_) | Action::Untag(_));
        let mut message = explain(failure, input.desired);
        if let Action::Update(request) = &decision.action {
            message.push_str(&carried(&request.configuration, input, failure));
        }
        let ready = if tags_only && runs_the_spec(input, assessment, shown) {
            let message = Reason::Available.message(input, assessment);
            (Truth::True, reasons::AVAILABLE, message)
        } else {
            (Truth::False, failure.kind.reason(), message.clone())
        };
        let progress = match failure.kind.class() {
            // A role just made takes minutes; `put` tells when it is no longer just made.
            Class::Blocked if failure.kind == FailureKind::RoleNotUsable => Progress::Reconciling,
            Class::Invalid | Class::Blocked => Progress::Stalled,
            Class::Retry => Progress::Reconciling,
        };
        let synced = match (input.observed, assessment) {
            (Observed::Present(service), Some(assessment)) if !tags_only && assessment.in_sync => (
                Truth::True,
                reasons::IN_SYNC,
                in_sync_text(service, assessment),
            ),
            _ => (Truth::False, failure.kind.reason(), message),
        };
        Self {
            synced,
            ready,
            progress,
            stalled_by: None,
            read_failed: false,
        }
    }

    /// Puts the verdict into a list of conditions.
    pub fn put(&self, conditions: &mut Conditions) {
        let (status, reason, message) = &self.ready;
        conditions.set(types::READY, *status, reason, message);
        let (synced, synced_reason, synced_message) = &self.synced;
        conditions.set(types::SYNCED, *synced, synced_reason, synced_message);
        // Where what runs is right all the same, what is not tells why.
        let (reason, message) = match status {
            Truth::True => (synced_reason, synced_message),
            Truth::False | Truth::Unknown => (reason, message),
        };
        let reason = self.stalled_by.unwrap_or(reason);
        match self.progress {
            // Else each outage would tell anew of all that waits for a person, and begin each wait anew.
            Progress::Reconciling if self.read_failed && conditions.outlasts_an_outage() => {}
            Progress::Reconciling if conditions.has_lasted(reason) => {
                conditions.remove(types::RECONCILING);
                conditions.set(types::STALLED, Truth::True, reason, message);
            }
            Progress::Reconciling => {
                conditions.remove(types::STALLED);
                conditions.restart_wait(reason);
                conditions.set(types::RECONCILING, Truth::True, reason, message);
            }
            Progress::Stalled => {
                conditions.remove(types::RECONCILING);
                conditions.set(types::STALLED, Truth::True, reason, message);
            }
            Progress::AtRest => {
                conditions.remove(types::RECONCILING);
                conditions.remove(types::STALLED);
            }
        }
    }
}

/// Whether this generation's configuration is the one that runs, its deployment succeeded, and an endpoint exists.
fn runs_the_spec(input: &Input<'_>, assessment: Option<&Assessment>, shown: Reported<'_>) -> bool {
    let (Observed::Present(service), Some(assessment)) = (input.observed, assessment) else {
        return false;
    };
    service.code == StatusCode::Active
        && assessment.is_final()
        && assessment.immutable.is_none()
        && matches!(assessment.rollout, Rollout::Succeeded(_))
        && shown.url.is_some()
}

/// Whether the spec ran as it is, before somebody changed the service outside this object: it was told to be ready, or the
/// deployment of what was last applied is known to have succeeded.
fn has_run_the_spec(
    input: &Input<'_>,
    assessment: Option<&Assessment>,
    shown: Reported<'_>,
) -> bool {
    let applied = input.state.and_then(|state| state.last_applied.as_ref());
    let succeeded = applied.is_some_and(|applied| {
        applied.hash == input.desired.configuration.hash() && applied.revision.is_some()
    }) && assessment
        .is_some_and(|assessment| matches!(assessment.rollout, Rollout::Succeeded(_)));
    shown.url.is_some() && (shown.was_ready || succeeded)
}

fn suspended_is_ready(
    input: &Input<'_>,
    assessment: Option<&Assessment>,
    shown: Reported<'_>,
) -> Truth {
    let drifted = matches!(
        beneath_suspension(input),
        Reason::CorrectingDrift | Reason::Drifted
    );
    let ready = runs_the_spec(input, assessment, shown)
        || drifted && has_run_the_spec(input, assessment, shown);
    if ready { Truth::True } else { Truth::False }
}

/// Why a suspended service needs a person all the same. An edit that waits is what the user asked for.
fn stalled_beneath_suspension(input: &Input<'_>) -> Option<&'static str> {
    match beneath_suspension(input) {
        Reason::Creating | Reason::ServiceDeleted | Reason::DrainingBeforeCreate
            if had_service(input) =>
        {
            Some(reasons::SERVICE_DELETED)
        }
        reason if reason.progress() == Progress::Stalled => Some(reason.as_str()),
        _ => None,
    }
}

/// Whether nothing of this service ever ran but what is being deployed.
fn is_first_deployment(input: &Input<'_>) -> bool {
    match input.observed {
        Observed::Present(service) => {
            service.revisions.len() <= 1
                && input
                    .state
                    .and_then(|state| state.intent.as_ref())
                    .is_none_or(|intent| intent.is_for(Operation::Create))
        }
        Observed::NotAsked | Observed::Missing(_) | Observed::Unreadable(_) => false,
    }
}

fn synced(
    input: &Input<'_>,
    decision: &Decision,
    ready: &(Truth, &'static str, String),
) -> (Truth, &'static str, String) {
    let (_, reason, message) = ready;
    let (Some(assessment), Observed::Present(service)) = (&decision.assessment, input.observed)
    else {
        let truth = match decision.reason {
            Reason::Unreadable(_) => Truth::Unknown,
            _ => Truth::False,
        };
        return (truth, reason, message.clone());
    };
    let owned = matches!(assessment.owner, Owner::Ours | Owner::TagsLost);
    let sends_all = decision.reason == Reason::Updating && assessment.diff.is_empty();
    match (
        assessment.diff.differences.first(),
        assessment.diff.left_in_force.first(),
        unsynced(input, decision, assessment),
    ) {
        _ if !owned || assessment.immutable.is_some() || sends_all => {
            (Truth::False, reason, message.clone())
        }
        (Some(first), ..) => {
            let reason = match decision.reason {
                Reason::Suspended if assessment.edited => reasons::SUSPENDED,
                Reason::Available | Reason::Suspended => reasons::DRIFTED,
                _ => decision.reason.as_str(),
            };
            (Truth::False, reason, first.to_string())
        }
        (None, ..) if assessment.mode_switched => (Truth::False, reason, message.clone()),
        (None, _, Some(unsynced)) => unsynced,
        (None, Some(_), None) => (
            Truth::True,
            reasons::LEFT_IN_FORCE,
            left_in_force::message(&assessment.diff.left_in_force),
        ),
        (None, None, None) => (
            Truth::True,
            reasons::IN_SYNC,
            in_sync_text(service, assessment),
        ),
    }
}

/// What ECS makes of a configuration that does not differ from the spec.
fn in_sync_text(service: &Service, assessment: &Assessment) -> String {
    let none_runs = service
        .counts
        .got()
        .is_some_and(|counts| counts.running == 0);
    let text = match (&service.code, &assessment.rollout) {
        (StatusCode::Draining, _) => "ECS has this configuration and is deleting the service",
        (StatusCode::Other(_), _) => "ECS has this configuration",
        _ if service.newest().is_none() => "ECS has this configuration and is rolling it out",
        (StatusCode::Active, Rollout::Succeeded(_)) if none_runs => {
            "ECS has this configuration, and no task of it runs"
        }
        (StatusCode::Active, Rollout::Succeeded(_)) => "what runs is what the spec says",
        (StatusCode::Active, Rollout::Failed(_)) => {
            "ECS has this configuration, but its deployment did not succeed"
        }
        (StatusCode::Active, Rollout::Unreadable(_)) => {
            "ECS has this configuration; its deployment cannot be read"
        }
        (StatusCode::Active, Rollout::Pending | Rollout::InProgress(_)) => {
            "ECS has this configuration and is rolling it out"
        }
    };
    text.to_owned()
}

/// A field cannot be compared, or a tag differs and nothing is sent about it. `None` where neither is so.
pub(crate) fn unsynced(
    input: &Input<'_>,
    decision: &Decision,
    assessment: &Assessment,
) -> Option<(Truth, &'static str, String)> {
    if let (Observed::Present(service), Some(first)) =
        (input.observed, assessment.diff.not_comparable.first())
    {
        let failure = first.failure(service);
        let message =
            difference_messages::message(&assessment.diff.not_comparable, &failure.to_string());
        return Some((Truth::Unknown, failure.kind.reason(), message));
    }
    if let reason @ Reason::TagNotConverging(_) = &decision.reason {
        let message = reason.message(input, Some(assessment));
        return Some((Truth::False, reason.as_str(), message));
    }
    let shown = assessment.shown_tags(&decision.action).first()?;
    Some((Truth::False, reasons::DRIFTED, shown.to_string()))
}

impl Assessment {
    /// The tags that differ and about which an action does nothing.
    pub(crate) fn shown_tags(&self, action: &Action) -> &[TagDifference] {
        match action {
            Action::Tag(_) | Action::Untag(_) | Action::Adopt(_) => &[],
            Action::Nothing
            | Action::AddFinalizer
            | Action::Create(_)
            | Action::Update(_)
            | Action::Delete
            | Action::Retain(_)
            | Action::VerifyOwnerTags
            | Action::ReleaseFinalizer => &self.tags.differences,
        }
    }
}
