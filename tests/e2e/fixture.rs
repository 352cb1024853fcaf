//! The fixture: one control plane, one emulator and one operator for all tests; each test has a namespace of its own.

use std::{
    path::Path,
    process::Command,
    sync::{Mutex, MutexGuard, OnceLock},
    time::Duration,
};

use controlplane::{Assets, ControlPlane, Process, poll};
use ecs_express_emulator::{Emulator, Settings};
use serde_json::Value;
use test_support::manifest;
use tokio::runtime::Runtime;

use crate::release::{self, Container, NAME, NAMESPACE};

/// The deadline of every wait, on a machine with other load.
pub const DEADLINE: Duration = Duration::from_secs(90);

pub struct Fixture {
    pub plane: ControlPlane,
    pub emulator: Emulator,
    operator: Mutex<Process>,
    _runtime: Runtime,
}

/// The fixture, started by the first test that needs it. It ends with the process: nothing that it starts outlives it.
pub fn fixture() -> &'static Fixture {
    static STAGE: OnceLock<Fixture> = OnceLock::new();
    STAGE.get_or_init(Fixture::build)
}

impl Fixture {
    fn build() -> Self {
        let plane = ControlPlane::start(&Assets::find().unwrap()).unwrap();
        let runtime = Runtime::new().unwrap();
        let settings = Settings {
            region: "eu-west-1".into(),
            time_scale: 120.0,
            ..Settings::default()
        };
        let emulator = runtime.block_on(Emulator::start(settings)).unwrap();
        release::install(&plane, &emulator.url());
        let operator = Mutex::new(start_operator(&plane, &emulator));
        Self {
            plane,
            emulator,
            operator,
            _runtime: runtime,
        }
    }

    /// The operator, locked for a test that stops it.
    pub fn operator(&self) -> MutexGuard<'_, Process> {
        self.operator
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub fn new_operator(&self) -> Process {
        start_operator(&self.plane, &self.emulator)
    }

    pub fn kubectl(&self, arguments: &[&str]) -> String {
        match self.plane.kubectl_run(arguments, None) {
            Ok(output) => output,
            Err(error) => panic!(
                "{error}\nthe operator's log ends with:\n{}",
                self.operator().log_tail()
            ),
        }
    }
}

/// The operator as the chart's Deployment runs it.
pub fn operator_command(kubeconfig: &Path, endpoint: &str) -> Command {
    container_command(release::container(), kubeconfig, endpoint)
}

/// The operator as this container runs it.
pub fn container_command(container: &Container, kubeconfig: &Path, endpoint: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-express-operator"));
    command
        .args(&container.args)
        .envs(&container.env)
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("KUBECONFIG", kubeconfig);
    command
}

fn start_operator(plane: &ControlPlane, emulator: &Emulator) -> Process {
    run_operator(plane, release::container(), &emulator.url())
}

/// The operator, running as the chart's ServiceAccount, once its watch has started.
pub fn run_operator(plane: &ControlPlane, container: &Container, endpoint: &str) -> Process {
    let kubeconfig = plane.service_account_kubeconfig(NAMESPACE, NAME).unwrap();
    let command = container_command(container, &kubeconfig, endpoint);
    let log = plane.dir().join("operator.log");
    let watching = |log: &str| log.matches("watching ExpressServices").count();
    // Earlier operators wrote to the same file.
    let before = std::fs::read_to_string(&log).map_or(0, |log| watching(&log));
    let mut process = Process::spawn("the operator", command, log).unwrap();
    poll::until(DEADLINE, "the operator to watch", || {
        process.check_alive().unwrap();
        if watching(&process.log()) > before {
            Ok(())
        } else {
            Err(process.log_tail())
        }
    })
    .unwrap();
    process
}

/// A namespace of a test, with helpers for the objects in it.
pub struct TestNamespace {
    pub namespace: &'static str,
}

impl TestNamespace {
    pub fn new(namespace: &'static str) -> Self {
        fixture().kubectl(&["create", "namespace", namespace]);
        Self { namespace }
    }

    pub fn apply(&self, name: &str, spec: &Value) {
        let manifest = manifest::manifest(name, &manifest::spec(spec)).to_string();
        fixture()
            .plane
            .kubectl_run(&["apply", "-n", self.namespace, "-f", "-"], Some(&manifest))
            .unwrap();
    }

    pub fn kubectl(&self, arguments: &[&str]) -> String {
        let mut all = vec!["-n", self.namespace];
        all.extend(arguments);
        fixture().kubectl(&all)
    }

    pub fn object(&self, name: &str) -> Result<Value, String> {
        let arguments = ["get", "-n", self.namespace, "xsvc", name, "-o", "json"];
        let text = fixture()
            .plane
            .kubectl_run(&arguments, None)
            .map_err(|error| error.stderr)?;
        Ok(serde_json::from_str(&text).unwrap())
    }

    /// Waits until the condition holds for the object.
    pub fn until(&self, name: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let found = poll::until(DEADLINE, what, || {
            let object = self.object(name)?;
            if holds(&object) {
                Ok(object)
            } else {
                Err(object["status"].to_string())
            }
        });
        found.unwrap_or_else(|error| {
            panic!(
                "{error}\nthe operator's log ends with:\n{}",
                fixture().operator().log_tail()
            )
        })
    }

    pub fn until_ready(&self, name: &str) -> Value {
        self.until(name, "Ready", |object| {
            condition(object, "Ready").0 == "True"
                && object["status"]["observedGeneration"] == object["metadata"]["generation"]
        })
    }

    /// Waits until the object is gone.
    pub fn until_gone(&self, name: &str) {
        poll::until(DEADLINE, "the object to go", || match self.object(name) {
            Err(error) if error.contains("NotFound") => Ok(()),
            Err(error) => Err(error),
            Ok(object) => Err(object["status"].to_string()),
        })
        .unwrap();
    }

    /// The ECS actions that were called for a service.
    #[expect(clippy::unused_self, reason = "reads like the other questions")]
    pub fn calls(&self, service: &str) -> Vec<String> {
        let calls = fixture().emulator.calls().into_iter();
        calls
            .filter(|call| call.service_name.as_deref() == Some(service))
            .map(|call| call.action)
            .collect()
    }
}

/// The status and reason of a condition.
pub fn condition(object: &Value, kind: &str) -> (String, String) {
    (part(object, kind, "status"), part(object, kind, "reason"))
}

/// The message of a condition.
pub fn message(object: &Value, kind: &str) -> String {
    part(object, kind, "message")
}

fn part(object: &Value, kind: &str, key: &str) -> String {
    let conditions = object["status"]["conditions"].as_array();
    let mut conditions = conditions.into_iter().flatten();
    let found = conditions.find(|condition| condition["type"] == kind);
    found
        .and_then(|condition| condition[key].as_str())
        .unwrap_or_default()
        .to_owned()
}
