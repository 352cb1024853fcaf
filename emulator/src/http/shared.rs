//! The model behind its lock, and the real clock that moves the virtual one.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::model::Model;

/// What all requests share.
#[derive(Clone)]
pub(super) struct Shared {
    inner: Arc<Mutex<Clocked>>,
}

struct Clocked {
    model: Model,
    moved: Instant,
    /// Virtual time below the clock's millisecond, kept so that a clock that is often looked at does not stand still.
    rest: Duration,
}

impl Clocked {
    /// Moves the clock: real time passed × time scale.
    fn catch_up(&mut self, now: Instant) {
        let passed = now.duration_since(self.moved).as_secs_f64();
        self.moved = now;
        let scaled = passed * self.model.settings().time_scale;
        let span = self.rest + Duration::try_from_secs_f64(scaled).unwrap_or_default();
        self.rest = Duration::from_nanos(u64::from(span.subsec_nanos() % 1_000_000));
        self.model.advance(span - self.rest);
    }
}

impl Shared {
    pub(super) fn new(model: Model) -> Self {
        Self {
            inner: Arc::new(Mutex::new(Clocked {
                model,
                moved: Instant::now(),
                rest: Duration::ZERO,
            })),
        }
    }

    /// Works on the model after moving its clock.
    pub(super) fn with_model<T>(&self, work: impl FnOnce(&mut Model) -> T) -> T {
        let mut clocked = self.lock();
        clocked.catch_up(Instant::now());
        work(&mut clocked.model)
    }

    fn lock(&self) -> MutexGuard<'_, Clocked> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Clocked;
    use crate::model::{Model, Settings};

    #[test]
    fn a_clock_that_is_looked_at_ten_thousand_times_a_second_keeps_time() {
        let model = Model::new(Settings::default());
        let (began, start) = (Instant::now(), model.now());
        let mut clocked = Clocked {
            model,
            moved: began,
            rest: Duration::ZERO,
        };
        clocked
            .model
            .change_settings(&serde_json::json!({ "timeScale": 1.0 }))
            .unwrap();
        for look in 1..=10_000 {
            clocked.catch_up(began + Duration::from_micros(100) * look);
        }
        let shown = clocked.model.now().epoch_seconds() - start.epoch_seconds();
        assert!((0.999..=1.0).contains(&shown), "{shown} s in a second");
    }
}
