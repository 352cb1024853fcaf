//! The observation history of one object, on the monotonic clock of this process. It restarts when the process restarts,
//! on purpose: wall-clock time, which can jump, must not confirm an absence.

use std::time::Duration;

use crate::{
    api::operator_state::Intent,
    core::observed::{
        deployment::STOPPED,
        failure::FailureKind,
        service::{Observed, Service, is_deploying},
    },
};

/// Time since the process started, on its monotonic clock.
pub type Uptime = Duration;

/// Times to wait before an observation counts as confirmed. They are settings so that tests can scale them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// Settle window: time to wait for the effect of a call whose answer was lost or whose effect is not visible yet.
    pub settle: Duration,
    /// Minimum time between two observations that together confirm an absence or another owner.
    pub absence_gap: Duration,
}

impl Default for Windows {
    fn default() -> Self {
        Self {
            settle: Duration::from_secs(120),
            absence_gap: Duration::from_secs(10),
        }
    }
}

/// Period over which observations showed the same state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    first: Uptime,
    last: Uptime,
}

impl Span {
    /// Extends a period to this observation: from the end of the first observation to the start of this one.
    fn extend(span: Option<Self>, observed_at: ObservedAt) -> Self {
        Self {
            first: span.map_or(observed_at.ended, |span| span.first),
            last: observed_at.started,
        }
    }

    fn length(self) -> Duration {
        self.last.saturating_sub(self.first)
    }
}

/// Start and end of an observation, which shows ECS as it was at some time between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObservedAt {
    /// Time before the first call was sent.
    pub started: Uptime,
    /// Time after the last answer arrived.
    pub ended: Uptime,
}

impl ObservedAt {
    /// Creates an observation time of zero duration.
    pub fn at(moment: Uptime) -> Self {
        Self {
            started: moment,
            ended: moment,
        }
    }
}

/// What distinguishes an intent from others. After a status is lost, the counters start again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct IntentKey {
    counter: i64,
    /// Time of the intent, in the whole seconds in which it is stored.
    at: i64,
}

impl IntentKey {
    fn of(intent: &Intent) -> Self {
        Self {
            counter: intent.counter,
            at: intent.at.0.as_second(),
        }
    }
}

/// Periods in which one intent has been open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct OpenIntent {
    key: IntentKey,
    /// Period in which the intent was observed to be open.
    open: Span,
    /// Period in which no deployment was in progress.
    idle: Option<Span>,
}

/// Observations of one object that this process has made. They confirm that a service is absent, that another object owns
/// it, or that a call had no effect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObservationHistory {
    missing: Option<Span>,
    unreadable: Option<Span>,
    other_owner: Option<Span>,
    intent: Option<OpenIntent>,
    /// The latest intent, whether it is open or not.
    latest_intent: Option<IntentKey>,
    sent_at: Option<Uptime>,
    /// Whether this process has sent a create that ECS did not reject, and has not seen the service since.
    create_in_doubt: bool,
    /// ARN of the newest deployment while it is stopped, and the period in which it was.
    stopped: Option<(String, Span)>,
}

impl ObservationHistory {
    /// Records an observation of ECS; each must be recorded once. A failed observation confirms nothing and interrupts no
    /// period. An observation that started before the last call was sent is ignored. `latest_intent` is the one that the
    /// operator state has.
    pub fn record(
        &mut self,
        observed: &Observed,
        latest_intent: Option<&Intent>,
        observed_at: ObservedAt,
    ) {
        if self
            .sent_at
            .is_some_and(|call_sent| observed_at.started < call_sent)
        {
            return;
        }
        let key = latest_intent.map(IntentKey::of);
        if std::mem::replace(&mut self.latest_intent, key) != key {
            // Its call may have been sent by another process, after earlier observations that the service is missing.
            self.missing = None;
        }
        let open_intent = latest_intent.filter(|intent| intent.state().is_open());
        match observed {
            Observed::NotAsked => {}
            Observed::Unreadable(failure) => {
                // Another read shows the service, so it is not missing.
                if failure.kind == FailureKind::Inconsistent {
                    self.missing = None;
                }
                self.unreadable = Some(Span::extend(self.unreadable, observed_at));
            }
            Observed::Missing(_) => {
                self.missing = Some(Span::extend(self.missing, observed_at));
                self.unreadable = None;
                self.other_owner = None;
            }
            Observed::Present(_) => {
                self.missing = None;
                self.unreadable = None;
                self.create_in_doubt = false;
            }
        }
        if let Observed::Present(service) = observed {
            self.record_stopped(service, observed_at);
        }
        self.intent = open_intent.map(|intent| {
            let key = IntentKey::of(intent);
            let known = self.intent.filter(|known| known.key == key);
            let idle = known.and_then(|known| known.idle);
            OpenIntent {
                key,
                open: Span::extend(known.map(|known| known.open), observed_at),
                idle: match observed {
                    Observed::Present(service) if is_deploying(service) => None,
                    Observed::Present(_) => Some(Span::extend(idle, observed_at)),
                    Observed::NotAsked | Observed::Missing(_) | Observed::Unreadable(_) => idle,
                },
            }
        });
    }

    /// Records whether the newest deployment is stopped. Where the deployments were not read, nothing is known.
    fn record_stopped(&mut self, service: &Service, observed_at: ObservedAt) {
        let Some(deployments) = service.deployments.got() else {
            return;
        };
        let newest = deployments.first();
        let stopped = newest.filter(|newest| newest.status.as_deref() == Some(STOPPED));
        self.stopped = stopped.and_then(|newest| newest.arn.clone()).map(|arn| {
            let known = self.stopped.take().filter(|(known, _)| *known == arn);
            let span = Span::extend(known.map(|(_, span)| span), observed_at);
            (arn, span)
        });
    }

    /// Records the owner according to the second read of the tags.
    pub fn record_owner(&mut self, other_owner: bool, observed_at: ObservedAt) {
        self.other_owner = other_owner.then(|| Span::extend(self.other_owner, observed_at));
    }

    /// Records that this process has stored the intent, whose call it does not send. Its write would have failed if another
    /// process had stored one since the last observation, so earlier observations that the service is missing still count.
    pub fn intent_stored(&mut self, intent: &Intent) {
        self.latest_intent = Some(IntentKey::of(intent));
    }

    /// Records that the call of this intent is sent. Earlier observations that the service is missing no longer count.
    pub fn call_sent(&mut self, intent: &Intent, now: Uptime) {
        self.missing = None;
        self.latest_intent = Some(IntentKey::of(intent));
        self.sent_at = Some(now);
    }

    /// Records that the call that is sent creates the service.
    pub fn create_sent(&mut self) {
        self.create_in_doubt = true;
    }

    /// Records that ECS rejected the call, so that the observations of `before`, the history before the call, count again.
    pub fn call_rejected(&mut self, before: &Self) {
        self.missing = before.missing;
        self.create_in_doubt = before.create_in_doubt;
    }

    /// Whether a create of this process may still take effect, or have taken effect unseen.
    pub fn create_in_doubt(&self) -> bool {
        self.create_in_doubt
    }

    /// Whether ECS could not be read over a whole window, with an attempt at each end.
    pub fn unreadable_for(&self, window: Duration) -> bool {
        self.unreadable.is_some_and(|span| span.length() >= window)
    }

    /// Whether the service was missing over a whole window, with an observation at each end.
    pub fn missing_for(&self, window: Duration) -> bool {
        self.missing.is_some_and(|span| span.length() >= window)
    }

    /// Whether another object owned the service over a whole window, with an observation at each end.
    pub fn other_owner_for(&self, window: Duration) -> bool {
        self.other_owner.is_some_and(|span| span.length() >= window)
    }

    /// Whether the newest deployment has been a stopped one over a whole window, with an observation at each end.
    pub fn stopped_for(&self, window: Duration) -> bool {
        self.stopped
            .as_ref()
            .is_some_and(|(_, span)| span.length() >= window)
    }

    /// Whether the open intent has been open for a whole window, as far as this process knows.
    pub fn intent_open_for(&self, window: Duration) -> bool {
        self.intent
            .is_some_and(|intent| intent.open.length() >= window)
    }

    /// Whether the open intent has been open for a whole window in which no deployment was in progress.
    pub fn intent_idle_for(&self, window: Duration) -> bool {
        self.intent
            .and_then(|intent| intent.idle)
            .is_some_and(|span| span.length() >= window)
    }
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
