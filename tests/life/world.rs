//! A small world: the shipped loop and the shipped AWS adapter against the emulator, an in-memory API server, and a clock
//! that only the test moves.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use ecs_express_emulator::{Emulator, Settings as EmulatorSettings};
use ecs_express_operator::{
    api::{ExpressService, ExpressServiceStatus},
    controller::{
        Next,
        context::{Clock, Context, Settings},
        objects::{MetadataPatch, ObjectKey, Objects, ObjectsError},
        reconcile,
    },
    core::{desired::Home, events::Event, identity::Caller},
    ecs::aws::{AwsEcs, Timeouts},
};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Objects with resourceVersions, merge patches, finalizers, and a log of the writes.
#[derive(Clone, Default)]
pub struct ApiServer(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    version: u64,
    objects: BTreeMap<ObjectKey, Value>,
    /// What the cache shows instead of the truth.
    stale: Option<Value>,
    writes: Vec<String>,
    events: Vec<Event>,
    conflicts: u32,
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
        self.patch(key, None, &json!({"metadata": {"deletionTimestamp": "2026-11-24T00:00:00Z"}}), "")
            .unwrap();
    }

    pub fn stored(&self, key: &ObjectKey) -> Option<ExpressService> {
        let state = self.0.lock().unwrap();
        state.objects.get(key).map(|object| serde_json::from_value(object.clone()).unwrap())
    }

    /// From now on the cache shows the object as it is at this moment.
    pub fn freeze(&self, key: &ObjectKey) {
        let mut state = self.0.lock().unwrap();
        state.stale = state.objects.get(key).cloned();
    }

    pub fn thaw(&self) {
        self.0.lock().unwrap().stale = None;
    }

    /// The next status writes meet a conflict: somebody else changes the metadata first.
    pub fn disturb(&self, times: u32) {
        self.0.lock().unwrap().conflicts = times;
    }

    pub fn take_writes(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().writes)
    }

    pub fn take_events(&self) -> Vec<Event> {
        std::mem::take(&mut self.0.lock().unwrap().events)
    }

    fn patch(
        &self,
        key: &ObjectKey,
        version: Option<&str>,
        patch: &Value,
        log: &str,
    ) -> Result<ExpressService, ObjectsError> {
        let mut state = self.0.lock().unwrap();
        let mut object = state.objects.get(key).cloned().ok_or(ObjectsError::NotFound)?;
        if log == "status" && state.conflicts > 0 {
            state.conflicts -= 1;
            state.version += 1;
            object["metadata"]["resourceVersion"] = json!(state.version.to_string());
            state.objects.insert(key.clone(), object.clone());
        }
        let current = object["metadata"]["resourceVersion"].as_str().map(str::to_owned);
        if version.is_some() && version != current.as_deref() {
            return Err(ObjectsError::Conflict);
        }
        merge(&mut object, patch);
        state.version += 1;
        object["metadata"]["resourceVersion"] = json!(state.version.to_string());
        if !log.is_empty() {
            state.writes.push(log.to_owned());
        }
        let finalizers = object["metadata"]["finalizers"].as_array().map_or(0, Vec::len);
        if !object["metadata"]["deletionTimestamp"].is_null() && finalizers == 0 {
            state.objects.remove(key);
        } else {
            state.objects.insert(key.clone(), object.clone());
        }
        Ok(serde_json::from_value(object).unwrap())
    }
}

fn merge(target: &mut Value, patch: &Value) {
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
        let body = json!({"metadata": {"finalizers": patch.finalizers, "annotations": patch.annotations}});
        self.patch(&ObjectKey::of(object), object.metadata.resource_version.as_deref(), &body, "metadata")
    }

    async fn patch_status(
        &self,
        object: &ExpressService,
        status: &Value,
    ) -> Result<ExpressService, ObjectsError> {
        let body = json!({ "status": status });
        self.patch(&ObjectKey::of(object), object.metadata.resource_version.as_deref(), &body, "status")
    }

    async fn publish(&self, _: &ExpressService, event: &Event) {
        self.0.lock().unwrap().events.push(event.clone());
    }
}

/// A clock that only the test moves; chance is always its mean.
#[derive(Clone, Default)]
pub struct TestClock(Arc<AtomicU64>);

impl Clock for TestClock {
    fn wall(&self) -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap() + self.uptime()
    }

    fn uptime(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }

    fn chance(&self) -> f64 {
        0.0
    }
}

/// The world of one object.
pub struct World {
    pub api: ApiServer,
    pub emulator: Emulator,
    pub clock: TestClock,
    pub key: ObjectKey,
    pub operator: Context<AwsEcs, ApiServer, TestClock>,
    next: Option<Duration>,
}

pub fn manifest(spec: &Value) -> Value {
    let mut manifest = json!({
        "apiVersion": "ecs-express.dev/v1alpha1", "kind": "ExpressService",
        "metadata": {"namespace": "team-a", "name": "shop"},
        "spec": {
            "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infra",
            "executionRoleArn": "arn:aws:iam::123456789012:role/exec",
            "primaryContainer": {"image": "shop:1"},
        },
    });
    merge(&mut manifest["spec"], spec);
    manifest
}

impl World {
    pub async fn new() -> Self {
        let emulator = Emulator::start(EmulatorSettings {
            time_scale: 0.0,
            ..EmulatorSettings::default()
        })
        .await
        .unwrap();
        let (api, clock) = (ApiServer::default(), TestClock::default());
        let operator = operator(&emulator, &api, &clock).await;
        Self {
            key: ObjectKey {
                namespace: "team-a".into(),
                name: "shop".into(),
            },
            api,
            emulator,
            clock,
            operator,
            next: Some(Duration::ZERO),
        }
    }

    pub fn apply(&mut self, spec: &Value) {
        self.api.apply(&manifest(spec));
        self.next = Some(Duration::ZERO);
    }

    pub fn annotate(&mut self, key: &str, value: &str) {
        let patch = json!({"metadata": {"annotations": {(key): value}}});
        self.api.patch(&self.key, None, &patch, "").unwrap();
        self.next = Some(Duration::ZERO);
    }

    pub fn delete(&mut self) {
        self.api.delete(&self.key);
        self.next = Some(Duration::ZERO);
    }

    /// A new process: nothing is known but what is stored.
    pub async fn restart_operator(&mut self) {
        self.operator = operator(&self.emulator, &self.api, &self.clock).await;
        self.next = Some(Duration::ZERO);
    }

    /// One pass, now.
    pub async fn pass(&mut self) -> Next {
        let next = reconcile(&self.operator, &self.key).await;
        self.next = match next {
            Next::Look(delay) => Some(delay),
            Next::Change => None,
        };
        next
    }

    /// Lets time pass, with every look that falls due.
    pub async fn run(&mut self, span: Duration) {
        let mut left = span;
        while let Some(next) = self.next {
            if next > left {
                self.next = Some(next - left);
                break;
            }
            self.pass_time(next);
            left -= next;
            self.pass().await;
        }
        self.pass_time(left);
    }

    pub fn pass_time(&self, span: Duration) {
        self.emulator.advance(span);
        self.clock.0.fetch_add(u64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// Lets time pass until the object says so, for half an hour at most.
    pub async fn until(&mut self, what: &str, holds: impl Fn(&World) -> bool) {
        for _ in 0..1800 {
            if holds(self) {
                return;
            }
            self.run(Duration::from_secs(1)).await;
        }
        panic!("not within half an hour: {what}; status: {:#?}", self.status());
    }

    pub fn status(&self) -> ExpressServiceStatus {
        let object = self.api.stored(&self.key);
        object.and_then(|object| object.status).unwrap_or_default()
    }

    pub fn condition(&self, kind: &str) -> String {
        let status = self.status();
        let condition = status.conditions.iter().find(|condition| condition.type_ == kind);
        condition.map_or("absent".into(), |c| format!("{} {}", c.status, c.reason))
    }

    pub fn is_ready(&self) -> bool {
        let generation = self.api.stored(&self.key).and_then(|object| object.metadata.generation);
        self.condition("Ready").starts_with("True") && self.status().observed_generation == generation
    }

    pub async fn until_ready(&mut self) {
        self.until("Ready", World::is_ready).await;
    }

    /// Calls of an action so far.
    pub fn calls(&self, action: &str) -> usize {
        self.emulator.calls().iter().filter(|call| call.action == action).count()
    }
}

async fn operator(
    emulator: &Emulator,
    api: &ApiServer,
    clock: &TestClock,
) -> Context<AwsEcs, ApiServer, TestClock> {
    let config = aws_config::SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::v2026_01_12())
        .endpoint_url(emulator.url())
        .region(aws_config::Region::new("eu-west-1"))
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(
            aws_credential_types::Credentials::new("AKIDEXAMPLE", "secret", None, None, "test"),
        ))
        .build();
    let ecs = AwsEcs::from_sdk_config(config, Timeouts::default()).unwrap();
    let home = Home {
        caller: Caller {
            partition: "aws".into(),
            account: "123456789012".into(),
        },
        region: "eu-west-1".into(),
        cluster_id: "cluster-1".into(),
    };
    Context::new(ecs, api.clone(), clock.clone(), Settings::default(), home)
}
