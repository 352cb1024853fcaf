//! The events of a pass: on transitions only.

use super::{
    decide::{Action, Case, Decision},
    desired::Life,
    messages::had_service,
    observed::{Observed, StatusCode},
    remember::Outcome,
    transitions::transitions,
    why::Why,
};
use crate::api::{ExpressServiceStatus, conditions::reasons};

/// How serious an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// As it should be.
    Normal,
    /// Somebody may have to act.
    Warning,
}

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// How serious it is.
    pub severity: Severity,
    /// Reason, from [`reasons`].
    pub reason: &'static str,
    /// What was being done.
    pub action: &'static str,
    /// The text.
    pub note: String,
}

/// Longest note that the API server takes, in bytes.
const LONGEST_NOTE: usize = 1000;

/// The events of a pass.
pub fn events(
    previous: &ExpressServiceStatus,
    status: &ExpressServiceStatus,
    case: &Case<'_>,
    decision: &Decision,
    outcome: &Outcome,
) -> Vec<Event> {
    let mut events: Vec<Event> = deleted_outside(previous, case, decision)
        .into_iter()
        .chain(accepted(case, decision, outcome))
        .chain(let_go(case, decision, outcome))
        .collect();
    let changed = transitions(previous, status, case, decision, outcome, &events);
    events.extend(changed);
    events
}

/// The service of this object is proved to be gone, though nobody asked this object: told before it is created again.
fn deleted_outside(
    previous: &ExpressServiceStatus,
    case: &Case<'_>,
    decision: &Decision,
) -> Option<Event> {
    let was_there = previous
        .status_code
        .as_deref()
        .is_some_and(|code| code != "INACTIVE");
    let gone = decision.why == Why::Creating
        && case.desired.life == Life::Living
        && matches!(case.observed, Observed::Missing(_));
    (was_there && gone && had_service(case)).then(|| {
        let message = decision.why.message(case, None);
        let note = with_lost_url(message, previous);
        Event::warning(reasons::SERVICE_DELETED, "Observe", note)
    })
}

/// A message with the URL at which the service answers no more.
pub(super) fn with_lost_url(message: String, previous: &ExpressServiceStatus) -> String {
    match &previous.url {
        Some(url) => format!("{message}; it answered at {url}"),
        None => message,
    }
}

/// ECS accepted a call.
fn accepted(case: &Case<'_>, decision: &Decision, outcome: &Outcome) -> Option<Event> {
    let arn = &case.desired.arn;
    let message = || decision.why.message(case, decision.findings.as_ref());
    match (outcome, &decision.why) {
        (Outcome::Created { .. }, _) => Some(Event::normal(
            reasons::CREATED,
            "Create",
            format!("ECS accepted {arn}"),
        )),
        (Outcome::Updated { .. }, Why::Correcting) => Some(Event::warning(
            reasons::DRIFT_CORRECTED,
            "Update",
            message(),
        )),
        (Outcome::Updated { .. }, _) => Some(Event::normal(reasons::UPDATED, "Update", message())),
        (Outcome::Accepted, Why::Deleting) => Some(Event::normal(
            reasons::DELETING,
            "Delete",
            format!("ECS accepted to delete {arn}"),
        )),
        (Outcome::Accepted, Why::Adopting) => Some(Event::normal(
            reasons::ADOPTING,
            "Adopt",
            format!("took over {arn}"),
        )),
        (Outcome::Idle | Outcome::Accepted | Outcome::Failed(_), _) => None,
    }
}

/// The object goes.
fn let_go(case: &Case<'_>, decision: &Decision, outcome: &Outcome) -> Option<Event> {
    let draining =
        matches!(case.observed, Observed::Present(service) if service.code == StatusCode::Draining);
    let why = match (&decision.action, outcome) {
        (Action::Retain(_), Outcome::Failed(_)) => &Why::RetainedUnmarked,
        (Action::Retain(_) | Action::ReleaseFinalizer, _) => &decision.why,
        _ => return None,
    };
    let note = why.message(case, None);
    Some(match why {
        Why::Gone => Event::normal(why.reason(), "Delete", note),
        Why::Retained if !draining => Event::normal(why.reason(), "Delete", note),
        _ => Event::warning(why.reason(), "Delete", note),
    })
}

impl Event {
    /// The API server does not take what the operator writes into an object.
    pub fn rejected(text: &str) -> Self {
        let note = format!(
            "the status is out of date, since the API server rejects it: {text}; install the CustomResourceDefinition of this version of the operator, or report this if it is installed"
        );
        Self::warning(reasons::STATUS_REJECTED, "Report", note)
    }

    pub(super) fn normal(reason: &'static str, action: &'static str, note: String) -> Self {
        Self::new(Severity::Normal, reason, action, note)
    }

    pub(super) fn warning(reason: &'static str, action: &'static str, note: String) -> Self {
        Self::new(Severity::Warning, reason, action, note)
    }

    fn new(severity: Severity, reason: &'static str, action: &'static str, note: String) -> Self {
        let end = (0..=LONGEST_NOTE.min(note.len()))
            .rev()
            .find(|end| note.is_char_boundary(*end))
            .unwrap_or_default();
        Self {
            severity,
            reason,
            action,
            note: note[..end].to_owned(),
        }
    }
}
