//! The simulated cluster: the shipped reconcile loop and AWS adapter against the emulator, with an in-memory API server
//! and a clock that only the test advances.

use std::time::Duration;

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use ecs_express_emulator::{Change, Emulator, Settings as EmulatorSettings};
use ecs_express_operator::{
    api::ExpressServiceStatus,
    controller::{
        Requeue,
        objects::{ObjectKey, merge_patch},
        reconcile,
    },
};
use serde_json::{Value, json};

use crate::{
    harness::{
        api_server::ApiServer,
        operator_process::{Operator, TestClock, operator, operator_with},
    },
    manifest,
};

/// The name of the object's service.
pub const SERVICE: &str = "team-a_shop";
pub const CREATE: &str = "CreateExpressGatewayService";
pub const UPDATE: &str = "UpdateExpressGatewayService";
pub const DELETE: &str = "DeleteExpressGatewayService";
pub const DESCRIBE: &str = "DescribeExpressGatewayService";

/// A simulated cluster with one object.
pub struct SimulatedCluster {
    pub api: ApiServer,
    pub emulator: Emulator,
    pub clock: TestClock,
    pub key: ObjectKey,
    pub operator: Operator,
    /// Access key id of the operator's credentials; the emulator takes twelve digits as the account.
    pub access_key: String,
    /// Whether an operator process has crashed.
    pub crashed: bool,
    next: Option<Duration>,
}

/// The object's manifest, with a merge patch of the smallest spec.
pub fn manifest(spec: &Value) -> Value {
    let manifest = manifest::manifest("shop", &manifest::spec(spec));
    manifest::namespaced("team-a", manifest)
}

impl SimulatedCluster {
    pub async fn new() -> Self {
        let emulator = Emulator::start(EmulatorSettings {
            time_scale: 0.0,
            region: "eu-west-1".into(),
            ..EmulatorSettings::default()
        })
        .await
        .unwrap();
        let (api, clock) = (ApiServer::default(), TestClock::default());
        let access_key = "AKIDEXAMPLE".to_owned();
        let operator = operator(&emulator, &api, &clock, &access_key);
        Self {
            access_key,
            crashed: false,
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

    /// A cluster with these emulator settings, as documented in the emulator's README.
    pub async fn with(settings: Value) -> Self {
        let cluster = Self::new().await;
        cluster.emulator.change_settings(&settings).unwrap();
        cluster
    }

    /// A cluster with a service that is Ready and idle; earlier events are discarded.
    pub async fn ready(spec: &Value) -> Self {
        let mut cluster = Self::with(json!({"bakeSeconds": 10})).await;
        cluster.apply(spec);
        cluster.until_ready().await;
        cluster.run(Duration::from_secs(120)).await;
        cluster.api.take_events();
        cluster
    }

    pub fn apply(&mut self, spec: &Value) {
        self.api.apply(&manifest(spec));
        self.next = Some(Duration::ZERO);
    }

    pub fn annotate(&mut self, key: &str, value: &str) {
        let patch = json!({"metadata": {"annotations": {(key): value}}});
        self.api.change(&self.key, &patch);
        self.next = Some(Duration::ZERO);
    }

    pub fn delete(&mut self) {
        self.api.delete(&self.key);
        self.next = Some(Duration::ZERO);
    }

    /// A new operator process, which knows only what is stored.
    pub fn restart_operator(&mut self) {
        self.operator = self.second_operator();
        self.next = Some(Duration::ZERO);
    }

    /// A second operator process beside the first.
    pub fn second_operator(&self) -> Operator {
        operator(&self.emulator, &self.api, &self.clock, &self.access_key)
    }

    /// A new operator process with credentials from this provider.
    pub fn use_provider(&mut self, provider: impl ProvideCredentials + 'static) {
        let credentials = SharedCredentialsProvider::new(provider);
        self.operator = operator_with(&self.emulator, &self.api, &self.clock, credentials);
        self.requeue_now();
    }

    /// Makes a reconcile due now, as a restarted watch does.
    pub fn requeue_now(&mut self) {
        self.next = Some(Duration::ZERO);
    }

    /// Reconciles the object once, now.
    pub async fn reconcile_once(&mut self) -> Requeue {
        let next = reconcile(&self.operator, &self.key).await;
        self.next = match next {
            Requeue::After(delay) => Some(delay),
            Requeue::AwaitChange => None,
        };
        next
    }

    /// Advances the clock and runs every reconcile that becomes due.
    pub async fn run(&mut self, span: Duration) {
        let mut left = span;
        while let Some(next) = self.next {
            if next > left {
                self.next = Some(next - left);
                break;
            }
            self.advance(next);
            left -= next;
            self.reconcile_once().await;
            if self.api.take_crash() {
                self.crashed = true;
                self.restart_operator();
            }
        }
        self.advance(left);
    }

    pub fn advance(&self, span: Duration) {
        self.emulator.advance(span);
        self.clock.advance(span);
    }

    /// Advances the clock until the condition holds, for half an hour at most.
    pub async fn until(&mut self, what: &str, holds: impl Fn(&SimulatedCluster) -> bool) {
        for _ in 0..1800 {
            if holds(self) {
                return;
            }
            self.run(Duration::from_secs(1)).await;
        }
        panic!(
            "not within half an hour: {what}; status: {:#?}",
            self.status()
        );
    }

    pub fn status(&self) -> ExpressServiceStatus {
        let object = self.api.stored(&self.key);
        object.and_then(|object| object.status).unwrap_or_default()
    }

    pub fn condition(&self, kind: &str) -> String {
        let status = self.status();
        let condition = status
            .conditions
            .iter()
            .find(|condition| condition.type_ == kind);
        condition.map_or("absent".into(), |c| format!("{} {}", c.status, c.reason))
    }

    pub fn is_ready(&self) -> bool {
        let generation = self
            .api
            .stored(&self.key)
            .and_then(|object| object.metadata.generation);
        self.condition("Ready").starts_with("True")
            && self.status().observed_generation == generation
    }

    pub async fn until_ready(&mut self) {
        self.until("Ready", SimulatedCluster::is_ready).await;
    }

    pub fn message(&self, kind: &str) -> String {
        let status = self.status();
        let condition = status
            .conditions
            .iter()
            .find(|condition| condition.type_ == kind);
        condition.map_or_else(String::new, |condition| condition.message.clone())
    }

    pub async fn until_condition(&mut self, kind: &str, says: &str) {
        self.until(&format!("{kind}: {says}"), |cluster| {
            cluster.condition(kind) == says
        })
        .await;
    }

    pub async fn until_gone(&mut self) {
        self.until("gone", |cluster| cluster.api.stored(&cluster.key).is_none())
            .await;
    }

    /// Changes the service outside Kubernetes, as documented in the emulator's README.
    pub fn change_outside(&self, change: &Value) {
        let mut change = change.clone();
        change["service"] = json!(SERVICE);
        self.emulator
            .change(Change::from_wire(&change).unwrap())
            .unwrap();
    }

    /// Makes a call of another client with the same credentials.
    pub fn call_outside(&self, action: &str, request: &Value) {
        let caller = ecs_express_emulator::Caller {
            account: "123456789012".into(),
            region: "eu-west-1".into(),
        };
        self.emulator
            .with_model(|model| model.call(&caller, action, request))
            .unwrap();
    }

    /// The service as the emulator has it; null if there is none.
    pub fn service(&self) -> Value {
        let overview = self.emulator.with_model(|model| model.overview());
        let services = overview["services"].as_array().unwrap();
        let ours = services
            .iter()
            .find(|service| service["serviceName"] == SERVICE);
        ours.cloned().unwrap_or_default()
    }

    /// A tag of the service.
    pub fn tag(&self, key: &str) -> Option<String> {
        let service = self.service();
        let tags = service["tags"].as_array()?;
        let tag = tags.iter().find(|tag| tag["key"] == key)?;
        tag["value"].as_str().map(str::to_owned)
    }

    /// Waits two minutes, then asserts that an hour passes without an event or a write to Kubernetes or ECS.
    pub async fn assert_idle(&mut self) {
        self.run(Duration::from_secs(120)).await;
        self.api.take_writes();
        let (sent, status) = (self.changes_sent(), self.status());
        let events = self.api.events();
        self.run(Duration::from_secs(3600)).await;
        let json = |status| serde_json::to_value(status).unwrap();
        let changed = merge_patch(&json(status), &json(self.status()));
        assert_eq!(changed, json!({}), "the status changed while idle");
        assert_eq!(
            self.api.take_writes(),
            Vec::<String>::new(),
            "writes while idle"
        );
        assert_eq!(self.changes_sent(), sent, "mutating calls while idle");
        let published = self.api.events().split_off(events.len());
        assert_eq!(published, [], "events while idle");
    }

    /// The number of mutating calls so far.
    pub fn changes_sent(&self) -> usize {
        let reads = ["Describe", "List", "Get"];
        let changes = |action: &str| !reads.iter().any(|read| action.starts_with(read));
        self.emulator
            .calls()
            .iter()
            .filter(|call| changes(&call.action))
            .count()
    }

    /// The requests of an action so far.
    pub fn sent(&self, action: &str) -> Vec<Value> {
        let calls = self.emulator.calls().into_iter();
        calls
            .filter(|call| call.action == action)
            .map(|call| call.request)
            .collect()
    }

    /// The reasons of the events since the previous call.
    pub fn take_events(&self) -> Vec<&'static str> {
        self.api
            .take_events()
            .into_iter()
            .map(|event| event.reason)
            .collect()
    }

    /// The number of calls of an action so far.
    pub fn calls(&self, action: &str) -> usize {
        self.emulator
            .calls()
            .iter()
            .filter(|call| call.action == action)
            .count()
    }
}
