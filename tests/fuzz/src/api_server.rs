//! The port to Kubernetes: the model of the API server with one object, and what the operator wrote.

use std::sync::{Arc, Mutex, MutexGuard};

use ecs_express_operator::{
    api::ExpressService,
    controller::objects::{MetadataPatch, ObjectKey, Objects, ObjectsError},
    core::report::event::Event,
};
use serde_json::Value;
use test_support::api_server::{ApiServer as Model, Patch, Stored};

/// The API server; clones share its state.
#[derive(Clone, Debug)]
pub struct ApiServer(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    model: Model,
    key: ObjectKey,
    written: Vec<String>,
}

impl ApiServer {
    /// Serves an object.
    pub fn of(object: &ExpressService) -> Self {
        let key = ObjectKey::of(&object.metadata);
        let mut model = Model::default();
        let object = serde_json::to_value(object).unwrap();
        model.overwrite(&key, object).unwrap();
        Self(Arc::new(Mutex::new(State {
            model,
            key,
            written: Vec::new(),
        })))
    }

    /// The object as it is stored now, unless it is gone.
    pub fn object(&self) -> Option<ExpressService> {
        let state = self.state();
        state.stored().map(|stored| stored.object.clone())
    }

    /// Everything that was written since the last time: statuses and events.
    pub fn take_written(&self) -> Vec<String> {
        std::mem::take(&mut self.state().written)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn patch(&self, patch: &Patch) -> Result<ExpressService, ObjectsError> {
        let write = self.state().model.patch(patch)?;
        Ok(write.answer.object.clone())
    }
}

impl State {
    fn stored(&self) -> Option<&Arc<Stored>> {
        self.model.get(&self.key)
    }
}

impl Objects for ApiServer {
    fn cached(&self, _: &ObjectKey) -> Option<Arc<ExpressService>> {
        self.object().map(Arc::new)
    }

    fn cached_version(&self, _: &ObjectKey) -> Option<String> {
        self.object()?.metadata.resource_version
    }

    async fn read(&self, _: &ObjectKey) -> Result<ExpressService, ObjectsError> {
        self.object().ok_or(ObjectsError::NotFound)
    }

    async fn patch_metadata(
        &self,
        object: &ExpressService,
        patch: &MetadataPatch,
    ) -> Result<ExpressService, ObjectsError> {
        self.patch(&Patch::metadata(object, patch))
    }

    async fn patch_status(
        &self,
        object: &ExpressService,
        status: &Value,
    ) -> Result<ExpressService, ObjectsError> {
        self.state().written.push(status.to_string());
        self.patch(&Patch::status(object, status))
    }

    async fn publish(&self, _: &ExpressService, event: &Event) {
        self.state().written.push(format!("{event:?}"));
    }
}
