//! The events of a pass: on transitions only.

use crate::{
    api::{ExpressServiceStatus, conditions::reasons},
    core::{
        decide::{
            action::Action, decision::Decision, input::Input, presence::had_service, reason::Reason,
        },
        desired::policy::Phase,
        observed::service::{Observed, StatusCode},
        record::call_result::CallResult,
        report::{
            event::{Event, with_lost_url},
            transitions::transitions,
        },
    },
};

/// The events of a pass.
pub fn events(
    previous: &ExpressServiceStatus,
    status: &ExpressServiceStatus,
    input: &Input<'_>,
    decision: &Decision,
    result: &CallResult,
) -> Vec<Event> {
    let mut events: Vec<Event> = deleted_outside(previous, input, decision)
        .into_iter()
        .chain(accepted(input, decision, result))
        .chain(let_go(input, decision, result))
        .collect();
    let changed = transitions(previous, status, input, decision, result, &events);
    events.extend(changed);
    events
}

/// The service of this object is proved to be gone, though nobody asked this object: told before it is created again.
fn deleted_outside(
    previous: &ExpressServiceStatus,
    input: &Input<'_>,
    decision: &Decision,
) -> Option<Event> {
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
fn accepted(input: &Input<'_>, decision: &Decision, result: &CallResult) -> Option<Event> {
    let arn = &input.desired.arn;
    let message = || decision.reason.message(input, decision.assessment.as_ref());
    match (result, &decision.reason) {
        (CallResult::Created { .. }, _) => Some(Event::normal(
            reasons::CREATED,
            "Create",
            format!("ECS accepted {arn}"),
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
            format!("ECS accepted to delete {arn}"),
        )),
        (CallResult::Accepted, Reason::Adopting) => Some(Event::normal(
            reasons::ADOPTING,
            "Adopt",
            format!("took over {arn}"),
        )),
        (CallResult::Idle | CallResult::Accepted | CallResult::Failed(_), _) => None,
    }
}

/// The object goes.
fn let_go(input: &Input<'_>, decision: &Decision, result: &CallResult) -> Option<Event> {
    let draining = matches!(input.observed, Observed::Present(service) if service.code == StatusCode::Draining);
    let reason = match (&decision.action, result) {
        (Action::Retain(_), CallResult::Failed(_)) => &Reason::RetainedUnmarked,
        (Action::Retain(_) | Action::ReleaseFinalizer, _) => &decision.reason,
        _ => return None,
    };
    let note = reason.message(input, None);
    Some(match reason {
        Reason::Deleted => Event::normal(reason.as_str(), "Delete", note),
        Reason::Retained if !draining => Event::normal(reason.as_str(), "Delete", note),
        _ => Event::warning(reason.as_str(), "Delete", note),
    })
}
