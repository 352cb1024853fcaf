//! Kubernetes events.

use crate::api::{ExpressServiceStatus, conditions::reasons};

/// How serious an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// For information.
    Normal,
    /// A person may have to act.
    Warning,
}

/// A Kubernetes event about an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Type of the event.
    pub severity: Severity,
    /// Reason, from [`reasons`].
    pub reason: &'static str,
    /// What the operator did when the event happened.
    pub action: &'static str,
    /// Text for people: what is the case, why, and what to do.
    pub note: String,
}

/// Longest note that the API server accepts, in bytes.
const LONGEST_NOTE: usize = 1000;

/// A message, with the URL at which the service is no longer available.
pub(crate) fn with_lost_url(message: String, previous: &ExpressServiceStatus) -> String {
    match &previous.url {
        Some(url) => format!("{message}; its URL was {url}"),
        None => message,
    }
}

impl Event {
    /// The API server rejects the status that the operator writes.
    pub fn rejected(text: &str) -> Self {
        let note = format!(
            "the API server rejects the status, so the status shown is out of date: {text}; install the CustomResourceDefinition of this version of the operator; if it is installed, report this as a bug"
        );
        Self::warning(reasons::STATUS_REJECTED, "Report", note)
    }

    pub(crate) fn normal(reason: &'static str, action: &'static str, note: String) -> Self {
        Self::new(Severity::Normal, reason, action, note)
    }

    pub(crate) fn warning(reason: &'static str, action: &'static str, note: String) -> Self {
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

    pub(crate) fn is_warning(&self) -> bool {
        self.severity == Severity::Warning
    }
}
