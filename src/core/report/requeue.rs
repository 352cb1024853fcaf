//! When to look again.

use std::time::Duration;

use crate::core::{
    decide::{
        action::Action,
        decision::Decision,
        reason::{Progress, Reason},
    },
    observed::{
        failure::{Class, Failure},
        history::Windows,
    },
    record::call_result::CallResult,
};

/// How often to look; settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intervals {
    /// While something is on its way.
    pub poll: Duration,
    /// At rest: how late a change that nobody tells us about is found.
    pub resync: Duration,
    /// Looks a second at most, on the long average: many objects are looked at less often, so that the operator leaves the
    /// account's other clients their share of ECS's throttles. A look is two to five calls.
    pub max_reconcile_rate: f64,
}

impl Default for Intervals {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(10),
            resync: Duration::from_secs(300),
            // A quarter of DescribeServices' 20 calls a second.
            max_reconcile_rate: 5.0,
        }
    }
}

impl Intervals {
    /// Time that one look at each of so many objects takes.
    fn round(&self, objects: usize) -> Duration {
        let seconds = objects as f64 / self.max_reconcile_rate;
        Duration::try_from_secs_f64(seconds).unwrap_or(self.resync)
    }
}

/// Failed attempts in a row after this decision. Waiting is neither a failure nor the end of one.
pub fn attempts_after(before: u32, decision: &Decision, result: &CallResult) -> u32 {
    let failed =
        matches!(result, CallResult::Failed(_)) || matches!(decision.reason, Reason::Unreadable(_));
    match decision.reason {
        _ if failed => before.saturating_add(1),
        Reason::WaitingForAbsence
        | Reason::WaitingForOwner
        | Reason::WaitingForUpdate
        | Reason::Draining
        | Reason::DrainingBeforeCreate => before,
        _ => 0,
    }
}

/// Failed passes in a row after which an object waits for its turn among all that fail or rest.
const QUICK_RETRIES: u32 = 2;

/// Longest time between two looks at what is on its way, however many there are: people wait for it.
const LONGEST_POLL: Duration = Duration::from_secs(120);

/// Width of the band around a delay from which the real one is drawn, so that objects do not move in step.
const JITTER: f64 = 0.2;

/// Delay until the next look. `attempts` counts the failed passes in a row, `in_progress_count` the objects that are as far as this one
/// (on their way, or not), `jitter` is a random number from 0 to 1.
pub fn requeue_after(
    decision: &Decision,
    result: &CallResult,
    attempts: u32,
    intervals: &Intervals,
    windows: &Windows,
    in_progress_count: usize,
    jitter: f64,
) -> Duration {
    let failure = match (result, &decision.reason) {
        (CallResult::Failed(failure), _) | (_, Reason::Unreadable(failure)) => Some(failure),
        _ => None,
    };
    let delay = match (failure, &decision.reason) {
        // One object tries again soon; many that fail together must not press on what fails them.
        (Some(failure), _) => {
            let delay = backoff(failure, attempts, intervals);
            if attempts > QUICK_RETRIES {
                delay.max(intervals.round(in_progress_count))
            } else {
                delay
            }
        }
        (None, Reason::WaitingForAbsence | Reason::WaitingForOwner) => windows.absence_gap,
        (None, reason) => match reason.progress() {
            Progress::Reconciling => {
                let round = intervals.round(in_progress_count).min(LONGEST_POLL);
                intervals.poll.max(round)
            }
            Progress::AtRest | Progress::Stalled => {
                intervals.resync.max(intervals.round(in_progress_count))
            }
        },
    };
    delay.mul_f64(1.0 + JITTER * (jitter.clamp(0.0, 1.0) - 0.5)) + slack(decision, windows)
}

/// A look that has to lie a whole window after another must not come early.
fn slack(decision: &Decision, windows: &Windows) -> Duration {
    match decision.action {
        Action::Nothing | Action::VerifyOwnerTags
            if matches!(
                decision.reason,
                Reason::WaitingForAbsence | Reason::WaitingForOwner
            ) =>
        {
            windows.absence_gap.mul_f64(JITTER)
        }
        _ => Duration::ZERO,
    }
}

/// Delay after a failure, before jitter.
pub fn backoff(failure: &Failure, attempts: u32, intervals: &Intervals) -> Duration {
    let doubled = |first: Duration| first.saturating_mul(1 << attempts.saturating_sub(1).min(16));
    match failure.kind.class() {
        // From a tenth of the poll interval: a second by default.
        Class::Retry => doubled(intervals.poll / 10).min(intervals.resync),
        // A new role takes minutes: quick at first, then slow.
        Class::Blocked => doubled(intervals.poll).min(intervals.resync),
        Class::Invalid => intervals.resync.saturating_mul(2),
    }
}
