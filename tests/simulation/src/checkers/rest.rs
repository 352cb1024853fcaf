//! I4 and I7: no call that changes something, no write and no event while idle, and few reads.

use std::{collections::BTreeMap, time::Duration};

use ecs_express_emulator::DeploymentStatus;
use ecs_express_operator::controller::objects::ObjectKey;

use super::{Checker, Occurrence, View, Violation, truth::arn_of, violated};
use crate::{
    process::ProcessId,
    request::{Patch, Request},
};

/// How often an idle object may be reconciled: its interval without the jitter.
const INTERVAL: Duration = Duration::from_secs(200);
/// Most calls of a reconcile of an idle object: service, deployments and resources.
const READS: usize = 5;

/// Knows whether everything should be idle.
#[derive(Debug, Default)]
pub struct Rest {
    resting: bool,
    /// When each process last reconciled an object, and how many calls to AWS it has made since.
    reconciled: BTreeMap<(ProcessId, ObjectKey), (Duration, usize)>,
}

impl Checker for Rest {
    fn check(&mut self, occurrence: &Occurrence<'_>, view: &View<'_>) -> Option<Violation> {
        match occurrence {
            Occurrence::Rest => {
                self.resting = true;
                None
            }
            Occurrence::Reconciles { process, key } if self.resting && !is_stuck(key, view) => {
                let last = (*process, (*key).clone());
                let last = self.reconciled.insert(last, (view.now, 0));
                let (at, _) = last?;
                (view.now.saturating_sub(at) < INTERVAL).then(|| Violation {
                    rule: "an idle object is reconciled at most once in its interval",
                    what: format!("{key}: again after {:?}", view.now.saturating_sub(at)),
                })
            }
            Occurrence::Sent {
                process,
                request,
                reconciled: Some(key),
            } if self.resting
                && request.is_aws()
                && !request.changes_aws()
                && !is_stuck(key, view) =>
            {
                let this = (*process, (*key).clone());
                let (_, reads) = self.reconciled.get_mut(&this)?;
                *reads += 1;
                (*reads > READS).then(|| Violation {
                    rule: "a reconcile of an idle object makes few calls",
                    what: format!("{key}: {} is number {reads}", request.name()),
                })
            }
            Occurrence::Sent {
                request,
                reconciled: Some(key),
                ..
            } if self.resting && request.changes_aws() && !is_stuck(key, view) => violated(
                "nothing is changed in AWS while idle",
                request.name().to_owned(),
            ),
            Occurrence::Sent {
                request: Request::Patch(Patch { key, body, .. }),
                ..
            } if self.resting && !is_stuck(key, view) => violated(
                "no write is requested while idle, not even one that changes nothing",
                format!("{key}: {body}"),
            ),
            Occurrence::Wrote { key, write, .. }
                if self.resting && write.is_effective() && !is_stuck(key, view) =>
            {
                let status = write.after.as_ref().map(|after| &after.json["status"]);
                let status = status.map_or_else(String::new, ToString::to_string);
                violated("nothing is written while idle", format!("{key}: {status}"))
            }
            Occurrence::Published { key, event } if self.resting && !is_stuck(key, view) => {
                violated(
                    "no event is published while idle",
                    format!("{key}: {}", event.reason),
                )
            }
            _ => None,
        }
    }
}

/// Whether a deployment does not end, or ECS refuses what the spec says, so that calls are tried again from time to time.
fn is_stuck(key: &ObjectKey, view: &View<'_>) -> bool {
    let stored = view.api.get(key);
    if stored.is_some_and(|stored| view.truth.is_refused(key, stored)) {
        return true;
    }
    let arn = arn_of(key, stored.map(|stored| &**stored));
    let service = view.truth.service(&arn);
    // It never came up.
    if service.is_some_and(|service| service.is_live() && service.steady.is_none()) {
        return true;
    }
    let deployment = service.and_then(|service| service.deployment.as_ref());
    deployment.is_some_and(|(_, _, status)| *status == DeploymentStatus::InProgress)
}
