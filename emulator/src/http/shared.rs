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
}

impl Shared {
    pub(super) fn new(model: Model) -> Self {
        Self {
            inner: Arc::new(Mutex::new(Clocked {
                model,
                moved: Instant::now(),
            })),
        }
    }

    /// Works on the model after moving its clock: real time passed × time scale.
    pub(super) fn with_model<T>(&self, work: impl FnOnce(&mut Model) -> T) -> T {
        let mut clocked = self.lock();
        let now = Instant::now();
        let passed = now.duration_since(clocked.moved).as_secs_f64();
        clocked.moved = now;
        let scaled = passed * clocked.model.settings().time_scale;
        let span = Duration::try_from_secs_f64(scaled).unwrap_or_default();
        clocked.model.advance(span);
        work(&mut clocked.model)
    }

    fn lock(&self) -> MutexGuard<'_, Clocked> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
