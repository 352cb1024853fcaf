//! The model that all requests share, and the real clock that advances the virtual one.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::model::Model;

/// A handle to the model, which it locks and whose clock it advances.
#[derive(Clone)]
pub(super) struct SharedModel {
    inner: Arc<Mutex<ClockedModel>>,
}

struct ClockedModel {
    model: Model,
    last_advance: Instant,
    /// Virtual time below a millisecond, the precision of the clock. Without it, a clock that is read
    /// often would stand still.
    remainder: Duration,
}

impl ClockedModel {
    /// Advances the virtual clock by the real time since the last advance, times the time scale.
    fn catch_up(&mut self, now: Instant) {
        let passed = now.duration_since(self.last_advance);
        self.last_advance = now;
        self.model.pass_real_time(passed);
        let scaled = passed.as_secs_f64() * self.model.settings().time_scale;
        let span = self.remainder + Duration::try_from_secs_f64(scaled).unwrap_or_default();
        self.remainder = Duration::from_nanos(u64::from(span.subsec_nanos() % 1_000_000));
        self.model.advance(span - self.remainder);
    }
}

impl SharedModel {
    pub(super) fn new(model: Model) -> Self {
        Self {
            inner: Arc::new(Mutex::new(ClockedModel {
                model,
                last_advance: Instant::now(),
                remainder: Duration::ZERO,
            })),
        }
    }

    /// Runs a function on the model after advancing its clock.
    pub(super) fn with_model<T>(&self, work: impl FnOnce(&mut Model) -> T) -> T {
        let mut clocked = self.lock();
        clocked.catch_up(Instant::now());
        work(&mut clocked.model)
    }

    fn lock(&self) -> MutexGuard<'_, ClockedModel> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::{Duration, Instant};

    use super::ClockedModel;
    use crate::model::{Model, Settings};

    #[test]
    fn a_clock_that_is_read_ten_thousand_times_a_second_keeps_time() {
        let model = Model::new(Settings::default());
        let (began, start) = (Instant::now(), model.now());
        let mut clocked = ClockedModel {
            model,
            last_advance: began,
            remainder: Duration::ZERO,
        };
        clocked
            .model
            .change_settings(&serde_json::json!({ "timeScale": 1.0 }))
            .unwrap();
        for read in 1..=10_000 {
            clocked.catch_up(began + Duration::from_micros(100) * read);
        }
        let shown = clocked.model.now().epoch_seconds() - start.epoch_seconds();
        assert!((0.999..=1.0).contains(&shown), "{shown} s in a second");
    }
}
