//! The port to Kubernetes, over kube.

use std::{sync::Arc, time::Duration};

use kube::{
    Api, Client, Resource, ResourceExt,
    api::{Patch, PatchParams},
    runtime::{
        events::{Event as KubeEvent, EventType, Reporter},
        reflector::{ObjectRef, Store},
    },
};
use serde_json::{Value, json};

use super::{
    cache_entry::CacheEntry,
    objects::{MetadataPatch, ObjectKey, Objects, ObjectsError},
    recorders::Recorders,
    refusal::refusal,
};
use crate::{
    api::{ExpressService, FIELD_MANAGER},
    core::report::{
        event::{Event, Severity},
        state::State,
    },
    telemetry::metrics::ObjectStates,
};

/// How long one request may take: the client itself has no limit for reading an answer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);

/// The API server, with the watch's store before it.
pub struct Kubernetes {
    client: Client,
    store: Store<CacheEntry>,
    recorders: Recorders,
}

impl Kubernetes {
    /// Reads from `store`, writes with `client`.
    pub fn new(client: Client, store: Store<CacheEntry>) -> Self {
        let reporter = Reporter {
            controller: FIELD_MANAGER.to_owned(),
            instance: std::env::var("HOSTNAME").ok(),
        };
        Self {
            recorders: Recorders::new(client.clone(), reporter),
            client,
            store,
        }
    }

    fn api(&self, object: &ExpressService) -> Api<ExpressService> {
        self.api_in(&object.namespace().unwrap_or_default())
    }

    fn api_in(&self, namespace: &str) -> Api<ExpressService> {
        Api::namespaced(self.client.clone(), namespace)
    }

    /// Publishes an event; what cannot be told is logged.
    async fn tell(&self, object: &impl Resource<DynamicType = ()>, event: &KubeEvent) {
        let about = object.object_ref(&());
        let recorder = self.recorders.of(event, &about);
        if let Err(error) = answer(recorder.publish(event, &about)).await {
            let error = match error {
                // Unlike other writes it is not tried again.
                ObjectsError::Other(text) => text,
                other => other.to_string(),
            };
            tracing::warn!(object = %ObjectKey::of(object.meta()), error, "an event could not be published");
        }
    }

    /// Says of a malformed object that it is malformed: by an event, and in its status where the API server still takes
    /// one (it does not where a value has another type than the schema's).
    pub async fn mark_malformed(
        &self,
        object: &CacheEntry,
        message: &str,
    ) -> Result<(), ObjectsError> {
        let meta = object.meta();
        let reason = crate::api::conditions::reasons::INVALID_SPEC;
        let event = KubeEvent {
            type_: EventType::Warning,
            reason: reason.to_owned(),
            note: Some(message.to_owned()),
            action: "Reconcile".to_owned(),
            secondary: None,
        };
        self.tell(object, &event).await;
        let condition = |kind: &str, status: &str| {
            json!({
                "type": kind, "status": status, "reason": reason, "message": message,
                "observedGeneration": meta.generation, "lastTransitionTime": meta.creation_timestamp,
            })
        };
        let patch = json!({"status": {
            "observedGeneration": meta.generation,
            "conditions": [condition("Ready", "False"), condition("Synced", "False"), condition("Stalled", "True")],
        }});
        let api: Api<CacheEntry> = Api::namespaced(
            self.client.clone(),
            meta.namespace.as_deref().unwrap_or_default(),
        );
        let (name, params) = (object.name_any(), PatchParams::default());
        answer(api.patch_status(&name, &params, &Patch::Merge(patch))).await?;
        Ok(())
    }
}

/// The states of the objects in the watch's store.
pub struct States(pub Store<CacheEntry>);

impl ObjectStates for States {
    fn states(&self) -> Vec<State> {
        let objects = self.0.state();
        objects.iter().map(|object| object.state()).collect()
    }
}

impl Objects for Kubernetes {
    fn cached(&self, key: &ObjectKey) -> Option<Arc<ExpressService>> {
        let reference = ObjectRef::new(&key.name).within(&key.namespace);
        let cached = self.store.get(&reference)?;
        match cached.decompress() {
            Ok(object) => Some(Arc::new(object)),
            Err(malformed) => {
                // Of a malformed object the loop has told already.
                if cached.malformed().is_none() {
                    tracing::error!(object = %key, malformed, "the cache cannot give the object back; please report it");
                }
                None
            }
        }
    }

    fn cached_version(&self, key: &ObjectKey) -> Option<String> {
        let reference = ObjectRef::new(&key.name).within(&key.namespace);
        let cached = self.store.get(&reference)?;
        let sound = cached.malformed().is_none();
        sound.then(|| cached.resource_version()).flatten()
    }

    async fn read(&self, key: &ObjectKey) -> Result<ExpressService, ObjectsError> {
        let api = self.api_in(&key.namespace);
        answer(api.get(&key.name)).await
    }

    async fn patch_metadata(
        &self,
        object: &ExpressService,
        patch: &MetadataPatch,
    ) -> Result<ExpressService, ObjectsError> {
        let body = json!({"metadata": {
            "resourceVersion": object.metadata.resource_version,
            "finalizers": patch.finalizers,
            "annotations": patch.annotations,
        }});
        let (api, name) = (self.api(object), object.name_any());
        answer(api.patch(&name, &PatchParams::default(), &Patch::Merge(body))).await
    }

    async fn patch_status(
        &self,
        object: &ExpressService,
        status: &Value,
    ) -> Result<ExpressService, ObjectsError> {
        let body = json!({
            "metadata": { "resourceVersion": object.metadata.resource_version },
            "status": status,
        });
        let (api, name) = (self.api(object), object.name_any());
        answer(api.patch_status(&name, &PatchParams::default(), &Patch::Merge(body))).await
    }

    async fn publish(&self, object: &ExpressService, event: &Event) {
        let event = KubeEvent {
            type_: match event.severity {
                Severity::Normal => EventType::Normal,
                Severity::Warning => EventType::Warning,
            },
            reason: event.reason.to_owned(),
            note: Some(event.note.clone()),
            action: event.action.to_owned(),
            secondary: None,
        };
        self.tell(object, &event).await;
    }
}

async fn answer<T>(
    request: impl Future<Output = Result<T, kube::Error>>,
) -> Result<T, ObjectsError> {
    match tokio::time::timeout(REQUEST_TIMEOUT, request).await {
        Ok(Ok(object)) => Ok(object),
        Ok(Err(error)) => Err(refusal(error)),
        Err(_) => Err(ObjectsError::Other(format!(
            "no answer within {REQUEST_TIMEOUT:?}"
        ))),
    }
}
