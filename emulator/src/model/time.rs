//! The virtual clock: milliseconds since the epoch, moved only by `Model::advance`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// A moment of the virtual clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VirtualTime {
    milliseconds: u64,
}

impl VirtualTime {
    /// The moment that lies so many seconds after the epoch.
    #[must_use]
    pub fn from_epoch_seconds(seconds: u64) -> Self {
        Self {
            milliseconds: seconds.saturating_mul(1000),
        }
    }

    /// Seconds since the epoch, with their fraction.
    #[must_use]
    pub fn epoch_seconds(self) -> f64 {
        self.milliseconds as f64 / 1000.0
    }

    /// The same as a wire value: awsJson writes timestamps as numbers.
    #[must_use]
    pub fn to_wire(self) -> Value {
        Number::from_f64(self.epoch_seconds()).map_or(Value::Null, Value::Number)
    }

    /// This moment plus a span.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        let span = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        Self {
            milliseconds: self.milliseconds.saturating_add(span),
        }
    }

    /// This moment minus whole seconds.
    #[must_use]
    pub fn before_seconds(self, seconds: u64) -> Self {
        Self {
            milliseconds: self
                .milliseconds
                .saturating_sub(seconds.saturating_mul(1000)),
        }
    }

    /// This moment plus whole seconds.
    #[must_use]
    pub fn after_seconds(self, seconds: u64) -> Self {
        self.after(Duration::from_secs(seconds))
    }
}
