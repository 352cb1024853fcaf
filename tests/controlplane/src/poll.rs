//! Polling for a state with a deadline, instead of a fixed sleep.

use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

const STEP: Duration = Duration::from_millis(50);

/// The awaited state did not come in time.
#[derive(Debug, Clone)]
pub struct TimedOut {
    /// What was awaited.
    pub what: String,
    /// How long it was awaited.
    pub waited: Duration,
    /// The state at the last check.
    pub last_seen: String,
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            waited,
            last_seen,
        } = self;
        write!(
            f,
            "waited {:.1} s for {what}; last seen: {last_seen}",
            waited.as_secs_f64()
        )
    }
}

impl std::error::Error for TimedOut {}

/// Calls `check` every 50 ms until it succeeds or the deadline has passed. A failed check returns what it saw.
/// It is called at least once, and once after the deadline has passed.
pub fn until<T>(
    deadline: Duration,
    what: &str,
    check: impl FnMut() -> Result<T, String>,
) -> Result<T, TimedOut> {
    every(STEP, deadline, what, check)
}

/// Like [`until`], with another pause between checks, for expensive checks.
pub fn every<T>(
    pause: Duration,
    deadline: Duration,
    what: &str,
    mut check: impl FnMut() -> Result<T, String>,
) -> Result<T, TimedOut> {
    let start = Instant::now();
    loop {
        // Measured before the check: a slow check must not miss the state that it was about to see.
        let waited = start.elapsed();
        match check() {
            Ok(found) => return Ok(found),
            Err(last_seen) if waited >= deadline => {
                return Err(TimedOut {
                    what: what.into(),
                    waited,
                    last_seen,
                });
            }
            Err(_) => thread::sleep(pause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_what_was_found() {
        let mut checks = 0;
        let found = until(Duration::from_secs(5), "the third check", || {
            checks += 1;
            if checks == 3 {
                Ok(checks)
            } else {
                Err(format!("check {checks}"))
            }
        });
        assert_eq!(found.unwrap(), 3);
    }

    #[test]
    fn reports_what_was_awaited_and_what_was_seen() {
        let error = until(Duration::ZERO, "rain", || Err::<(), _>("sunshine".into())).unwrap_err();
        assert_eq!(
            error.to_string(),
            "waited 0.0 s for rain; last seen: sunshine"
        );
    }
}
