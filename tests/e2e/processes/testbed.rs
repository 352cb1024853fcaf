//! One object in a namespace of its own, with an emulator, a proxy and an operator process of its own.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use controlplane::Process;
use ecs_express_emulator::{Emulator, Settings};
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Client,
    api::{
        ApiResource, DeleteParams, DynamicObject, GroupVersionKind, Patch, PatchParams, PostParams,
    },
};
use serde_json::{Value, json};
use test_support::manifest;

use super::{
    cluster::{Cluster, container},
    proxy::{Endpoints, Proxy},
};
use crate::{fixture::container_command, release::Container};

/// The name of the object.
pub const OBJECT: &str = "shop";
/// How much of the log a failure shows.
const LOG_LINES: usize = 8;

pub struct Testbed {
    pub namespace: String,
    pub emulator: Arc<Emulator>,
    pub proxy: Proxy,
    objects: Api<DynamicObject>,
    operators: Mutex<Vec<Operator>>,
    /// How the operators run.
    container: Container,
    kubeconfig: String,
    log: PathBuf,
    /// The services that are not the object's, as they were at first.
    pub others: Vec<Value>,
}

/// A process of the operator, and what serves it.
struct Operator {
    process: Process,
    _endpoints: Endpoints,
}

impl Testbed {
    /// Prepares everything but the operator, which [`Self::start_operator`] starts.
    pub async fn new(cluster: &Cluster, namespace: &str) -> Self {
        let settings = Settings {
            region: "eu-west-1".into(),
            // The proxy moves the clock.
            time_scale: 0.0,
            // Three observations.
            draining_seconds: 300,
            // Longer than any test.
            inactive_seconds: 1_000_000,
            ..Settings::default()
        };
        let emulator = Arc::new(Emulator::start(settings).await.unwrap());
        let service = format!("{namespace}_{OBJECT}");
        let proxy = Proxy::new(&cluster.plane, emulator.clone(), service).await;
        create_namespace(&cluster.client, namespace).await;
        let kind = GroupVersionKind::gvk("ecs-express.dev", "v1alpha1", "ExpressService");
        let resource = ApiResource::from_gvk_with_plural(&kind, "expressservices");
        let mut testbed = Self {
            namespace: namespace.to_owned(),
            emulator,
            objects: Api::namespaced_with(cluster.client.clone(), namespace, &resource),
            operators: Mutex::default(),
            container: container().clone(),
            kubeconfig: cluster.operator_kubeconfig(),
            log: cluster.plane.dir().join(format!("{namespace}.log")),
            proxy,
            others: Vec::new(),
        };
        testbed.add_other_services();
        testbed
    }

    /// Runs the operators with another settle window.
    pub fn with_settle_window(mut self, window: &str) -> Self {
        let name = "ECS_EXPRESS_SETTLE_WINDOW".to_owned();
        self.container.env.insert(name, window.to_owned());
        self
    }

    /// Starts one more operator process. They are numbered in the order of their starts, from 0.
    pub async fn start_operator(&self) {
        let number = self.operators.lock().unwrap().len();
        let endpoints = self.proxy.serve(number).await;
        let kubeconfig = self.log.with_extension(format!("{number}.kubeconfig"));
        let text = self.kubeconfig.replace("SERVER", &endpoints.kubernetes);
        std::fs::write(&kubeconfig, text).unwrap();
        let mut command = container_command(&self.container, &kubeconfig, &endpoints.aws);
        command.args(["--namespace", &self.namespace]);
        let process = Process::spawn("the operator", command, &self.log).unwrap();
        self.operators.lock().unwrap().push(Operator {
            process,
            _endpoints: endpoints,
        });
    }

    /// Kills an operator process (SIGKILL).
    pub fn kill_operator(&self, number: usize) {
        self.operators.lock().unwrap()[number].process.kill();
    }

    /// Sends an operator process a signal.
    pub fn signal_operator(&self, number: usize, signal: &str) {
        let mut operators = self.operators.lock().unwrap();
        operators[number].process.signal(signal).unwrap();
    }

    pub fn log_tail(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
    }

    pub async fn apply(&self, spec: &Value) {
        let manifest = manifest::manifest(OBJECT, &manifest::spec(spec));
        let manifest = manifest::namespaced(&self.namespace, manifest);
        self.patch(&Patch::Apply(&manifest)).await;
    }

    pub async fn patch(&self, patch: &Patch<&Value>) {
        let params = match patch {
            Patch::Apply(_) => PatchParams::apply("user").force(),
            Patch::Json(_) | Patch::Merge(_) | Patch::Strategic(_) => PatchParams::default(),
            _ => unreachable!("kube knows no other patches"),
        };
        self.objects.patch(OBJECT, &params, patch).await.unwrap();
    }

    pub async fn delete(&self) {
        let params = DeleteParams::default();
        self.objects.delete(OBJECT, &params).await.unwrap();
    }

    /// The object as stored; `None` if there is none.
    pub async fn object(&self) -> Result<Option<Value>, String> {
        match self.objects.get_opt(OBJECT).await {
            Ok(object) => Ok(object.map(|object| serde_json::to_value(object).unwrap())),
            Err(error) => Err(error.to_string()),
        }
    }
}

async fn create_namespace(client: &Client, name: &str) {
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let namespace = serde_json::from_value(namespace).unwrap();
    namespaces
        .create(&PostParams::default(), &namespace)
        .await
        .unwrap();
}
