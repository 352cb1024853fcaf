//! The events of a reconcile: only of what changed.

use crate::{
    api::{ExpressServiceStatus, conditions::reasons},
    core::{
        decide::{action::Action, presence::had_service, reason::Reason},
        desired::phase::Phase,
        observed::service::Observed,
        record::call_result::CallResult,
        report::{
            event::{Event, with_lost_url},
            facts::is_draining,
            reconciled::Reconciled,
            transitions::transitions,
        },
    },
};

/// The events of a reconcile that changes the status from `previous` to `status`.
pub fn events(
    previous: &ExpressServiceStatus,
    status: &ExpressServiceStatus,
    reconciled: Reconciled<'_>,
) -> Vec<Event> {
    let mut events: Vec<Event> = deleted_outside(previous, reconciled)
        .into_iter()
        .chain(accepted(reconciled))
        .chain(finalizer_removed(reconciled))
        .collect();
    let changed = transitions(previous, status, reconciled, &events);
    events.extend(changed);
    events
}

/// The service is confirmed to be absent although this object did not delete it; reported before it is created again.
fn deleted_outside(previous: &ExpressServiceStatus, reconciled: Reconciled<'_>) -> Option<Event> {
    let Reconciled {
        input, decision, ..
    } = reconciled;
    let was_there = previous
        .status_code
        .as_deref()
        .is_some_and(|code| code != "INACTIVE");
    let gone = decision.reason == Reason::Creating
        && input.desired.phase == Phase::Active
        && matches!(input.observed, Observed::Missing(_));
    (was_there && gone && had_service(input)).then(|| {
        let message = decision.reason.message(input, None);
        let note = with_lost_url(message, previous);
        Event::warning(reasons::SERVICE_DELETED, "Observe", note)
    })
}

/// ECS accepted a call.
fn accepted(reconciled: Reconciled<'_>) -> Option<Event> {
    let Reconciled {
        input,
        decision,
        result,
    } = reconciled;
    let arn = &input.desired.arn;
    let message = || decision.reason.message(input, decision.assessment.as_ref());
    match (result, &decision.reason) {
        (CallResult::Created { .. }, _) => Some(Event::normal(
            reasons::CREATED,
            "Create",
            format!("ECS accepted the creation of {arn}"),
        )),
        (CallResult::Updated { .. }, Reason::CorrectingDrift) => Some(Event::warning(
            reasons::DRIFT_CORRECTED,
            "Update",
            message(),
        )),
        (CallResult::Updated { .. }, _) => {
            Some(Event::normal(reasons::UPDATED, "Update", message()))
        }
        (CallResult::Accepted, Reason::Deleting) => Some(Event::normal(
            reasons::DELETING,
            "Delete",
            format!("ECS accepted the deletion of {arn}"),
        )),
        (CallResult::Accepted, Reason::Adopting) => Some(Event::normal(
            reasons::ADOPTING,
            "Adopt",
            format!("adopted {arn}"),
        )),
        (CallResult::Idle | CallResult::Accepted | CallResult::Failed(_), _) => None,
    }
}

/// The finalizer was removed, so that the object is gone after this reconcile.
fn finalizer_removed(reconciled: Reconciled<'_>) -> Option<Event> {
    let Reconciled {
        input,
        decision,
        result,
    } = reconciled;
    let reason = match (&decision.action, result) {
        (Action::Retain(_), CallResult::Failed(_)) => &Reason::RetainedUnmarked,
        (Action::Retain(_) | Action::ReleaseFinalizer, _) => &decision.reason,
        _ => return None,
    };
    let note = reason.message(input, None);
    Some(match reason {
        Reason::Deleted => Event::normal(reason.as_str(), "Delete", note),
        Reason::Retained if !is_draining(input) => Event::normal(reason.as_str(), "Delete", note),
        _ => Event::warning(reason.as_str(), "Delete", note),
    })
}
