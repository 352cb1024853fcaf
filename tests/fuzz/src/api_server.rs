//! Kubernetes without a server: one object, which the operator reads and writes.

use std::sync::{Arc, Mutex};

use ecs_express_operator::{
    api::ExpressService,
    controller::objects::{MetadataPatch, ObjectKey, Objects, ObjectsError},
    core::report::event::Event,
};
use serde_json::{Value, json};

/// The API server; clones share its state.
#[derive(Clone, Debug)]
pub struct ApiServer(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    object: Value,
    version: u64,
    written: Vec<String>,
}

impl ApiServer {
    /// Serves an object.
    pub fn of(object: &ExpressService) -> Self {
        let object = serde_json::to_value(object).unwrap();
        let written = Vec::new();
        let mut state = State {
            object,
            version: 0,
            written,
        };
        state.raise_version();
        Self(Arc::new(Mutex::new(state)))
    }

    /// The object as it is stored now.
    pub fn object(&self) -> ExpressService {
        serde_json::from_value(self.0.lock().unwrap().object.clone()).unwrap()
    }

    /// Everything that was written since the last time: statuses and events.
    pub fn take_written(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().written)
    }

    fn patch(
        &self,
        object: &ExpressService,
        patch: &Value,
    ) -> Result<ExpressService, ObjectsError> {
        let mut state = self.0.lock().unwrap();
        let version = &state.object["metadata"]["resourceVersion"];
        if version.as_str() != object.metadata.resource_version.as_deref() {
            return Err(ObjectsError::Conflict);
        }
        let before = state.object.clone();
        merge(&mut state.object, patch);
        if state.object != before {
            state.raise_version();
        }
        Ok(serde_json::from_value(state.object.clone()).unwrap())
    }
}

impl State {
    fn raise_version(&mut self) {
        self.version += 1;
        self.object["metadata"]["resourceVersion"] = json!(self.version.to_string());
    }
}

impl Objects for ApiServer {
    fn cached(&self, _: &ObjectKey) -> Option<Arc<ExpressService>> {
        Some(Arc::new(self.object()))
    }

    fn cached_version(&self, _: &ObjectKey) -> Option<String> {
        self.object().metadata.resource_version
    }

    async fn read(&self, _: &ObjectKey) -> Result<ExpressService, ObjectsError> {
        Ok(self.object())
    }

    async fn patch_metadata(
        &self,
        object: &ExpressService,
        patch: &MetadataPatch,
    ) -> Result<ExpressService, ObjectsError> {
        let MetadataPatch {
            finalizers,
            annotations,
        } = patch;
        let metadata = json!({ "finalizers": finalizers, "annotations": annotations });
        self.patch(object, &json!({ "metadata": metadata }))
    }

    async fn patch_status(
        &self,
        object: &ExpressService,
        status: &Value,
    ) -> Result<ExpressService, ObjectsError> {
        self.0.lock().unwrap().written.push(status.to_string());
        self.patch(object, &json!({ "status": status }))
    }

    async fn publish(&self, _: &ExpressService, event: &Event) {
        self.0.lock().unwrap().written.push(format!("{event:?}"));
    }
}

/// Applies a merge patch (RFC 7386).
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        target.clone_from(patch);
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let Some(target) = target.as_object_mut() else {
        return;
    };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}
