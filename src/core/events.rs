//! The events of a pass: on transitions only.

use super::{
    decide::{Action, Case, Decision},
    remember::Outcome,
    why::Why,
};
use crate::api::{
    ExpressServiceStatus,
    conditions::{reasons, types},
};

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
    let arn = case.desired.arn.to_string();
    let findings = decision.findings.as_ref();
    let normal = |reason, action, note| Event::new(Severity::Normal, reason, action, note);
    let mut events = Vec::new();
    match (outcome, &decision.why) {
        (Outcome::Created { .. }, _) => {
            events.push(normal(
                reasons::CREATED,
                "Create",
                format!("ECS accepted {arn}"),
            ));
        }
        (Outcome::Updated { .. }, Why::Correcting) => events.push(normal(
            reasons::DRIFT_CORRECTED,
            "Update",
            decision.why.message(case.desired, findings),
        )),
        (Outcome::Updated { .. }, why) => {
            events.push(normal(
                reasons::UPDATED,
                "Update",
                why.message(case.desired, findings),
            ));
        }
        (Outcome::Accepted, Why::Deleting) => {
            events.push(normal(
                reasons::DELETING,
                "Delete",
                format!("ECS accepted to delete {arn}"),
            ));
        }
        (Outcome::Accepted, Why::Adopting) => {
            events.push(normal(
                reasons::ADOPTING,
                "Adopt",
                format!("took over {arn}"),
            ));
        }
        _ => {}
    }
    match (&decision.action, &decision.why) {
        (Action::Retain(_), _) if matches!(outcome, Outcome::Failed(_)) => {
            let why = Why::RetainedUnmarked;
            events.push(Event::new(
                Severity::Warning,
                why.reason(),
                "Delete",
                why.message(case.desired, None),
            ));
        }
        (Action::Retain(_), why) => events.push(normal(
            why.reason(),
            "Delete",
            why.message(case.desired, None),
        )),
        (Action::ReleaseFinalizer, Why::Gone) => {
            events.push(normal(
                reasons::DELETED,
                "Delete",
                Why::Gone.message(case.desired, None),
            ));
        }
        (Action::ReleaseFinalizer, why) => events.push(Event::new(
            Severity::Warning,
            why.reason(),
            "Delete",
            why.message(case.desired, None),
        )),
        _ => {}
    }
    events.extend(transitions(previous, status));
    events
}

/// Ready reached or lost, and each new reason that only a person can end.
fn transitions(previous: &ExpressServiceStatus, status: &ExpressServiceStatus) -> Vec<Event> {
    let find = |status: &ExpressServiceStatus, kind: &str| {
        status
            .conditions
            .iter()
            .find(|condition| condition.type_ == kind)
            .cloned()
    };
    let mut events = Vec::new();
    let (before, after) = (find(previous, types::READY), find(status, types::READY));
    let is_true = |condition: &Option<_>| {
        condition.as_ref().is_some_and(
            |c: &k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition| c.status == "True",
        )
    };
    if is_true(&after) && !is_true(&before) {
        let url = status.url.as_deref().unwrap_or_default();
        events.push(Event::new(
            Severity::Normal,
            reasons::AVAILABLE,
            "Observe",
            format!("the service answers at {url}"),
        ));
    }
    let (before, after) = (find(previous, types::SYNCED), find(status, types::SYNCED));
    if let Some(after) = after.filter(|after| after.reason == reasons::LEFT_IN_FORCE)
        && before.is_none_or(|before| {
            (before.reason, before.message) != (after.reason, after.message.clone())
        })
    {
        events.push(Event::new(
            Severity::Warning,
            reasons::LEFT_IN_FORCE,
            "Observe",
            after.message,
        ));
    }
    let (stalled, now_stalled) = (find(previous, types::STALLED), find(status, types::STALLED));
    if let Some(now_stalled) = now_stalled
        && stalled.is_none_or(|stalled| stalled.reason != now_stalled.reason)
    {
        events.push(Event::new(
            Severity::Warning,
            known_reason(&now_stalled.reason),
            "Reconcile",
            now_stalled.message,
        ));
    }
    events
}

/// The constant of a reason, for an event's bounded vocabulary.
fn known_reason(reason: &str) -> &'static str {
    const STALLING: [&str; 15] = [
        reasons::ROLLED_BACK,
        reasons::NOT_CONVERGING,
        reasons::NOT_OWNED,
        reasons::ADOPTION_NOT_CONFIRMED,
        reasons::IMMUTABLE,
        reasons::IDENTITY_CHANGED,
        reasons::INVALID_SPEC,
        reasons::INVALID_PARAMETER,
        reasons::ACCESS_DENIED,
        reasons::ROLE_NOT_USABLE,
        reasons::CLUSTER_NOT_FOUND,
        reasons::UNSUPPORTED,
        reasons::CREDENTIALS,
        reasons::DRAINING,
        reasons::WAITING,
    ];
    STALLING
        .into_iter()
        .find(|known| *known == reason)
        .unwrap_or(reasons::REFUSED)
}

impl Event {
    /// The API server does not take what the operator writes into an object.
    pub fn rejected(text: &str) -> Self {
        let note = format!(
            "the status is out of date, since the API server rejects it: {text}; install the CustomResourceDefinition of this version of the operator, or report this if it is installed"
        );
        Self::new(Severity::Warning, reasons::STATUS_REJECTED, "Report", note)
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
