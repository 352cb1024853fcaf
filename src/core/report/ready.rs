//! The condition `Ready`, and whether the operator is in progress, idle, or waits for a person.

use crate::{
    api::conditions::reasons,
    core::{
        decide::{
            action::Action,
            assessment::Assessment,
            decision::Decision,
            input::Input,
            presence::had_service,
            reason::{Progress, Reason},
            rollout::Rollout,
        },
        observed::{
            failure::{Class, Failure, FailureKind},
            service::{Observed, StatusCode},
        },
        operator_state::intent::Operation,
        report::{
            conditions::{ConditionStatus, ConditionValue},
            messages::reason_if_not_suspended,
            reconciled::Reconciled,
        },
    },
};

/// The condition `Ready`, and what it means for `Reconciling` and `Stalled`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Readiness {
    pub(crate) ready: ConditionValue,
    pub(crate) progress: Progress,
    /// Reason of `Stalled`, where it differs from that of `Ready`.
    pub(crate) stalled_reason: Option<&'static str>,
}

/// What the status reports besides the conditions, as far as `Ready` depends on it.
#[derive(Clone, Copy, Debug)]
pub struct Reported<'a> {
    /// The URL in the status after this reconcile.
    pub url: Option<&'a str>,
    /// Whether `Ready` was True before this reconcile.
    pub was_ready: bool,
}

/// `Ready` after a reconcile whose call, if there was one, did not fail.
pub(crate) fn after_decision(
    input: &Input<'_>,
    decision: &Decision,
    reported: Reported<'_>,
) -> Readiness {
    let (reason, assessment) = (&decision.reason, decision.assessment.as_ref());
    let ready = |status, progress| Readiness {
        ready: ConditionValue {
            status,
            reason: reason.as_str(),
            message: reason.message(input, assessment),
        },
        progress,
        stalled_reason: None,
    };
    match reason {
        Reason::Available => ready(ConditionStatus::True, Progress::Idle),
        Reason::Suspended => {
            let stalled_reason = stalled_while_suspended(input);
            let progress = stalled_reason.map_or(Progress::Idle, |_| Progress::Stalled);
            Readiness {
                stalled_reason,
                ..ready(suspended(input, assessment, reported), progress)
            }
        }
        Reason::Drifted if has_run_the_spec(input, assessment, reported) => {
            ready(ConditionStatus::True, Progress::Idle)
        }
        // Nothing shows that the spec ever ran, and the operator starts no deployment of it.
        Reason::Drifted => ready(ConditionStatus::False, Progress::Stalled),
        Reason::Deploying if is_first_deployment(input) => {
            let mut readiness = ready(ConditionStatus::False, Progress::Reconciling);
            readiness.ready.reason = reasons::PROVISIONING;
            readiness
        }
        // Tags do not affect the running tasks.
        Reason::Tagging | Reason::TagsLost if runs_the_spec(input, assessment, reported) => {
            available(input, assessment, Progress::Idle)
        }
        Reason::TagNotConverging(_) if runs_the_spec(input, assessment, reported) => {
            available(input, assessment, reason.progress())
        }
        Reason::Unreadable(_) => ready(ConditionStatus::Unknown, reason.progress()),
        _ => ready(ConditionStatus::False, reason.progress()),
    }
}

/// `Ready` after a failed call, where `failed` is what the failure says.
pub(crate) fn after_failed_call(
    reconciled: Reconciled<'_>,
    failure: &Failure,
    failed: ConditionValue,
    reported: Reported<'_>,
) -> Readiness {
    let Reconciled {
        input, decision, ..
    } = reconciled;
    let assessment = decision.assessment.as_ref();
    let progress = match failure.kind.class() {
        // IAM takes minutes to propagate a new role; a wait that lasts longer becomes `Stalled`.
        Class::Blocked if failure.kind == FailureKind::RoleNotUsable => Progress::Reconciling,
        Class::Invalid | Class::Blocked => Progress::Stalled,
        Class::Retry => Progress::Reconciling,
    };
    if sends_only_tags(&decision.action) && runs_the_spec(input, assessment, reported) {
        return available(input, assessment, progress);
    }
    Readiness {
        ready: failed,
        progress,
        stalled_reason: None,
    }
}

/// Whether an action changes nothing but tags.
pub(crate) fn sends_only_tags(action: &Action) -> bool {
    matches!(action, Action::Tag(_) | Action::Untag(_))
}

fn available(input: &Input<'_>, assessment: Option<&Assessment>, progress: Progress) -> Readiness {
    Readiness {
        ready: ConditionValue {
            status: ConditionStatus::True,
            reason: reasons::AVAILABLE,
            message: Reason::Available.message(input, assessment),
        },
        progress,
        stalled_reason: None,
    }
}

/// Whether the configuration of this generation is running, its deployment succeeded, and an endpoint exists.
fn runs_the_spec(
    input: &Input<'_>,
    assessment: Option<&Assessment>,
    reported: Reported<'_>,
) -> bool {
    let (Observed::Present(service), Some(assessment)) = (input.observed, assessment) else {
        return false;
    };
    service.code == StatusCode::Active
        && assessment.is_final()
        && assessment.immutable.is_none()
        && matches!(assessment.rollout, Rollout::Succeeded(_))
        && reported.url.is_some()
}

/// Whether the spec ran before the service was changed outside Kubernetes: either `Ready` was True, or the deployment of
/// the last applied configuration is known to have succeeded.
fn has_run_the_spec(
    input: &Input<'_>,
    assessment: Option<&Assessment>,
    reported: Reported<'_>,
) -> bool {
    let applied = input.state.and_then(|state| state.last_applied.as_ref());
    let succeeded = applied.is_some_and(|applied| {
        applied.hash == input.desired.configuration.hash() && applied.revision.is_some()
    }) && assessment
        .is_some_and(|assessment| matches!(assessment.rollout, Rollout::Succeeded(_)));
    reported.url.is_some() && (reported.was_ready || succeeded)
}

/// Status of `Ready` while the object is suspended.
fn suspended(
    input: &Input<'_>,
    assessment: Option<&Assessment>,
    reported: Reported<'_>,
) -> ConditionStatus {
    let drifted = matches!(
        reason_if_not_suspended(input),
        Reason::CorrectingDrift | Reason::Drifted
    );
    let ready = runs_the_spec(input, assessment, reported)
        || drifted && has_run_the_spec(input, assessment, reported);
    if ready {
        ConditionStatus::True
    } else {
        ConditionStatus::False
    }
}

/// Why a suspended service needs a person. An edit that is on hold does not: the user asked for that.
fn stalled_while_suspended(input: &Input<'_>) -> Option<&'static str> {
    match reason_if_not_suspended(input) {
        Reason::Creating | Reason::ServiceDeleted | Reason::DrainingBeforeCreate
            if had_service(input) =>
        {
            Some(reasons::SERVICE_DELETED)
        }
        reason if reason.progress() == Progress::Stalled => Some(reason.as_str()),
        _ => None,
    }
}

/// Whether this service has never run another revision than the one being deployed.
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
