//! I6: every call that changes something follows a write that fences it.

use std::{collections::BTreeMap, time::Duration};

use ecs_express_operator::controller::objects::ObjectKey;

use super::{Checker, Occurrence, View, Violation, violated};
use crate::{
    process::ProcessId,
    request::{Patch, Request},
};

/// How old the fence may be when the call is sent.
const AGE: Duration = Duration::from_secs(5);

/// Remembers the writes that can fence a call.
#[derive(Debug, Default)]
pub struct Fences {
    /// When each process last requested a write of an object. A call uses the write up.
    requested: BTreeMap<(ProcessId, ObjectKey), Duration>,
}

impl Checker for Fences {
    fn check(&mut self, occurrence: &Occurrence<'_>, view: &View<'_>) -> Option<Violation> {
        let Occurrence::Sent {
            process, request, ..
        } = occurrence
        else {
            return None;
        };
        if let Request::Patch(Patch { key, .. }) = request {
            self.requested.insert((*process, key.clone()), view.now);
            return None;
        }
        let Occurrence::Sent {
            reconciled: Some(key),
            ..
        } = occurrence
        else {
            return None;
        };
        if !request.changes_aws() {
            return None;
        }
        let fence = self.requested.remove(&(*process, (*key).clone()));
        if fence.is_some_and(|at| view.now.saturating_sub(at) < AGE) {
            return None;
        }
        violated(
            "a call that changes something follows a write of the object by less than five seconds",
            format!("{key}: {}", request.name()),
        )
    }
}
