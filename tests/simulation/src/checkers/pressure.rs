//! I7: no hot loop, and at most one changing call of a process in flight for an object.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use ecs_express_operator::controller::objects::ObjectKey;

use super::{Checker, Occurrence, View, Violation, violated};
use crate::{process::ProcessId, request::changes_aws, scenario::act::Act};

/// Most reconciles of an object by a process in [`SHORT`].
const RECONCILES: usize = 30;
const SHORT: Duration = Duration::from_secs(10);
/// Most changing calls for an object by a process in [`LONG`].
const CHANGES: usize = 12;
const LONG: Duration = Duration::from_secs(60);
/// Most equal changing calls for an object by a process in [`LONGER`]. With backoff from one second on, ten fit into it.
const EQUAL: usize = 14;
const LONGER: Duration = Duration::from_secs(600);

/// Most reads of an object by a process in [`LONGER`]: six calls every ten seconds, and those after each write.
const READS: usize = 450;

/// Most reads of an object by a process in [`LONGER`] while all of them fail. With backoff from one second on, ten fit.
const FAILED_READS: usize = 14;

/// Counts reconciles and calls.
#[derive(Debug, Default)]
pub struct Pressure {
    failed_reads: BTreeMap<(ProcessId, ObjectKey), VecDeque<Duration>>,
    reads: BTreeMap<(ProcessId, ObjectKey), VecDeque<Duration>>,
    reconciles: BTreeMap<(ProcessId, ObjectKey), VecDeque<Duration>>,
    changes: BTreeMap<(ProcessId, ObjectKey), VecDeque<Duration>>,
    equal: BTreeMap<(ProcessId, ObjectKey, String), VecDeque<Duration>>,
    in_flight: BTreeMap<(ProcessId, Option<ObjectKey>), &'static str>,
}

impl Checker for Pressure {
    fn check(&mut self, occurrence: &Occurrence<'_>, view: &View<'_>) -> Option<Violation> {
        match occurrence {
            Occurrence::Reconciles { process, key } => {
                let times = self
                    .reconciles
                    .entry((*process, (*key).clone()))
                    .or_default();
                exceeds(times, view.now, SHORT, RECONCILES).then(|| Violation {
                    rule: "an object is not reconciled in a hot loop",
                    what: format!("{key}: more than {RECONCILES} in {SHORT:?}"),
                })
            }
            Occurrence::Sent {
                process,
                reconciled: Some(key),
                request,
            } if request.changes_aws() => {
                let in_flight = (*process, Some((*key).clone()));
                if let Some(other) = self.in_flight.insert(in_flight, request.name()) {
                    return violated(
                        "at most one changing call is in flight for an object",
                        format!("{key}: {} beside {other}", request.name()),
                    );
                }
                let call = (*process, (*key).clone(), format!("{request:?}"));
                let times = self.equal.entry(call).or_default();
                if exceeds(times, view.now, LONGER, EQUAL) {
                    return violated(
                        "a call that does not succeed is repeated less and less often",
                        format!(
                            "{key}: {} more than {EQUAL} times in {LONGER:?}",
                            request.name()
                        ),
                    );
                }
                let times = self.changes.entry((*process, (*key).clone())).or_default();
                exceeds(times, view.now, LONG, CHANGES).then(|| Violation {
                    rule: "changing calls are not repeated in a hot loop",
                    what: format!("{key}: more than {CHANGES} in {LONG:?}"),
                })
            }
            Occurrence::Sent {
                process,
                reconciled: Some(key),
                request,
            } if request.is_aws() => {
                let times = self.reads.entry((*process, (*key).clone())).or_default();
                exceeds(times, view.now, LONGER, READS).then(|| Violation {
                    rule: "an object is not read in a hot loop",
                    what: format!("{key}: more than {READS} in {LONGER:?}"),
                })
            }
            Occurrence::Answered {
                process,
                action,
                reconciled: Some(key),
                succeeded,
                ..
            } if !changes_aws(action) => {
                let reads = self.failed_reads.entry((*process, (*key).clone()));
                let times = reads.or_default();
                if *succeeded {
                    times.clear();
                    return None;
                }
                exceeds(times, view.now, LONGER, FAILED_READS).then(|| Violation {
                    rule: "a read that does not succeed is repeated less and less often",
                    what: format!(
                        "{key}: {action} failed more than {FAILED_READS} times in {LONGER:?}"
                    ),
                })
            }
            Occurrence::Acted(Act::Annotate { object, .. } | Act::Apply { object, .. }) => {
                // An edit starts another attempt at once.
                let key = view.objects.get(*object)?;
                self.failed_reads.retain(|(_, read), _| read != key);
                None
            }
            Occurrence::Answered {
                process, action, ..
            } if changes_aws(action) => {
                self.in_flight
                    .retain(|(sender, _), sent| sender != process || sent != action);
                None
            }
            Occurrence::Died { process } => {
                self.in_flight.retain(|(sender, _), _| sender != process);
                None
            }
            _ => None,
        }
    }
}

/// Adds a time, and says whether there were more than so many within the span.
fn exceeds(times: &mut VecDeque<Duration>, now: Duration, span: Duration, most: usize) -> bool {
    times.push_back(now);
    while times.front().is_some_and(|first| *first + span < now) {
        times.pop_front();
    }
    times.len() > most
}
