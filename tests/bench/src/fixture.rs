//! A control plane, an emulator, and the operator as a process.

use std::{
    collections::HashSet,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use controlplane::{Assets, ControlPlane, Process};
use ecs_express_emulator::{Call, Emulator, Settings};
use ecs_express_operator::api::ExpressService;
use futures::{StreamExt, stream};
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Client, Config,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams},
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::json;
use test_support::manifest;

use crate::harness::simulated_cluster::CREATE;

/// The deadline of every wait.
pub const DEADLINE: Duration = Duration::from_secs(900);
/// Requests of the applying client at once.
const APPLIERS: usize = 16;

pub struct Fixture {
    program: PathBuf,
    plane: ControlPlane,
    pub emulator: Emulator,
    pub client: Client,
    operator: Option<Process>,
    runs: u32,
}

impl Fixture {
    /// Starts all but the operator.
    pub async fn start(program: PathBuf) -> Self {
        let assets = Assets::find().expect("run this by `make bench`");
        let plane = ControlPlane::start(&assets).unwrap();
        let crd = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../crds/expressservices.yaml"
        );
        plane.kubectl_run(&["apply", "-f", crd], None).unwrap();
        let established = [
            "wait",
            "--for=condition=Established",
            "crd/expressservices.ecs-express.dev",
        ];
        plane.kubectl_run(&established, None).unwrap();
        let kubeconfig = Kubeconfig::read_from(plane.admin_kubeconfig()).unwrap();
        let options = KubeConfigOptions::default();
        let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
        let client = Client::try_from(config.unwrap()).unwrap();
        let settings = Settings {
            region: "eu-west-1".into(),
            time_scale: 1.0,
            ..Settings::default()
        };
        let emulator = Emulator::start(settings).await.unwrap();
        Self {
            program,
            plane,
            emulator,
            client,
            operator: None,
            runs: 0,
        }
    }

    /// Starts the operator, and waits until it watches.
    pub async fn start_operator(&mut self, poll: &str) {
        self.runs += 1;
        let mut command = Command::new(&self.program);
        command.arg("run").envs([
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_ENDPOINT_URL", &self.emulator.url()),
            // Throttling is not part of the measurement.
            ("ECS_EXPRESS_MAX_RECONCILE_RATE", "1000"),
            ("ECS_EXPRESS_POLL_INTERVAL", poll),
            ("ECS_EXPRESS_LISTEN", "127.0.0.1:0"),
            ("ECS_EXPRESS_LOG", "warn,ecs_express_operator::start=info"),
        ]);
        command.env("KUBECONFIG", self.plane.admin_kubeconfig());
        let log = self.plane.dir().join(format!("operator-{}.log", self.runs));
        let process = Process::spawn("the operator", command, log).unwrap();
        until("the operator watches", || {
            process.log().contains("watching")
        })
        .await;
        self.operator = Some(process);
    }

    pub fn stop_operator(&mut self) {
        let mut operator = self.operator.take().expect("it runs");
        operator.interrupt().unwrap();
        assert_eq!(
            operator.wait_exit(DEADLINE),
            Some(0),
            "{}",
            operator.log_tail()
        );
    }

    pub fn operator(&self) -> u32 {
        self.operator.as_ref().expect("it runs").pid()
    }

    pub fn services(&self, namespace: &str) -> Api<ExpressService> {
        Api::namespaced(self.client.clone(), namespace)
    }

    pub async fn namespace(&self, name: &str) {
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        let namespace = serde_json::from_value(json!({"metadata": {"name": name}})).unwrap();
        namespaces
            .create(&PostParams::default(), &namespace)
            .await
            .unwrap();
    }

    /// Applies objects at once; calls `then` with each as the API server gave it back.
    pub async fn apply(&self, namespace: &str, count: usize, then: impl Fn(ExpressService)) {
        let api = self.services(namespace);
        let requests = (0..count).map(|number| {
            let (api, object) = (api.clone(), manifest(&format!("service-{number}")));
            async move { api.create(&PostParams::default(), &object).await.unwrap() }
        });
        stream::iter(requests)
            .buffer_unordered(APPLIERS)
            .for_each(|object| {
                then(object);
                std::future::ready(())
            })
            .await;
    }

    /// Objects of a namespace that are Ready.
    pub async fn ready(&self, namespace: &str) -> usize {
        let list = self
            .services(namespace)
            .list(&ListParams::default())
            .await
            .unwrap();
        list.items.iter().filter(|object| is_ready(object)).count()
    }

    /// Removes the objects of a namespace despite their finalizers. No operator may run.
    pub async fn wipe(&self, namespace: &str) {
        let api = self.services(namespace);
        let free = Patch::Merge(json!({"metadata": {"finalizers": null}}));
        for object in api.list(&ListParams::default()).await.unwrap() {
            let name = object.metadata.name.unwrap_or_default();
            api.patch(&name, &PatchParams::default(), &free)
                .await
                .unwrap();
            api.delete(&name, &DeleteParams::default()).await.unwrap();
        }
    }

    /// The calls since the previous call. The emulator keeps only the newest, so they have to be taken often.
    pub fn take_calls(&self) -> Vec<Call> {
        self.emulator.with_model(|model| {
            let calls = model.calls();
            model.clear_calls();
            calls
        })
    }

    /// Waits until this many creates have arrived.
    pub async fn until_created(&self, count: usize) {
        let mut created = HashSet::new();
        let started = Instant::now();
        while created.len() < count {
            assert!(
                started.elapsed() < DEADLINE,
                "{} of {count} created",
                created.len()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
            let creates = self
                .take_calls()
                .into_iter()
                .filter(|call| call.action == CREATE);
            created.extend(creates.filter_map(|call| call.service_name));
        }
    }

    pub fn time_scale(&self, scale: f64) {
        self.emulator
            .change_settings(&json!({"timeScale": scale}))
            .unwrap();
    }
}

pub fn manifest(name: &str) -> ExpressService {
    let environment = json!([{"name": "A", "value": "b"}]);
    let spec = manifest::spec(&json!({"primaryContainer": {"environment": environment}}));
    serde_json::from_value(manifest::manifest(name, &spec)).unwrap()
}

fn is_ready(object: &ExpressService) -> bool {
    let conditions = object.status.iter().flat_map(|status| &status.conditions);
    let mut ready = conditions.filter(|condition| condition.type_ == "Ready");
    ready.any(|condition| condition.status == "True")
}

/// Waits until a condition holds, and leaves the CPU to others in between.
pub async fn until(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < DEADLINE, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
