//! What this process knows of each object. After a restart it is empty, and is learned anew.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::objects::ObjectKey;
use crate::core::sightings::{Sightings, Uptime};

/// What this process knows of one object.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// UID; another UID is another object.
    pub uid: String,
    /// What it has seen.
    pub sightings: Sightings,
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
    pub under_way: bool,
    /// Whether it was told by an event that the API server rejects its status, which lasts since then.
    pub rejection_told: bool,
    /// Fingerprint of a status of which the API server dropped a part: to write it again would change nothing.
    pub unstored: Option<u64>,
    /// When the managed resources in its status are to be read again.
    pub resources_due: Option<Uptime>,
}

/// The entries of all objects.
#[derive(Debug, Default)]
pub struct Journal(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    /// Boxed: a table has room for twice as many as it holds.
    by_key: HashMap<ObjectKey, Box<Entry>>,
    /// How many have something on its way.
    under_way: usize,
}

impl Entries {
    fn insert(&mut self, key: ObjectKey, entry: Entry) {
        self.under_way += usize::from(entry.under_way);
        if let Some(before) = self.by_key.insert(key, Box::new(entry)) {
            self.under_way -= usize::from(before.under_way);
        }
    }

    fn remove(&mut self, key: &ObjectKey) {
        if let Some(before) = self.by_key.remove(key) {
            self.under_way -= usize::from(before.under_way);
        }
    }
}

impl Journal {
    /// What is known of an object; nothing if it is another object under the same name.
    pub fn entry(&self, key: &ObjectKey, uid: &str) -> Entry {
        let known = |entry: &Entry| (entry.uid == uid).then(|| entry.clone());
        self.of(key, known).flatten().unwrap_or_else(|| Entry {
            uid: uid.to_owned(),
            ..Entry::default()
        })
    }

    /// What `question` finds in the entry of an object, if there is one.
    pub fn of<T>(&self, key: &ObjectKey, question: impl FnOnce(&Entry) -> T) -> Option<T> {
        self.lock().by_key.get(key).map(|entry| question(entry))
    }

    /// Keeps what is known of an object.
    pub fn keep(&self, key: &ObjectKey, entry: Entry) {
        self.lock().insert(key.clone(), entry);
    }

    /// How many objects have something on their way, or how many have nothing.
    pub fn crowd(&self, under_way: bool) -> usize {
        let entries = self.lock();
        if under_way {
            entries.under_way
        } else {
            entries.by_key.len() - entries.under_way
        }
    }

    /// Forgets an object that is gone.
    pub fn forget(&self, key: &ObjectKey) {
        self.lock().remove(key);
    }

    /// Forgets every object that is not `kept`.
    pub fn forget_all_but(&self, kept: impl Fn(&ObjectKey) -> bool) {
        let mut entries = self.lock();
        entries.by_key.retain(|key, _| kept(key));
        entries.under_way = entries.by_key.values().filter(|e| e.under_way).count();
    }

    /// A lock that a panic elsewhere does not poison: the entries are whole at any time.
    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Journal, ObjectKey};

    fn key(name: &str) -> ObjectKey {
        ObjectKey {
            namespace: "team-a".into(),
            name: name.into(),
        }
    }

    fn entry(under_way: bool) -> Entry {
        Entry {
            uid: "u".into(),
            under_way,
            ..Entry::default()
        }
    }

    #[test]
    fn objects_under_way_are_counted_as_they_come_change_and_go() {
        let journal = Journal::default();
        let crowds = || (journal.crowd(true), journal.crowd(false));
        journal.keep(&key("a"), entry(true));
        journal.keep(&key("b"), entry(true));
        journal.keep(&key("c"), entry(false));
        assert_eq!(crowds(), (2, 1));
        journal.keep(&key("a"), entry(false));
        journal.keep(&key("b"), entry(true));
        assert_eq!(crowds(), (1, 2));
        journal.forget(&key("b"));
        journal.forget(&key("unknown"));
        assert_eq!(crowds(), (0, 2));
        journal.keep(&key("d"), entry(true));
        journal.forget_all_but(|kept| *kept == key("d"));
        assert_eq!(crowds(), (1, 0));
    }

    #[test]
    fn an_object_made_anew_under_the_same_name_is_unknown() {
        let journal = Journal::default();
        let failed = Entry {
            attempts: 3,
            ..entry(true)
        };
        journal.keep(&key("a"), failed);
        assert_eq!(journal.entry(&key("a"), "u").attempts, 3);
        assert_eq!(journal.entry(&key("a"), "another").attempts, 0);
    }
}
