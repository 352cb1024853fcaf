//! I10: no value of an environment variable appears in a status or an event.

use super::{Checker, Occurrence, Scene, Violation, violated};

/// Part of every value that the scenarios keep secret.
pub const CANARY: &str = "canary";

/// Searches what operators write.
#[derive(Debug)]
pub struct Secrecy;

impl Checker for Secrecy {
    fn check(&mut self, occurrence: &Occurrence<'_>, _: &Scene<'_>) -> Option<Violation> {
        let text = match occurrence {
            Occurrence::Wrote { write, .. } => write.after.as_ref()?.json["status"].to_string(),
            Occurrence::Published { event, .. } => event.note.clone(),
            _ => return None,
        };
        if text.contains(CANARY) {
            return violated("no secret value is shown", text);
        }
        None
    }
}
