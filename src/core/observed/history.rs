//! What this process has seen of one object, on its monotonic clock. After a restart it starts anew, on purpose: a wall
//! clock that jumps cannot prove that a service is gone.

use std::time::Duration;

use crate::{
    api::operator_state::Intent,
    core::observed::{
        failure::FailureKind,
        service::{Observed, is_deploying},
    },
};

/// Time since the process started, on its monotonic clock.
pub type Uptime = Duration;

/// How long the operator waits before it believes; settings, so that tests can scale them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// After a call whose effect is unknown or not yet seen.
    pub settle: Duration,
    /// Least time between two sightings that prove an absence or a foreign owner.
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

/// The same thing seen again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    first: Uptime,
    last: Uptime,
}

impl Span {
    /// From the end of the first observation to the start of this one.
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

/// When an observation was made: it shows ECS as it was at some time in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObservedAt {
    /// When the first call went out.
    pub started: Uptime,
    /// When the last answer was in.
    pub ended: Uptime,
}

impl ObservedAt {
    /// An observation that took no time.
    pub fn at(moment: Uptime) -> Self {
        Self {
            started: moment,
            ended: moment,
        }
    }
}

/// For how long an intent has been open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct OpenIntent {
    counter: i64,
    open: Span,
    /// Since no deployment was seen to run.
    idle: Option<Span>,
}

/// What this process has seen of one object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObservationHistory {
    missing: Option<Span>,
    unreadable: Option<Span>,
    other_owner: Option<Span>,
    intent: Option<OpenIntent>,
    sent_at: Option<Uptime>,
}

impl ObservationHistory {
    /// Takes in an observation of ECS, once. One that failed proves nothing and interrupts nothing; one that began before
    /// the last call went out proves nothing of what follows it.
    pub fn record(
        &mut self,
        observed: &Observed,
        open_intent: Option<&Intent>,
        observed_at: ObservedAt,
    ) {
        if self
            .sent_at
            .is_some_and(|call_sent| observed_at.started < call_sent)
        {
            return;
        }
        match observed {
            Observed::NotAsked => {}
            Observed::Unreadable(failure) => {
                // Another read shows the service: nothing is missing.
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
            }
        }
        self.intent = open_intent.map(|intent| {
            let known = self.intent.filter(|known| known.counter == intent.counter);
            let idle = known.and_then(|known| known.idle);
            OpenIntent {
                counter: intent.counter,
                open: Span::extend(known.map(|known| known.open), observed_at),
                idle: match observed {
                    Observed::Present(service) if is_deploying(service) => None,
                    Observed::Present(_) => Some(Span::extend(idle, observed_at)),
                    Observed::NotAsked | Observed::Missing(_) | Observed::Unreadable(_) => idle,
                },
            }
        });
    }

    /// Takes in what the second reading of the tags said of the owner.
    pub fn record_owner(&mut self, other_owner: bool, observed_at: ObservedAt) {
        self.other_owner = other_owner.then(|| Span::extend(self.other_owner, observed_at));
    }

    /// A call that changes something goes out: what was missing before it proves nothing after it.
    pub fn call_sent(&mut self, now: Uptime) {
        self.missing = None;
        self.sent_at = Some(now);
    }

    /// ECS refused the call: what was proved before it still is.
    pub fn call_rejected(&mut self, before: &Self) {
        self.missing = before.missing;
    }

    /// Whether ECS could not be read over a whole window, with attempts at both ends.
    pub fn unreadable_for(&self, window: Duration) -> bool {
        self.unreadable.is_some_and(|span| span.length() >= window)
    }

    /// Whether the service was missing over a whole window, with sightings at both ends.
    pub fn missing_for(&self, window: Duration) -> bool {
        self.missing.is_some_and(|span| span.length() >= window)
    }

    /// Whether the service was somebody else's over a whole window, with sightings at both ends.
    pub fn other_owner_for(&self, window: Duration) -> bool {
        self.other_owner.is_some_and(|span| span.length() >= window)
    }

    /// Whether the open intent has been open for a whole window, as far as this process knows.
    pub fn intent_open_for(&self, window: Duration) -> bool {
        self.intent
            .is_some_and(|intent| intent.open.length() >= window)
    }

    /// Whether the open intent has been open for a whole window in which no deployment ran.
    pub fn intent_idle_for(&self, window: Duration) -> bool {
        self.intent
            .and_then(|intent| intent.idle)
            .is_some_and(|span| span.length() >= window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::observed::service::Missing;
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

    const GONE: Observed = Observed::Missing(Missing::NotFound);

    fn at(seconds: u64) -> ObservedAt {
        ObservedAt::at(seconds_after(seconds))
    }

    fn seconds_after(seconds: u64) -> Uptime {
        Duration::from_secs(seconds)
    }

    #[test]
    fn one_sighting_proves_no_absence_and_two_apart_do() {
        let mut history = ObservationHistory::default();
        history.record(&GONE, None, at(0));
        assert!(!history.missing_for(seconds_after(10)));
        history.record(&GONE, None, at(9));
        assert!(!history.missing_for(seconds_after(10)));
        history.record(&GONE, None, at(10));
        assert!(history.missing_for(seconds_after(10)));
    }

    #[test]
    fn the_time_that_an_answer_takes_is_no_time_between_two_observations() {
        let mut history = ObservationHistory::default();
        let slow = ObservedAt {
            started: seconds_after(0),
            ended: seconds_after(15),
        };
        history.record(&GONE, None, slow);
        history.record(&GONE, None, slow);
        assert!(!history.missing_for(seconds_after(10)));
        history.record(&GONE, None, at(24));
        assert!(!history.missing_for(seconds_after(10)));
        history.record(&GONE, None, at(25));
        assert!(history.missing_for(seconds_after(10)));
    }

    #[test]
    fn a_call_that_was_sent_starts_the_proof_anew() {
        let mut history = ObservationHistory::default();
        history.record(&GONE, None, at(0));
        history.call_sent(seconds_after(20));
        history.record(&GONE, None, at(19));
        history.record(&GONE, None, at(29));
        assert!(!history.missing_for(seconds_after(10)));
        history.record(&GONE, None, at(39));
        assert!(history.missing_for(seconds_after(10)));
    }

    #[test]
    fn a_refused_call_keeps_the_proof_that_was_there_before_it() {
        let mut history = ObservationHistory::default();
        history.record(&GONE, None, at(0));
        history.record(&GONE, None, at(10));
        let before = history.clone();
        history.call_sent(seconds_after(11));
        assert!(!history.missing_for(seconds_after(10)));
        history.call_rejected(&before);
        assert!(history.missing_for(seconds_after(10)));
    }

    #[test]
    fn the_window_of_an_intent_begins_when_it_is_first_seen_open_and_not_with_the_one_before_it() {
        let intent = |counter| Intent {
            operation: "UpdateExpressGatewayService".to_owned(),
            hash: String::new(),
            counter,
            at: Time(jiff::Timestamp::UNIX_EPOCH),
            outcome: None,
            expected: None,
        };
        let mut history = ObservationHistory::default();
        history.record(&GONE, Some(&intent(1)), at(0));
        history.record(&GONE, Some(&intent(1)), at(120));
        assert!(history.intent_open_for(seconds_after(120)));
        history.record(&GONE, Some(&intent(2)), at(121));
        assert!(!history.intent_open_for(seconds_after(120)));
        history.record(&GONE, Some(&intent(2)), at(241));
        assert!(history.intent_open_for(seconds_after(120)));
    }
}
