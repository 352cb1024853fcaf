//! One recorder of events for each thing that is told: kube's counts repeats by reason alone, and would show the first
//! text of a reason for all that come after it.

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

/// After so long a repeat is a new event, as with kube's own.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(6 * 60);

/// So many recorders are kept, the newest: a repeat comes soon or is a new event, and each takes some kilobytes.
const KEPT: usize = 64;

/// The last texts, by object and reason, with their recorders.
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

    /// The recorder for an event: a repeat finds the one that told it before.
    pub(super) fn of(&self, event: &Event, about: &ObjectReference) -> Recorder {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.retain(|_, reported| reported.at.elapsed() < FORGOTTEN_AFTER);
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
        if last.len() >= KEPT && !last.contains_key(&key) {
            let oldest = last.iter().min_by_key(|(_, reported)| reported.at);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                last.remove(&oldest);
            }
        }
        last.insert(key, reported);
        recorder
    }
}
