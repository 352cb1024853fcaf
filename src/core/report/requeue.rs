//! When an object is reconciled next, if it does not change before.

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

/// How often objects are reconciled; settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intervals {
    /// Delay while something is in progress.
    pub poll: Duration,
    /// Delay while an object is idle or waits for a person: a change outside Kubernetes is found after this time at most.
    pub resync: Duration,
    /// Most reconciles per second, averaged over all objects. With many objects each one is reconciled less often, which
    /// leaves other clients of the account their share of the API limits of ECS. A reconcile makes two to five calls.
    pub max_reconcile_rate: f64,
}

impl Default for Intervals {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(10),
            resync: Duration::from_secs(300),
            // A quarter of the 20 calls per second that ECS allows for DescribeServices.
            max_reconcile_rate: 5.0,
        }
    }
}

impl Intervals {
    /// Time in which so many objects can be reconciled once each at the maximum rate.
    fn round(&self, objects: usize) -> Duration {
        let seconds = objects as f64 / self.max_reconcile_rate;
        Duration::try_from_secs_f64(seconds).unwrap_or(self.resync)
    }
}

/// What the delay of an object depends on besides its decision.
#[derive(Clone, Copy, Debug)]
pub struct Pacing<'a> {
    /// Failed reconciles of the object in a row, this one included.
    pub attempts: u32,
    /// Settings for the frequency of reconciles.
    pub intervals: &'a Intervals,
    /// Settings for how long an absence must be observed.
    pub windows: &'a Windows,
    /// Number of objects that share the rate with this one: those in progress if it is in progress, otherwise the others.
    pub objects: usize,
    /// Random number from 0 to 1.
    pub random: f64,
}

/// Failed reconciles in a row after this one. A wait neither is a failure nor ends a series of failures.
pub fn attempts_after(before: u32, decision: &Decision, result: &CallResult) -> u32 {
    let failed = decision.failure(result).is_some();
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

/// Failed reconciles in a row after which an object shares the rate with all others that fail or are idle.
const QUICK_RETRIES: u32 = 2;

/// Longest delay while something is in progress, however many objects there are: people wait for it.
const LONGEST_POLL: Duration = Duration::from_secs(120);

/// Width of the band from which a delay is drawn, as a part of the delay: objects must not be reconciled all at once.
const JITTER: f64 = 0.2;

/// Delay until the next reconcile of an object.
pub fn requeue_after(decision: &Decision, result: &CallResult, pacing: &Pacing<'_>) -> Duration {
    let Pacing {
        attempts,
        intervals,
        windows,
        objects,
        random,
    } = *pacing;
    let delay = match (decision.failure(result), &decision.reason) {
        // One object retries soon. Many that fail together must not add to the load that fails them.
        (Some(failure), _) if attempts > QUICK_RETRIES => {
            backoff(failure, attempts, intervals).max(intervals.round(objects))
        }
        (Some(failure), _) => backoff(failure, attempts, intervals),
        (None, Reason::WaitingForAbsence | Reason::WaitingForOwner) => windows.absence_gap,
        (None, reason) => match reason.progress() {
            Progress::Reconciling => {
                let round = intervals.round(objects).min(LONGEST_POLL);
                intervals.poll.max(round)
            }
            Progress::Idle | Progress::Stalled => intervals.resync.max(intervals.round(objects)),
        },
    };
    jittered(delay, random) + window_margin(decision, windows)
}

/// Draws a delay from the band around this one, by a random number from 0 to 1.
pub fn jittered(delay: Duration, random: f64) -> Duration {
    delay.mul_f64(1.0 + JITTER * (random.clamp(0.0, 1.0) - 0.5))
}

/// Margin for an observation that confirms an earlier one only if it is made a whole window later: jitter must not make it
/// too early.
fn window_margin(decision: &Decision, windows: &Windows) -> Duration {
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

/// Delay after a failure, without jitter.
pub fn backoff(failure: &Failure, attempts: u32, intervals: &Intervals) -> Duration {
    let doubled = |first: Duration| first.saturating_mul(1 << attempts.saturating_sub(1).min(16));
    match failure.kind.class() {
        // Starts at a tenth of the poll interval, which is one second by default.
        Class::Retry => doubled(intervals.poll / 10).min(intervals.resync),
        // A new role takes minutes to propagate, so the first retries are quick.
        Class::Blocked => doubled(intervals.poll).min(intervals.resync),
        Class::Invalid => intervals.resync.saturating_mul(2),
    }
}
