//! What the passes share: the two ports, the settings, and a journal of what this process knows of each object.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

use super::objects::{ObjectKey, Objects};
use crate::{
    core::{
        desired::Home,
        identity::Caller,
        retry::Intervals,
        sightings::{Sightings, Uptime, Windows},
    },
    ecs::Ecs,
    telemetry::{health::Health, metrics::Passes},
};

/// Clock and chance, so that a simulation can rule both.
pub trait Clock: Send + Sync + 'static {
    /// The wall clock, for what people read.
    fn wall(&self) -> Timestamp;
    /// The monotonic clock, for what is to be proved.
    fn uptime(&self) -> Uptime;
    /// A random number from 0 to 1.
    fn chance(&self) -> f64;
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
    pub pass_deadline: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            windows: Windows::default(),
            intervals: Intervals::default(),
            fence_age: Duration::from_secs(5),
            // Four reads and a write of 20 s each.
            pass_deadline: Duration::from_secs(100),
        }
    }
}

/// What this process knows of one object.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// UID; another UID is another object.
    pub uid: String,
    /// What it has seen.
    pub sightings: Sightings,
    /// Failed passes in a row.
    pub attempts: u32,
    /// When the status was last written.
    pub written_at: Option<Uptime>,
    /// The resourceVersions that the last pass read and wrote: while the cache shows one of them, it has no news.
    pub known_versions: Vec<String>,
    /// When the next look is due.
    pub due: Option<Uptime>,
    /// Whether something is on its way for it.
    pub under_way: bool,
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
    pub passes: Passes,
    /// Whether the operator can do its work.
    pub health: Health,
    home: Mutex<Home>,
    /// Boxed: a table has room for twice as many as it holds.
    journal: Mutex<HashMap<ObjectKey, Box<Entry>>>,
}

impl<E: Ecs, O: Objects, C: Clock> Context<E, O, C> {
    /// A context with an empty journal.
    pub fn new(ecs: E, objects: O, clock: C, settings: Settings, home: Home) -> Self {
        Self {
            ecs,
            objects,
            clock,
            settings,
            passes: Passes::default(),
            health: Health::default(),
            home: Mutex::new(home),
            journal: Mutex::default(),
        }
    }

    /// Tells how it is to somebody who asks.
    #[must_use]
    pub fn with_health(self, health: Health) -> Self {
        Self { health, ..self }
    }

    /// Where the operator is at home, with the caller last known.
    pub fn home(&self) -> Home {
        lock(&self.home).clone()
    }

    /// Notes whose credentials the operator uses.
    pub fn note_caller(&self, caller: Caller) {
        lock(&self.home).caller = caller;
    }

    /// What is known of an object; nothing if it is another object under the same name.
    pub fn entry(&self, key: &ObjectKey, uid: &str) -> Entry {
        lock(&self.journal)
            .get(key)
            .filter(|entry| entry.uid == uid)
            .map_or_else(
                || Entry {
                    uid: uid.to_owned(),
                    ..Entry::default()
                },
                |entry| Entry::clone(entry),
            )
    }

    /// The rest of the wait for the next look, if the cache shows only what the last pass has read or written itself.
    pub fn echo(&self, key: &ObjectKey) -> Option<Duration> {
        let version = self.objects.cached_version(key)?;
        let (known, due) = {
            let journal = lock(&self.journal);
            let entry = journal.get(key)?;
            (entry.known_versions.contains(&version), entry.due?)
        };
        let rest = due.checked_sub(self.clock.uptime())?;
        (known && !rest.is_zero()).then_some(rest)
    }

    /// Keeps what is known of an object.
    pub fn keep(&self, key: &ObjectKey, entry: Entry) {
        lock(&self.journal).insert(key.clone(), Box::new(entry));
    }

    /// Objects for which something is on its way, or those for which nothing is.
    pub fn crowd(&self, under_way: bool) -> usize {
        let journal = lock(&self.journal);
        let alike = |entry: &&Box<Entry>| entry.under_way == under_way;
        journal.values().filter(alike).count()
    }

    /// Forgets every object that the cache has no more.
    pub fn forget_all_but_cached(&self) {
        lock(&self.journal).retain(|key, _| self.objects.cached_version(key).is_some());
    }

    /// Forgets an object that is gone.
    pub fn forget(&self, key: &ObjectKey) {
        lock(&self.journal).remove(key);
    }
}

/// A lock that a panic elsewhere does not poison: each value is whole at any time.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
