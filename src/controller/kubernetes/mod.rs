//! The adapter of the port to Kubernetes, on kube.

pub(super) mod access;
pub(super) mod malformed;
mod recorders;
mod refusal;

use std::{fmt, sync::Arc, time::Duration};

use kube::{
    Api, Client, Resource, ResourceExt,
    api::{Patch, PatchParams},
    runtime::{
        events::{Event as KubeEvent, EventType, Reporter},
        reflector::{ObjectRef, Store},
    },
};
use serde_json::{Value, json};

use self::{recorders::Recorders, refusal::refusal};
use super::{
    objects::{MetadataPatch, ObjectKey, Objects, ObjectsError},
    watch::cache_entry::CacheEntry,
};
use crate::{
    api::{ExpressService, FIELD_MANAGER},
    core::report::event::{Event, Severity},
};

/// How long one request may take. The client itself does not limit the time to read an answer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);

/// The API server, with the watch's store as its cache.
pub struct Kubernetes {
    client: Client,
    store: Store<CacheEntry>,
    recorders: Recorders,
}

impl Kubernetes {
    /// Creates an adapter that reads from `store` and writes with `client`.
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

    /// Whether the cache has the object, malformed or not.
    fn holds(&self, key: &ObjectKey) -> bool {
        let reference = ObjectRef::new(&key.name).within(&key.namespace);
        self.store.get(&reference).is_some()
    }

    fn api(&self, object: &ExpressService) -> Api<ExpressService> {
        self.api_in(&object.namespace().unwrap_or_default())
    }

    fn api_in(&self, namespace: &str) -> Api<ExpressService> {
        Api::namespaced(self.client.clone(), namespace)
    }

    async fn publish_about(&self, object: &impl Resource<DynamicType = ()>, event: &Event) {
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
        let about = object.object_ref(&());
        let published = self.recorders.publish(&event, &about);
        if let Err(error) = answer(published).await {
            let error = match error {
                // Unlike other requests, this one is not retried.
                ObjectsError::Other(text) => text,
                other => other.to_string(),
            };
            tracing::warn!(object = %ObjectKey::of(object.meta()), error, "could not publish an event");
        }
    }
}

impl fmt::Debug for Kubernetes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kubernetes").finish_non_exhaustive()
    }
}

impl Objects for Kubernetes {
    fn cached(&self, key: &ObjectKey) -> Option<Arc<ExpressService>> {
        let reference = ObjectRef::new(&key.name).within(&key.namespace);
        let cached = self.store.get(&reference)?;
        match cached.decompress() {
            Ok(object) => Some(Arc::new(object)),
            Err(error) => {
                // A malformed object has been reported already.
                if cached.malformed().is_none() {
                    tracing::error!(object = %key, error, "could not decompress a cached object; please report this as a bug");
                }
                None
            }
        }
    }

    fn cached_version(&self, key: &ObjectKey) -> Option<String> {
        let reference = ObjectRef::new(&key.name).within(&key.namespace);
        let cached = self.store.get(&reference)?;
        let is_well_formed = cached.malformed().is_none();
        is_well_formed.then(|| cached.resource_version()).flatten()
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
        self.publish_about(object, event).await;
    }
}

/// Waits for the answer to a request within [`REQUEST_TIMEOUT`].
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
