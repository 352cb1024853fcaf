//! I6: every call that changes something in ECS follows a write that fences it: one that took effect, is recent, and holds
//! the intent of the call, or the claim of an object that has none yet.

use std::{collections::BTreeMap, time::Duration};

use ecs_express_operator::controller::objects::ObjectKey;

use super::{
    CREATE, Checker, DELETE, Occurrence, TAG, UNTAG, UPDATE, View, Violation, truth::FINALIZER,
};
use crate::{
    kubernetes::api_server::{Stored, Write},
    process::ProcessId,
    request::{Patch, Request},
};

/// How old the fence may be when the call is sent.
const AGE: Duration = Duration::from_secs(5);

/// Remembers the writes that can fence a call.
#[derive(Debug, Default)]
pub struct Fences {
    /// When each process last requested a write of an object.
    requested: BTreeMap<(ProcessId, ObjectKey), Duration>,
    /// The last write of each process that took effect, until a call uses it up.
    fences: BTreeMap<(ProcessId, ObjectKey), Fence>,
}

#[derive(Debug)]
struct Fence {
    at: Duration,
    holds: Holds,
}

/// What a fence holds.
#[derive(Debug, PartialEq, Eq)]
enum Holds {
    /// A new intent with this operation.
    Intent(String),
    /// The finalizer, on an object without operator state.
    Claim,
    /// Neither.
    Nothing,
}

impl Checker for Fences {
    fn check(&mut self, occurrence: &Occurrence<'_>, view: &View<'_>) -> Option<Violation> {
        match occurrence {
            Occurrence::Sent {
                process,
                request: Request::Patch(Patch { key, .. }),
                ..
            } => {
                self.requested.insert((*process, key.clone()), view.now);
                self.fences.remove(&(*process, key.clone()));
                None
            }
            Occurrence::Wrote {
                process,
                key,
                write,
            } if write.is_effective() => {
                let writer = (*process, (*key).clone());
                if let Some(at) = self.requested.remove(&writer) {
                    let holds = holds(write);
                    self.fences.insert(writer, Fence { at, holds });
                }
                None
            }
            Occurrence::Sent {
                process,
                request,
                reconciled: Some(key),
            } if request.changes_aws() => {
                let fence = self.fences.remove(&(*process, (*key).clone()));
                unfenced(fence.as_ref(), request.name(), view.now).then(|| Violation {
                    rule: "a call that changes something follows a write of its intent by less than five seconds",
                    what: format!("{key}: {} after {fence:?}", request.name()),
                })
            }
            _ => None,
        }
    }
}

fn unfenced(fence: Option<&Fence>, action: &str, now: Duration) -> bool {
    let Some(Fence { at, holds }) = fence else {
        return true;
    };
    let operation = match action {
        CREATE => "Create",
        UPDATE => "Update",
        DELETE => "Delete",
        TAG => "Tag",
        UNTAG => "Untag",
        _ => return true,
    };
    let fits = match holds {
        Holds::Intent(intent) => intent == operation,
        Holds::Claim => action == CREATE,
        Holds::Nothing => false,
    };
    now.saturating_sub(*at) >= AGE || !fits
}

fn holds(write: &Write) -> Holds {
    let Some(after) = &write.after else {
        return Holds::Nothing;
    };
    let intent = |object: &Stored| object.json["status"]["operatorState"]["intent"].clone();
    let (before, now) = (write.before.as_deref().map(intent), intent(after));
    let is_new = before.is_none_or(|before| before["counter"] != now["counter"]);
    if is_new && let Some(operation) = now["operation"].as_str() {
        return Holds::Intent(operation.to_owned());
    }
    let claimed = after.has_finalizer(FINALIZER)
        && write
            .before
            .as_deref()
            .is_none_or(|before| !before.has_finalizer(FINALIZER));
    if claimed && after.json["status"]["operatorState"].is_null() {
        return Holds::Claim;
    }
    Holds::Nothing
}
