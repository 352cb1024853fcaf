//! An event, and the texts that every event shares.

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

/// A message with the URL at which the service answers no more.
pub(crate) fn with_lost_url(message: String, previous: &ExpressServiceStatus) -> String {
    match &previous.url {
        Some(url) => format!("{message}; it answered at {url}"),
        None => message,
    }
}

impl Event {
    /// The API server does not take what the operator writes into an object.
    pub fn rejected(text: &str) -> Self {
        let note = format!(
            "the status is out of date, since the API server rejects it: {text}; install the CustomResourceDefinition of this version of the operator, or report this if it is installed"
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
}

impl Event {
    pub(crate) fn is_warning(&self) -> bool {
        self.severity == Severity::Warning
    }
}
