//! An in-memory API server with resourceVersions, merge patches, finalizers and a log of the writes.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use ecs_express_operator::{
    api::ExpressService,
    controller::objects::{MetadataPatch, ObjectKey, Objects, ObjectsError},
    core::report::event::Event,
};
use serde_json::{Value, json};

use crate::harness::operator_process::TestClock;

/// The API server; clones share its state.
#[derive(Clone, Default)]
pub struct ApiServer(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    version: u64,
    objects: BTreeMap<ObjectKey, Value>,
    /// The stale object that the cache serves instead of the stored one.
    stale: Option<Value>,
    writes: Vec<String>,
    /// The object after each write of the operator.
    written: Vec<Value>,
    events: Vec<Event>,
    conflicts: u32,
    /// A concurrent change of the object, made before the next status write.
    meanwhile: Option<Meanwhile>,
    /// How many of the next status writes do not find the object.
    misses: u32,
    /// The error that rejects every status write.
    rejects: Option<String>,
    /// How long the next write of a kind (`status` or `metadata`) takes.
    slow: Option<(&'static str, TestClock, Duration)>,
    /// The stored CustomResourceDefinition does not know `status.operatorState`.
    prunes_operator_state: bool,
    /// The stored CustomResourceDefinition does not know these members of `status.operatorState`.
    prunes: Vec<&'static str>,
    /// The number of writes until the process crashes, and whether the last of them is stored.
    crash: Option<(usize, Stored)>,
    crashed: bool,
}

type Meanwhile = Box<dyn FnOnce(&mut Value) + Send>;

/// Whether the write during which a process crashes is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    Yes,
    No,
}

impl ApiServer {
    pub fn apply(&self, manifest: &Value) {
        let mut state = self.0.lock().unwrap();
        let mut object = manifest.clone();
        let name = object["metadata"]["name"].as_str().unwrap().to_owned();
        let namespace = object["metadata"]["namespace"].as_str().unwrap().to_owned();
        let key = ObjectKey { namespace, name };
        state.version += 1;
        let version = state.version;
        let before = state.objects.get(&key).cloned();
        match before {
            Some(mut stored) => {
                let changed = stored["spec"] != object["spec"];
                stored["spec"] = object["spec"].take();
                merge(&mut stored["metadata"], &object["metadata"]);
                if changed {
                    let generation = stored["metadata"]["generation"].as_i64().unwrap();
                    stored["metadata"]["generation"] = json!(generation + 1);
                }
                stored["metadata"]["resourceVersion"] = json!(version.to_string());
                state.objects.insert(key, stored);
            }
            None => {
                object["metadata"]["uid"] = json!(format!("uid-{version}"));
                object["metadata"]["generation"] = json!(1);
                object["metadata"]["resourceVersion"] = json!(version.to_string());
                state.objects.insert(key, object);
            }
        }
    }

    pub fn delete(&self, key: &ObjectKey) {
        self.patch(
            key,
            None,
            &json!({"metadata": {"deletionTimestamp": "2026-11-24T00:00:00Z"}}),
            "",
        )
        .unwrap();
    }

    pub fn stored(&self, key: &ObjectKey) -> Option<ExpressService> {
        let state = self.0.lock().unwrap();
        state
            .objects
            .get(key)
            .map(|object| serde_json::from_value(object.clone()).unwrap())
    }

    /// The stored spec.
    pub fn spec(&self, key: &ObjectKey) -> Value {
        self.0.lock().unwrap().objects[key]["spec"].clone()
    }

    /// Freezes the cache: from now on it serves the object as it is at this moment.
    pub fn freeze_cache(&self, key: &ObjectKey) {
        let mut state = self.0.lock().unwrap();
        state.stale = state.objects.get(key).cloned();
    }

    /// Makes the cache serve an earlier version of the object.
    pub fn show(&self, stale: Value) {
        self.0.lock().unwrap().stale = Some(stale);
    }

    /// A snapshot of the object, to be served later.
    pub fn snapshot(&self, key: &ObjectKey) -> Value {
        self.0.lock().unwrap().objects[key].clone()
    }

    pub fn thaw_cache(&self) {
        self.0.lock().unwrap().stale = None;
    }

    /// Makes the next status writes conflict with a concurrent change of the metadata.
    pub fn conflict_next(&self, times: u32) {
        self.0.lock().unwrap().conflicts = times;
    }

    /// Makes the next status write conflict with this concurrent change of the object.
    pub fn meanwhile(&self, change: impl FnOnce(&mut Value) + Send + 'static) {
        self.0.lock().unwrap().meanwhile = Some(Box::new(change));
    }

    /// Makes the next status writes fail with "not found", as when the CRD is not served for a moment.
    pub fn not_found_next(&self, times: u32) {
        self.0.lock().unwrap().misses = times;
    }

    /// Rejects every status write with this text, or accepts them again.
    pub fn reject(&self, text: Option<&str>) {
        self.0.lock().unwrap().rejects = text.map(str::to_owned);
    }

    /// Delays the next status write.
    pub fn delay_status_write(&self, clock: &TestClock, span: Duration) {
        self.0.lock().unwrap().slow = Some(("status", clock.clone(), span));
    }

    /// Delays the next metadata write.
    pub fn delay_metadata_write(&self, clock: &TestClock, span: Duration) {
        self.0.lock().unwrap().slow = Some(("metadata", clock.clone(), span));
    }

    /// The stored CustomResourceDefinition does not know `status.operatorState` (or does again): it is cut out of each write.
    pub fn prune_operator_state(&self, prunes: bool) {
        self.0.lock().unwrap().prunes_operator_state = prunes;
    }

    /// The stored CustomResourceDefinition does not know these members of `status.operatorState`, given by their paths with slashes.
    pub fn prune_members(&self, members: &[&'static str]) {
        self.0.lock().unwrap().prunes = members.to_vec();
    }

    /// Crashes the process after this many further writes: nothing that it writes afterwards is stored.
    pub fn crash_after(&self, writes: usize, stored: Stored) {
        self.0.lock().unwrap().crash = Some((writes, stored));
    }

    /// Whether the process has crashed; a new one may write again.
    pub fn take_crash(&self) -> bool {
        std::mem::take(&mut self.0.lock().unwrap().crashed)
    }

    /// Removes the object, as after somebody removed its finalizer manually.
    pub fn remove(&self, key: &ObjectKey) {
        self.0.lock().unwrap().objects.remove(key);
    }

    /// Removes the status, as a restore from a backup does.
    pub fn lose_status(&self, key: &ObjectKey) {
        self.patch(key, None, &json!({"status": null}), "").unwrap();
    }

    pub fn take_writes(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().writes)
    }

    /// The object after each write of the operator.
    pub fn take_written(&self) -> Vec<Value> {
        std::mem::take(&mut self.0.lock().unwrap().written)
    }

    /// The events that were published and not taken yet.
    pub fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().events.clone()
    }

    pub fn take_events(&self) -> Vec<Event> {
        std::mem::take(&mut self.0.lock().unwrap().events)
    }

    pub fn patch(
        &self,
        key: &ObjectKey,
        version: Option<&str>,
        patch: &Value,
        log: &str,
    ) -> Result<ExpressService, ObjectsError> {
        let mut state = self.0.lock().unwrap();
        let crashed = || ObjectsError::Other("the process is dead".into());
        let mut dies = false;
        if !log.is_empty() {
            if state.crashed {
                return Err(crashed());
            }
            if let Some((left, stored)) = state.crash {
                dies = left == 0;
                state.crashed = dies;
                state.crash = (!dies).then(|| (left - 1, stored));
                if dies && stored == Stored::No {
                    return Err(crashed());
                }
            }
        }
        let mut object = state
            .objects
            .get(key)
            .cloned()
            .ok_or(ObjectsError::NotFound)?;
        if let Some((kind, clock, span)) = state.slow.take() {
            if kind == log {
                clock.advance(span);
            } else {
                state.slow = Some((kind, clock, span));
            }
        }
        if log == "status" && state.misses > 0 {
            state.misses -= 1;
            return Err(ObjectsError::NotFound);
        }
        if log == "status"
            && let Some(text) = &state.rejects
        {
            return Err(ObjectsError::Invalid(text.clone()));
        }
        let disturbed = log == "status" && state.conflicts > 0;
        state.conflicts -= u32::from(disturbed);
        let meanwhile = (log == "status").then(|| state.meanwhile.take()).flatten();
        if disturbed || meanwhile.is_some() {
            if let Some(change) = meanwhile {
                change(&mut object);
            }
            state.version += 1;
            object["metadata"]["resourceVersion"] = json!(state.version.to_string());
            state.objects.insert(key.clone(), object.clone());
        }
        let current = object["metadata"]["resourceVersion"]
            .as_str()
            .map(str::to_owned);
        if version.is_some() && version != current.as_deref() {
            return Err(ObjectsError::Conflict);
        }
        let before = object.clone();
        merge(&mut object, patch);
        if let Some(duplicate) = duplicate(&object) {
            return Err(ObjectsError::Invalid(duplicate));
        }
        if state.prunes_operator_state
            && let Some(status) = object["status"].as_object_mut()
        {
            status.remove("operatorState");
        }
        for member in &state.prunes {
            let (parent, name) = member.rsplit_once('/').unwrap_or(("", member));
            let parent = match parent {
                "" => "/status/operatorState".to_owned(),
                parent => format!("/status/operatorState/{parent}"),
            };
            if let Some(Value::Object(parent)) = object.pointer_mut(&parent) {
                parent.remove(name);
            }
        }
        // As in the real API server, a write that changes nothing keeps the resourceVersion.
        if object != before {
            state.version += 1;
            object["metadata"]["resourceVersion"] = json!(state.version.to_string());
        }
        if !log.is_empty() {
            state.writes.push(log.to_owned());
            state.written.push(object.clone());
        }
        let finalizers = object["metadata"]["finalizers"]
            .as_array()
            .map_or(0, Vec::len);
        if !object["metadata"]["deletionTimestamp"].is_null() && finalizers == 0 {
            state.objects.remove(key);
        } else {
            state.objects.insert(key.clone(), object.clone());
        }
        if dies {
            return Err(crashed());
        }
        Ok(serde_json::from_value(object).unwrap())
    }
}

/// The list maps of the status, each with its key.
const LIST_MAPS: [(&str, &str); 3] = [
    ("conditions", "type"),
    ("revisions", "arn"),
    ("drift", "field"),
];

/// Rejects duplicate keys in a list map, as the schema does.
fn duplicate(object: &Value) -> Option<String> {
    LIST_MAPS.iter().find_map(|(list, key)| {
        let mut seen = std::collections::BTreeSet::new();
        let elements = object["status"][list].as_array()?;
        let twice = elements
            .iter()
            .find(|element| !seen.insert(element[key].to_string()))?;
        Some(format!("status.{list}: Duplicate value: {}", twice[key]))
    })
}

pub fn merge(target: &mut Value, patch: &Value) {
    match patch {
        Value::Object(patch) => {
            if !target.is_object() {
                *target = json!({});
            }
            let target = target.as_object_mut().unwrap();
            for (key, value) in patch {
                if value.is_null() {
                    target.remove(key);
                } else {
                    merge(target.entry(key.clone()).or_insert(Value::Null), value);
                }
            }
        }
        other => *target = other.clone(),
    }
}

impl Objects for ApiServer {
    fn cached_version(&self, key: &ObjectKey) -> Option<String> {
        self.cached(key)?.metadata.resource_version.clone()
    }

    fn cached(&self, key: &ObjectKey) -> Option<Arc<ExpressService>> {
        let state = self.0.lock().unwrap();
        let object = state.stale.as_ref().or(state.objects.get(key))?;
        Some(Arc::new(serde_json::from_value(object.clone()).unwrap()))
    }

    async fn read(&self, key: &ObjectKey) -> Result<ExpressService, ObjectsError> {
        self.stored(key).ok_or(ObjectsError::NotFound)
    }

    async fn patch_metadata(
        &self,
        object: &ExpressService,
        patch: &MetadataPatch,
    ) -> Result<ExpressService, ObjectsError> {
        let body =
            json!({"metadata": {"finalizers": patch.finalizers, "annotations": patch.annotations}});
        self.patch(
            &ObjectKey::of(&object.metadata),
            object.metadata.resource_version.as_deref(),
            &body,
            "metadata",
        )
    }

    async fn patch_status(
        &self,
        object: &ExpressService,
        status: &Value,
    ) -> Result<ExpressService, ObjectsError> {
        let body = json!({ "status": status });
        self.patch(
            &ObjectKey::of(&object.metadata),
            object.metadata.resource_version.as_deref(),
            &body,
            "status",
        )
    }

    async fn publish(&self, _: &ExpressService, event: &Event) {
        self.0.lock().unwrap().events.push(event.clone());
    }
}
