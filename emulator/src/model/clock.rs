//! Time on the virtual clock, which only `Model::advance` moves.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// A moment on the virtual clock, with millisecond precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VirtualTime {
    milliseconds: u64,
}

impl VirtualTime {
    /// Earlier than every other moment.
    pub(crate) const EPOCH: Self = Self { milliseconds: 0 };

    /// The moment this many seconds after the Unix epoch.
    #[must_use]
    pub fn from_epoch_seconds(seconds: u64) -> Self {
        Self {
            milliseconds: seconds.saturating_mul(1000),
        }
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub fn epoch_milliseconds(self) -> u64 {
        self.milliseconds
    }

    /// The time from `earlier` to this moment; zero if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.milliseconds.saturating_sub(earlier.milliseconds))
    }

    /// Seconds since the Unix epoch, with a fraction.
    #[must_use]
    pub fn epoch_seconds(self) -> f64 {
        self.milliseconds as f64 / 1000.0
    }

    /// The moment as awsJson writes timestamps: a number of seconds since the Unix epoch.
    #[must_use]
    pub fn to_wire(self) -> Value {
        Number::from_f64(self.epoch_seconds()).map_or(Value::Null, Value::Number)
    }

    /// The moment in ISO 8601 and UTC. Uses the civil-from-days algorithm of Howard Hinnant.
    #[must_use]
    pub fn to_text(self) -> String {
        let seconds = self.milliseconds / 1000;
        let (days, rest) = (seconds / 86_400, seconds % 86_400);
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// The moment this much later.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        let span = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        Self {
            milliseconds: self.milliseconds.saturating_add(span),
        }
    }

    /// The moment this many seconds earlier, but not before the epoch.
    #[must_use]
    pub fn before_seconds(self, seconds: u64) -> Self {
        Self {
            milliseconds: self
                .milliseconds
                .saturating_sub(seconds.saturating_mul(1000)),
        }
    }

    /// The moment this many seconds later.
    #[must_use]
    pub fn after_seconds(self, seconds: u64) -> Self {
        self.after(Duration::from_secs(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::VirtualTime;

    #[test]
    fn a_moment_is_written_as_iso_8601() {
        let text = |seconds| VirtualTime::from_epoch_seconds(seconds).to_text();
        assert_eq!(text(0), "1970-01-01T00:00:00Z");
        assert_eq!(text(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(text(1_767_225_599), "2025-12-31T23:59:59Z");
    }
}
