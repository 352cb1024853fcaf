//! One event recorder for each text. kube's recorder counts repeats by reason alone, and would show the first text of a
//! reason for all later ones.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
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

/// The recorder of each text about an object.
pub(super) struct Recorders {
    client: Client,
    reporter: Reporter,
    published: Mutex<HashMap<Key, Published>>,
}

/// What distinguishes an event from others: its repeats are counted.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    uid: Option<String>,
    reason: String,
    note: Option<String>,
}

struct Published {
    recorder: Recorder,
    at: Instant,
}

impl Recorders {
    pub(super) fn new(client: Client, reporter: Reporter) -> Self {
        Self {
            client,
            reporter,
            published: Mutex::default(),
        }
    }

    /// Publishes an event, or counts it up if it was published before. An event that is to be counted up and that the
    /// API server no longer has is published again as a new one.
    ///
    /// # Errors
    ///
    /// If the API server rejects the event or does not answer.
    pub(super) async fn publish(
        &self,
        event: &Event,
        about: &ObjectReference,
    ) -> Result<(), kube::Error> {
        let key = Key {
            uid: about.uid.clone(),
            reason: event.reason.clone(),
            note: event.note.clone(),
        };
        match self.recorder(&key).publish(event, about).await {
            Err(kube::Error::Api(status)) if status.is_not_found() => {
                self.lock().remove(&key);
                self.recorder(&key).publish(event, about).await
            }
            answer => answer,
        }
    }

    /// The recorder of a text; for a repeat, the one that published it before.
    fn recorder(&self, key: &Key) -> Recorder {
        let mut published = self.lock();
        published.retain(|_, published| published.at.elapsed() < LIFETIME);
        let recorder = published.get(key).map_or_else(
            || Recorder::new(self.client.clone(), self.reporter.clone()),
            |published| published.recorder.clone(),
        );
        if published.len() >= MAX_KEPT && !published.contains_key(key) {
            let oldest = published.iter().min_by_key(|(_, published)| published.at);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                published.remove(&oldest);
            }
        }
        let newest = Published {
            recorder: recorder.clone(),
            at: Instant::now(),
        };
        published.insert(key.clone(), newest);
        recorder
    }

    /// Ignores poisoning: no panic can leave the recorders inconsistent.
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Published>> {
        self.published
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
