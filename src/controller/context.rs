//! What the passes share: the two ports, the settings, and the journal.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

use super::{
    objects::{ObjectKey, Objects},
    reconcile_state::{ReconcileState, ReconcileStates},
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

/// Clock and chance, so that a simulation can rule both.
pub trait Clock: Send + Sync + 'static {
    /// The wall clock, for what people read.
    fn wall(&self) -> Timestamp;
    /// The monotonic clock, for what is to be proved.
    fn uptime(&self) -> Uptime;
    /// A random number from 0 to 1.
    fn random(&self) -> f64;
}

/// Settings of the loop.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long to wait before believing.
    pub windows: Windows,
    /// How often to look.
    pub intervals: Intervals,
    /// How old a fence may be when the call goes out.
    pub fence_age: Duration,
    /// How long one pass may take.
    pub reconcile_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            windows: Windows::default(),
            intervals: Intervals::default(),
            fence_age: Duration::from_secs(5),
            // Four reads and a write of 20 s each.
            reconcile_timeout: Duration::from_secs(100),
        }
    }
}

/// What the passes share.
pub struct Context<E, O, C> {
    /// AWS.
    pub ecs: E,
    /// Kubernetes.
    pub objects: O,
    /// Clock and chance.
    pub clock: C,
    /// Settings.
    pub settings: Settings,
    /// Passes, counted.
    pub reconciles: Reconciles,
    /// Whether the operator can do its work.
    pub health: Health,
    /// What is known of each object.
    pub states: ReconcileStates,
    operator: Mutex<OperatorIdentity>,
}

impl<E: Ecs, O: Objects, C: Clock> Context<E, O, C> {
    /// A context with an empty journal.
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

    /// Tells how it is to somebody who asks.
    #[must_use]
    pub fn with_health(self, health: Health) -> Self {
        Self { health, ..self }
    }

    /// Where the operator is at home, with the caller last known.
    pub fn operator(&self) -> OperatorIdentity {
        lock(&self.operator).clone()
    }

    /// Notes whose credentials the operator uses.
    pub fn note_caller(&self, caller: Caller) {
        lock(&self.operator).caller = caller;
    }

    /// The rest of the wait for the next look, if the cache shows only what the last pass has read or written itself.
    pub fn own_write_delay(&self, key: &ObjectKey) -> Option<Duration> {
        let version = self.objects.cached_version(key)?;
        let known = |state: &ReconcileState| (state.known_versions.contains(&version), state.due);
        let (known, due) = self.states.of(key, known)?;
        let rest = due?.checked_sub(self.clock.uptime())?;
        (known && !rest.is_zero()).then_some(rest)
    }

    /// Forgets every object that the cache has no more.
    pub fn forget_all_but_cached(&self) {
        let cached = |key: &ObjectKey| self.objects.cached_version(key).is_some();
        self.states.forget_all_but(cached);
    }
}

/// A lock that a panic elsewhere does not poison: each value is whole at any time.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
