//! One event recorder for each text. kube's recorder counts repeats by reason alone, and would show the first text of a
//! reason for all later ones.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use k8s_openapi::api::core::v1::ObjectReference;
use kube::{
    Client,
    runtime::events::{Event, Recorder, Reporter},
};

/// How long a repeat counts up the same event, as in kube's own recorder; after that it is a new one.
const LIFETIME: Duration = Duration::from_secs(6 * 60);

/// Number of recorders that are kept, the newest ones. Each takes some kilobytes.
const MAX_KEPT: usize = 64;

/// The last event of each object and reason, with its recorder.
pub(super) struct Recorders {
    client: Client,
    reporter: Reporter,
    last: Mutex<HashMap<Key, Last>>,
}

/// UID of the object, and the reason.
type Key = (String, String);

struct Last {
    note: Option<String>,
    recorder: Recorder,
    at: Instant,
}

impl Recorders {
    pub(super) fn new(client: Client, reporter: Reporter) -> Self {
        Self {
            client,
            reporter,
            last: Mutex::default(),
        }
    }

    /// Returns the recorder for an event; for a repeat, the one that published it before.
    pub(super) fn of(&self, event: &Event, about: &ObjectReference) -> Recorder {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.retain(|_, reported| reported.at.elapsed() < LIFETIME);
        let key = (about.uid.clone().unwrap_or_default(), event.reason.clone());
        let recorder = last
            .get(&key)
            .filter(|reported| reported.note == event.note)
            .map_or_else(
                || Recorder::new(self.client.clone(), self.reporter.clone()),
                |reported| reported.recorder.clone(),
            );
        let reported = Last {
            note: event.note.clone(),
            recorder: recorder.clone(),
            at: Instant::now(),
        };
        if last.len() >= MAX_KEPT && !last.contains_key(&key) {
            let oldest = last.iter().min_by_key(|(_, reported)| reported.at);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                last.remove(&oldest);
            }
        }
        last.insert(key, reported);
        recorder
    }
}
