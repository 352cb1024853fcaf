//! What all reconciles share: the two ports, the clock, the settings, and the state of each object.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

use super::{
    objects::{ObjectKey, Objects},
    reconcile_state::ReconcileStates,
    triggers,
};
use crate::{
    core::{
        desired::identity::{Caller, OperatorIdentity},
        observed::history::{Uptime, Windows},
        report::requeue::Intervals,
    },
    ecs::Ecs,
    telemetry::{health::Health, metrics::Reconciles},
};

/// Sources of time and randomness, which a test can control.
pub trait Clock: Send + Sync + 'static {
    /// The wall clock, for times that people read.
    fn wall(&self) -> Timestamp;
    /// The monotonic clock, for durations that a decision depends on.
    fn uptime(&self) -> Uptime;
    /// A random number from 0 to 1.
    fn random(&self) -> f64;
}

/// Settings of the controller.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// How long to wait before an observation counts.
    pub windows: Windows,
    /// How often to reconcile.
    pub intervals: Intervals,
}

/// What all reconciles share.
pub struct Context<E, O, C> {
    /// The port to AWS.
    pub ecs: E,
    /// The port to Kubernetes.
    pub objects: O,
    /// Time and randomness.
    pub clock: C,
    /// Settings of the controller.
    pub settings: Settings,
    /// Metrics of the reconciles.
    pub reconciles: Reconciles,
    /// Readiness of the operator.
    pub health: Health,
    /// What this process knows about each object.
    pub(super) states: ReconcileStates,
    operator: Mutex<OperatorIdentity>,
}

impl<E, O, C> fmt::Debug for Context<E, O, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl<E: Ecs, O: Objects, C: Clock> Context<E, O, C> {
    /// Creates a context that knows no object yet.
    pub fn new(
        ecs: E,
        objects: O,
        clock: C,
        settings: Settings,
        operator: OperatorIdentity,
    ) -> Self {
        Self {
            ecs,
            objects,
            clock,
            settings,
            reconciles: Reconciles::default(),
            health: Health::default(),
            states: ReconcileStates::default(),
            operator: Mutex::new(operator),
        }
    }

    /// Reports readiness to `health`.
    #[must_use]
    pub fn with_health(self, health: Health) -> Self {
        Self { health, ..self }
    }

    /// The identity of the operator, with the caller last seen.
    pub(super) fn operator(&self) -> OperatorIdentity {
        lock(&self.operator).clone()
    }

    /// Records whose credentials the operator uses.
    pub(super) fn record_caller(&self, caller: Caller) {
        lock(&self.operator).caller = caller;
    }

    /// The rest of the delay before the next reconcile, if the cache shows only what the last one read or wrote itself.
    pub(super) fn own_write_delay(&self, key: &ObjectKey) -> Option<Duration> {
        let version = self.objects.cached_version(key)?;
        let now = self.clock.uptime();
        self.states
            .with(key, |state| {
                triggers::own_write_delay(&state.known_versions, &version, state.due, now)
            })
            .flatten()
    }

    /// Drops the state of an object that the watch reports as deleted.
    pub fn forget(&self, key: &ObjectKey) {
        self.states.forget(key);
    }

    /// Drops the states of all objects that the cache no longer has, as after a new list.
    pub fn forget_all_but_cached(&self) {
        let cached = |key: &ObjectKey| self.objects.cached_version(key).is_some();
        self.states.forget_all_but(cached);
    }
}

/// Ignores poisoning: no panic can leave the value inconsistent.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
