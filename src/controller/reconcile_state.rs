//! What this process knows of each object. After a restart it is empty, and is learned anew.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::objects::ObjectKey;
use crate::core::observed::history::{ObservationHistory, Uptime};

/// What this process knows of one object.
#[derive(Clone, Debug, Default)]
pub struct ReconcileState {
    /// UID; another UID is another object.
    pub uid: String,
    /// What it has seen.
    pub history: ObservationHistory,
    /// Failed passes in a row.
    pub attempts: u32,
    /// What tells the failure of the last passes from others, while they fail.
    pub failing: Option<u64>,
    /// When the status was last written.
    pub written_at: Option<Uptime>,
    /// The resourceVersions that the last pass read and wrote: while the cache shows one of them, it has no news.
    pub known_versions: Vec<String>,
    /// When the next look is due.
    pub due: Option<Uptime>,
    /// Whether something is on its way for it.
    pub in_progress: bool,
    /// Whether it was told by an event that the API server rejects its status, which lasts since then.
    pub rejection_reported: bool,
    /// Fingerprint of a status of which the API server dropped a part: to write it again would change nothing.
    pub unstored: Option<u64>,
    /// When the managed resources in its status are to be read again.
    pub resources_due: Option<Uptime>,
}

/// The entries of all objects.
#[derive(Debug, Default)]
pub struct ReconcileStates(Mutex<States>);

#[derive(Debug, Default)]
struct States {
    /// Boxed: a table has room for twice as many as it holds.
    by_key: HashMap<ObjectKey, Box<ReconcileState>>,
    /// How many have something on its way.
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
    /// What is known of an object; nothing if it is another object under the same name.
    pub fn get(&self, key: &ObjectKey, uid: &str) -> ReconcileState {
        let known = |state: &ReconcileState| (state.uid == uid).then(|| state.clone());
        self.of(key, known)
            .flatten()
            .unwrap_or_else(|| ReconcileState {
                uid: uid.to_owned(),
                ..ReconcileState::default()
            })
    }

    /// What `question` finds in the entry of an object, if there is one.
    pub fn of<T>(&self, key: &ObjectKey, question: impl FnOnce(&ReconcileState) -> T) -> Option<T> {
        self.lock().by_key.get(key).map(|state| question(state))
    }

    /// Keeps what is known of an object.
    pub fn keep(&self, key: &ObjectKey, state: ReconcileState) {
        self.lock().insert(key.clone(), state);
    }

    /// How many objects have something on their way, or how many have nothing.
    pub fn in_progress_count(&self, in_progress: bool) -> usize {
        let states = self.lock();
        if in_progress {
            states.in_progress
        } else {
            states.by_key.len() - states.in_progress
        }
    }

    /// Forgets an object that is gone.
    pub fn forget(&self, key: &ObjectKey) {
        self.lock().remove(key);
    }

    /// Forgets every object that is not `kept`.
    pub fn forget_all_but(&self, kept: impl Fn(&ObjectKey) -> bool) {
        let mut states = self.lock();
        states.by_key.retain(|key, _| kept(key));
        states.in_progress = states.by_key.values().filter(|e| e.in_progress).count();
    }

    /// A lock that a panic elsewhere does not poison: the entries are whole at any time.
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
    fn objects_under_way_are_counted_as_they_come_change_and_go() {
        let states = ReconcileStates::default();
        let crowds = || {
            (
                states.in_progress_count(true),
                states.in_progress_count(false),
            )
        };
        states.keep(&key("a"), state(true));
        states.keep(&key("b"), state(true));
        states.keep(&key("c"), state(false));
        assert_eq!(crowds(), (2, 1));
        states.keep(&key("a"), state(false));
        states.keep(&key("b"), state(true));
        assert_eq!(crowds(), (1, 2));
        states.forget(&key("b"));
        states.forget(&key("unknown"));
        assert_eq!(crowds(), (0, 2));
        states.keep(&key("d"), state(true));
        states.forget_all_but(|kept| *kept == key("d"));
        assert_eq!(crowds(), (1, 0));
    }

    #[test]
    fn an_object_made_anew_under_the_same_name_is_unknown() {
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
