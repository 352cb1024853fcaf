//! I10: no value of an environment variable appears in a status or an event; and no request id, which would change the
//! status with each attempt.

use super::{Checker, Occurrence, View, Violation, violated};

/// Part of every value that the scenarios keep secret.
pub const CANARY: &str = "canary";

/// Beginning of the request id in every refusal of a scenario.
pub const REQUEST_ID: &str = "d0d0d0d0";

/// Searches what operators write.
#[derive(Debug)]
pub struct Secrecy;

impl Checker for Secrecy {
    fn check(&mut self, occurrence: &Occurrence<'_>, _: &View<'_>) -> Option<Violation> {
        let text = match occurrence {
            Occurrence::Wrote { write, .. } => write.after.as_ref()?.json["status"].to_string(),
            Occurrence::Published { event, .. } => event.note.clone(),
            _ => return None,
        };
        if text.contains(CANARY) {
            return violated("no secret value is shown", text);
        }
        if text.contains(REQUEST_ID) {
            return violated("no request id is shown", text);
        }
        None
    }
}
