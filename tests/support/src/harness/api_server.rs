//! The port to Kubernetes of the simulated cluster: the model of the API server, a cache that may be stale, faults, and
//! a log of the writes.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use ecs_express_operator::{
    api::ExpressService,
    controller::objects::{MetadataPatch, ObjectKey, Objects, ObjectsError},
    core::report::event::Event,
};
use serde_json::{Value, json};

use crate::{
    api_server::{ApiServer as Model, Definition, Part, Patch},
    harness::operator_process::TestClock,
    merge_patch::merge,
};

/// The API server as the operators of a cluster reach it; clones share it.
#[derive(Clone, Default)]
pub struct ApiServer(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    model: Model,
    /// The stale object that the cache serves instead of the stored one.
    stale: Option<Value>,
    faults: Faults,
    /// The kinds of the operator's writes: `status` or `metadata`.
    writes: Vec<String>,
    /// The object after each write of the operator.
    written: Vec<Value>,
    events: Vec<Event>,
}

#[derive(Default)]
struct Faults {
    /// How many of the next status writes conflict with a concurrent change of the metadata.
    conflicts: u32,
    /// A concurrent change of the object, made before the next status write.
    meanwhile: Option<Meanwhile>,
    /// How many of the next status writes do not find the object.
    misses: u32,
    /// The error that rejects every status write.
    rejects: Option<String>,
    /// How long the next write of a part takes.
    slow: Option<(Part, TestClock, Duration)>,
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

/// The CustomResourceDefinition of a version that did not know `status.operatorState`.
pub fn without_operator_state() -> Definition {
    Definition::current().without(&["status/operatorState"])
}

/// What users, others and the cluster do.
impl ApiServer {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Creates the object of a manifest, or gives it that spec and metadata.
    pub fn apply(&self, manifest: &Value) {
        self.try_apply(manifest).unwrap();
    }

    /// The same, if the API server does not refuse it.
    pub fn try_apply(&self, manifest: &Value) -> Result<(), ObjectsError> {
        let text = |name: &str| manifest["metadata"][name].as_str().unwrap().to_owned();
        let key = ObjectKey {
            namespace: text("namespace"),
            name: text("name"),
        };
        let model = &mut self.state().model;
        let written = if model.get(&key).is_some() {
            model.edit(&key, |object| {
                object["spec"] = manifest["spec"].clone();
                merge(&mut object["metadata"], &manifest["metadata"]);
            })
        } else {
            model.create(&key, manifest.clone())
        };
        written.map(drop)
    }

    /// Changes the object by a merge patch.
    pub fn change(&self, key: &ObjectKey, patch: &Value) {
        let model = &mut self.state().model;
        model.edit(key, |object| merge(object, patch)).unwrap();
    }

    pub fn delete(&self, key: &ObjectKey) {
        let model = &mut self.state().model;
        model.delete(key, "2026-11-24T00:00:00Z").unwrap();
    }

    /// Removes the object, as after somebody removed its finalizer manually.
    pub fn remove(&self, key: &ObjectKey) {
        self.state().model.remove(key);
    }

    /// Removes the status, as a restore from a backup does.
    pub fn lose_status(&self, key: &ObjectKey) {
        self.change(key, &json!({"status": null}));
    }

    pub fn stored(&self, key: &ObjectKey) -> Option<ExpressService> {
        let state = self.state();
        state.model.get(key).map(|stored| stored.object.clone())
    }

    /// The stored spec.
    pub fn spec(&self, key: &ObjectKey) -> Value {
        self.snapshot(key)["spec"].clone()
    }

    /// A snapshot of the object, to be served later.
    pub fn snapshot(&self, key: &ObjectKey) -> Value {
        self.state().model.get(key).unwrap().json.clone()
    }

    /// Serves another CustomResourceDefinition.
    pub fn serve(&self, definition: Definition) {
        self.state().model.serve(definition);
    }
}

/// What goes wrong.
impl ApiServer {
    /// Freezes the cache: from now on it serves the object as it is at this moment.
    pub fn freeze_cache(&self, key: &ObjectKey) {
        let snapshot = self.snapshot(key);
        self.show(snapshot);
    }

    /// Makes the cache serve an earlier version of the object.
    pub fn show(&self, stale: Value) {
        self.state().stale = Some(stale);
    }

    pub fn thaw_cache(&self) {
        self.state().stale = None;
    }

    /// Makes the next status writes conflict with a concurrent change of the metadata.
    pub fn conflict_next(&self, times: u32) {
        self.state().faults.conflicts = times;
    }

    /// Makes the next status write conflict with this concurrent change of the object.
    pub fn meanwhile(&self, change: impl FnOnce(&mut Value) + Send + 'static) {
        self.state().faults.meanwhile = Some(Box::new(change));
    }

    /// Makes the next status writes fail with "not found", as when the CRD is not served for a moment.
    pub fn not_found_next(&self, times: u32) {
        self.state().faults.misses = times;
    }

    /// Rejects every status write with this text, or accepts them again.
    pub fn reject(&self, text: Option<&str>) {
        self.state().faults.rejects = text.map(str::to_owned);
    }

    /// Delays the next status write.
    pub fn delay_status_write(&self, clock: &TestClock, span: Duration) {
        self.state().faults.slow = Some((Part::Status, clock.clone(), span));
    }

    /// Delays the next metadata write.
    pub fn delay_metadata_write(&self, clock: &TestClock, span: Duration) {
        self.state().faults.slow = Some((Part::Metadata, clock.clone(), span));
    }

    /// The stored CustomResourceDefinition does not know these members of `status.operatorState`, given by their paths with slashes.
    pub fn prune_members(&self, members: &[&str]) {
        let path = |member: &&str| format!("status/operatorState/{member}");
        let paths: Vec<_> = members.iter().map(path).collect();
        let paths: Vec<_> = paths.iter().map(String::as_str).collect();
        self.serve(Definition::current().without(&paths));
    }

    /// Crashes the process after this many further writes: nothing that it writes afterwards is stored.
    pub fn crash_after(&self, writes: usize, stored: Stored) {
        self.state().faults.crash = Some((writes, stored));
    }

    /// Whether the process has crashed; a new one may write again.
    pub fn take_crash(&self) -> bool {
        std::mem::take(&mut self.state().faults.crashed)
    }
}

/// What the operator wrote.
impl ApiServer {
    pub fn take_writes(&self) -> Vec<String> {
        std::mem::take(&mut self.state().writes)
    }

    /// The object after each write of the operator.
    pub fn take_written(&self) -> Vec<Value> {
        std::mem::take(&mut self.state().written)
    }

    /// The events that were published and not taken yet.
    pub fn events(&self) -> Vec<Event> {
        self.state().events.clone()
    }

    pub fn take_events(&self) -> Vec<Event> {
        std::mem::take(&mut self.state().events)
    }
}

impl State {
    /// Serves a write of an operator, with the faults that meet it.
    fn serve(&mut self, patch: &Patch) -> Result<ExpressService, ObjectsError> {
        let crashed = || ObjectsError::Other("the process is dead".into());
        let dies = match self.faults.crash_of_the_write() {
            Some(Stored::No) => return Err(crashed()),
            Some(Stored::Yes) => true,
            None if self.faults.crashed => return Err(crashed()),
            None => false,
        };
        self.disturb(patch)?;
        let answer = self.model.patch(patch)?.answer;
        let kind = match patch.part {
            Part::Metadata => "metadata",
            Part::Status => "status",
        };
        self.writes.push(kind.to_owned());
        self.written.push(answer.json.clone());
        if dies {
            return Err(crashed());
        }
        Ok(answer.object.clone())
    }

    fn disturb(&mut self, patch: &Patch) -> Result<(), ObjectsError> {
        let Patch { key, part, .. } = patch;
        let Some(stored) = self.model.get(key).cloned() else {
            return Err(ObjectsError::NotFound);
        };
        let faults = &mut self.faults;
        if let Some((_, clock, span)) = faults.slow.take_if(|(slow, ..)| slow == part) {
            clock.advance(span);
        }
        if *part == Part::Metadata {
            return Ok(());
        }
        if faults.misses > 0 {
            faults.misses -= 1;
            return Err(ObjectsError::NotFound);
        }
        if let Some(text) = &faults.rejects {
            return Err(ObjectsError::Invalid(text.clone()));
        }
        let disturbed = faults.conflicts > 0;
        faults.conflicts -= u32::from(disturbed);
        let change = faults.meanwhile.take();
        if disturbed || change.is_some() {
            let mut object = stored.json.clone();
            if let Some(change) = change {
                change(&mut object);
            }
            self.model.overwrite(key, object)?;
        }
        Ok(())
    }
}

impl Faults {
    /// Whether the process crashes during this write, and whether the write is stored nevertheless.
    fn crash_of_the_write(&mut self) -> Option<Stored> {
        if self.crashed {
            return None;
        }
        let (left, stored) = self.crash.take()?;
        if left > 0 {
            self.crash = Some((left - 1, stored));
            return None;
        }
        self.crashed = true;
        Some(stored)
    }
}

impl Objects for ApiServer {
    fn cached_version(&self, key: &ObjectKey) -> Option<String> {
        self.cached(key)?.metadata.resource_version.clone()
    }

    fn cached(&self, key: &ObjectKey) -> Option<Arc<ExpressService>> {
        let state = self.state();
        let object = match &state.stale {
            Some(stale) => serde_json::from_value(stale.clone()).unwrap(),
            None => state.model.get(key)?.object.clone(),
        };
        Some(Arc::new(object))
    }

    async fn read(&self, key: &ObjectKey) -> Result<ExpressService, ObjectsError> {
        self.stored(key).ok_or(ObjectsError::NotFound)
    }

    async fn patch_metadata(
        &self,
        object: &ExpressService,
        patch: &MetadataPatch,
    ) -> Result<ExpressService, ObjectsError> {
        let patch = Patch::metadata(object, patch);
        self.state().serve(&patch)
    }

    async fn patch_status(
        &self,
        object: &ExpressService,
        status: &Value,
    ) -> Result<ExpressService, ObjectsError> {
        let patch = Patch::status(object, status);
        self.state().serve(&patch)
    }

    async fn publish(&self, _: &ExpressService, event: &Event) {
        self.state().events.push(event.clone());
    }
}
