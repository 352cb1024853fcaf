//! What this process has seen of one object, on its monotonic clock. After a restart it starts anew, on purpose: a wall
//! clock that jumps cannot prove that a service is gone.

use std::time::Duration;

use super::observed::Observed;
use crate::api::memory::Memory;

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
    fn extend(span: Option<Self>, now: Uptime) -> Self {
        let first = span.map_or(now, |span| span.first);
        Self { first, last: now }
    }

    fn length(self) -> Duration {
        self.last.saturating_sub(self.first)
    }
}

/// What this process has seen of one object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sightings {
    missing: Option<Span>,
    foreign: Option<Span>,
    intent: Option<(i64, Span)>,
}

impl Sightings {
    /// Takes in a look at ECS. A look that failed proves nothing and interrupts nothing.
    pub fn look(&mut self, observed: &Observed, memory: Option<&Memory>, now: Uptime) {
        match observed {
            Observed::NotAsked | Observed::Unreadable(_) => {}
            Observed::Missing(_) => {
                self.missing = Some(Span::extend(self.missing, now));
                self.foreign = None;
            }
            Observed::Present(_) => self.missing = None,
        }
        self.intent = memory.and_then(Memory::open_intent).map(|intent| {
            let known = self
                .intent
                .filter(|(counter, _)| *counter == intent.counter)
                .map(|(_, span)| span);
            (intent.counter, Span::extend(known, now))
        });
    }

    /// Takes in what the second reading of the tags said of the owner.
    pub fn look_at_tags(&mut self, foreign: bool, now: Uptime) {
        self.foreign = foreign.then(|| Span::extend(self.foreign, now));
    }

    /// A call that changes something goes out: what was missing before it proves nothing after it.
    pub fn sent(&mut self) {
        self.missing = None;
    }

    /// Whether the service was missing over a whole window, with sightings at both ends.
    pub fn missing_for(&self, window: Duration) -> bool {
        self.missing.is_some_and(|span| span.length() >= window)
    }

    /// Whether the service was somebody else's over a whole window, with sightings at both ends.
    pub fn foreign_for(&self, window: Duration) -> bool {
        self.foreign.is_some_and(|span| span.length() >= window)
    }

    /// Whether the open intent has been open for a whole window, as far as this process knows.
    pub fn intent_open_for(&self, window: Duration) -> bool {
        self.intent.is_some_and(|(_, span)| span.length() >= window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::observed::Missing;

    const GONE: Observed = Observed::Missing(Missing::NotFound);

    fn at(seconds: u64) -> Uptime {
        Duration::from_secs(seconds)
    }

    #[test]
    fn one_sighting_proves_no_absence_and_two_apart_do() {
        let mut sightings = Sightings::default();
        sightings.look(&GONE, None, at(0));
        assert!(!sightings.missing_for(at(10)));
        sightings.look(&GONE, None, at(9));
        assert!(!sightings.missing_for(at(10)));
        sightings.look(&GONE, None, at(10));
        assert!(sightings.missing_for(at(10)));
    }

    #[test]
    fn a_call_that_was_sent_starts_the_proof_anew() {
        let mut sightings = Sightings::default();
        sightings.look(&GONE, None, at(0));
        sightings.sent();
        sightings.look(&GONE, None, at(20));
        assert!(!sightings.missing_for(at(10)));
    }
}
