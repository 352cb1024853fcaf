//! What this process knows about each object. A restart clears it; it is rebuilt from observations.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{objects::ObjectKey, triggers::KnownVersions};
use crate::core::observed::history::{ObservationHistory, Uptime};

/// What this process knows about one object.
#[derive(Clone, Debug, Default)]
pub struct ReconcileState {
    /// UID; an object with another UID is another object.
    pub uid: String,
    /// Observations of its service so far.
    pub history: ObservationHistory,
    /// Failed reconciles in a row.
    pub attempts: u32,
    /// Hash of the failure of the last reconciles, while they fail.
    pub failing: Option<u64>,
    /// When the status was last written.
    pub written_at: Option<Uptime>,
    /// The resourceVersions that the last reconcile read and wrote.
    pub known_versions: KnownVersions,
    /// When the next reconcile is due.
    pub due: Option<Uptime>,
    /// Whether a change is in progress; false also while the object fails.
    pub in_progress: bool,
    /// Whether an event has reported the rejection of the status by the API server, which still lasts.
    pub rejection_reported: bool,
    /// How often the report of the malformed object failed in a row.
    pub malformed_reports: u32,
    /// Fingerprint of a status that the API server stored incompletely; writing it again would change nothing.
    pub unstored: Option<u64>,
    /// When reading the managed resources again is due.
    pub resources_due: Option<Uptime>,
}

/// The states of all objects.
#[derive(Debug, Default)]
pub struct ReconcileStates(Mutex<States>);

#[derive(Debug, Default)]
struct States {
    /// Boxed, since a hash table allocates room for up to twice as many values as it holds.
    by_key: HashMap<ObjectKey, Box<ReconcileState>>,
    /// Number of objects with a change in progress.
    in_progress: usize,
}

impl States {
    fn insert(&mut self, key: ObjectKey, state: ReconcileState) {
        self.in_progress += usize::from(state.in_progress);
        if let Some(before) = self.by_key.insert(key, Box::new(state)) {
            self.in_progress -= usize::from(before.in_progress);
        }
    }

    fn remove(&mut self, key: &ObjectKey) {
        if let Some(before) = self.by_key.remove(key) {
            self.in_progress -= usize::from(before.in_progress);
        }
    }
}

impl ReconcileStates {
    /// Returns the state of an object; an empty one if it is unknown or another object under the same name.
    pub fn get(&self, key: &ObjectKey, uid: &str) -> ReconcileState {
        let known = |state: &ReconcileState| (state.uid == uid).then(|| state.clone());
        self.with(key, known)
            .flatten()
            .unwrap_or_else(|| ReconcileState {
                uid: uid.to_owned(),
                ..ReconcileState::default()
            })
    }

    /// Applies `read` to the state of an object, if there is one.
    pub fn with<T>(&self, key: &ObjectKey, read: impl FnOnce(&ReconcileState) -> T) -> Option<T> {
        self.lock().by_key.get(key).map(|state| read(state))
    }

    /// Stores the state of an object.
    pub fn keep(&self, key: &ObjectKey, state: ReconcileState) {
        self.lock().insert(key.clone(), state);
    }

    /// Number of objects with a change in progress, or of all others.
    pub fn count(&self, in_progress: bool) -> usize {
        let states = self.lock();
        if in_progress {
            states.in_progress
        } else {
            states.by_key.len() - states.in_progress
        }
    }

    /// Drops the state of an object that is gone.
    pub fn forget(&self, key: &ObjectKey) {
        self.lock().remove(key);
    }

    /// Drops the states of all objects for which `kept` is false.
    pub fn forget_all_but(&self, kept: impl Fn(&ObjectKey) -> bool) {
        let mut states = self.lock();
        states.by_key.retain(|key, _| kept(key));
        states.in_progress = states
            .by_key
            .values()
            .filter(|state| state.in_progress)
            .count();
    }

    /// Ignores poisoning: no panic can leave the states inconsistent.
    fn lock(&self) -> MutexGuard<'_, States> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{ObjectKey, ReconcileState, ReconcileStates};

    fn key(name: &str) -> ObjectKey {
        ObjectKey {
            namespace: "team-a".into(),
            name: name.into(),
        }
    }

    fn state(in_progress: bool) -> ReconcileState {
        ReconcileState {
            uid: "u".into(),
            in_progress,
            ..ReconcileState::default()
        }
    }

    #[test]
    fn objects_in_progress_are_counted_as_they_are_added_changed_and_removed() {
        let states = ReconcileStates::default();
        let counts = || (states.count(true), states.count(false));
        states.keep(&key("a"), state(true));
        states.keep(&key("b"), state(true));
        states.keep(&key("c"), state(false));
        assert_eq!(counts(), (2, 1));
        states.keep(&key("a"), state(false));
        states.keep(&key("b"), state(true));
        assert_eq!(counts(), (1, 2));
        states.forget(&key("b"));
        states.forget(&key("unknown"));
        assert_eq!(counts(), (0, 2));
        states.keep(&key("d"), state(true));
        states.forget_all_but(|kept| *kept == key("d"));
        assert_eq!(counts(), (1, 0));
    }

    #[test]
    fn an_object_created_again_under_the_same_name_is_unknown() {
        let states = ReconcileStates::default();
        let failed = ReconcileState {
            attempts: 3,
            ..state(true)
        };
        states.keep(&key("a"), failed);
        assert_eq!(states.get(&key("a"), "u").attempts, 3);
        assert_eq!(states.get(&key("a"), "another").attempts, 0);
    }
}
