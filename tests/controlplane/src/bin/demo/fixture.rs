//! The fixture of the demo: the control plane, the emulator, the operator, and a watch of the services.

use std::error::Error;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use controlplane::{Assets, ControlPlane, Helm, Process, poll};

use crate::service::Service;
use crate::watch::Watch;

const STARTS_WITHIN: Duration = Duration::from_secs(30);
/// The deadline of every wait for ECS, on the emulator's clock; a rollout takes nine minutes.
const EMULATED_LIMIT: Duration = Duration::from_secs(20 * 60);
/// The deadline of every other wait.
const OWN_LIMIT: Duration = Duration::from_secs(60);
/// Each check runs kubectl.
const PAUSE: Duration = Duration::from_millis(250);

/// Also the default Region of the emulator's control endpoint.
const REGION: &str = "eu-west-1";

/// The chart, its release and what that installs, and its namespace.
pub(crate) const CHART: &str = "charts/ecs-express-operator";
pub(crate) const NAME: &str = "ecs-express-operator";
pub(crate) const NAMESPACE: &str = "ecs-express-system";

/// Windows and intervals as short as the emulator's clock is fast.
const OPERATOR_ENVIRONMENT: [(&str, &str); 9] = [
    ("AWS_REGION", REGION),
    ("AWS_ACCESS_KEY_ID", "demo"),
    ("AWS_SECRET_ACCESS_KEY", "demo"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
    ("ECS_EXPRESS_SETTLE_WINDOW", "2s"),
    ("ECS_EXPRESS_ABSENCE_GAP", "300ms"),
    ("ECS_EXPRESS_POLL_INTERVAL", "500ms"),
    ("ECS_EXPRESS_RESYNC_INTERVAL", "3s"),
    ("NO_COLOR", "1"),
];

/// The fixture. Fields are dropped from the top, so that nothing outlives its dependencies.
pub(crate) struct Fixture {
    watch: Option<Watch>,
    operator: Option<Process>,
    emulator: Option<(Process, SocketAddr)>,
    limit: Duration,
    helm: Helm,
    /// Where its user finds a kubectl.
    pub(crate) kubectl: PathBuf,
    pub(crate) plane: ControlPlane,
}

impl Fixture {
    pub(crate) fn new(assets: &Assets, helm: Helm) -> Result<Self, controlplane::Error> {
        Ok(Self {
            watch: None,
            operator: None,
            emulator: None,
            limit: OWN_LIMIT,
            helm,
            kubectl: assets.kubectl().into(),
            plane: ControlPlane::start(assets)?,
        })
    }

    pub(crate) fn kubernetes_version(&self) -> Result<String, Box<dyn Error>> {
        let version = self
            .plane
            .kubectl_run(&["get", "--raw", "/version"], None)?;
        let version: serde_json::Value = serde_json::from_str(&version)?;
        Ok(format!(
            "Kubernetes {}",
            version["gitVersion"]
                .as_str()
                .unwrap_or("of unknown version")
        ))
    }

    pub(crate) fn start_emulator(
        &mut self,
        program: &Path,
        time_scale: NonZeroU32,
    ) -> Result<SocketAddr, Box<dyn Error>> {
        let port_file = self.plane.dir().join("emulator.port");
        let mut command = Command::new(program);
        command
            .args(["--listen", "127.0.0.1:0", "--region", REGION])
            .args(["--time-scale", &time_scale.to_string()])
            .arg("--port-file")
            .arg(&port_file);
        let mut process = Process::spawn(
            "the emulator",
            command,
            self.plane.dir().join("emulator.log"),
        )?;
        let port = await_alive(&mut process, "the emulator's port", |_| {
            let text = fs::read_to_string(&port_file).map_err(|error| error.to_string())?;
            text.trim().parse().map_err(|_| format!("{text:?}"))
        })?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        self.emulator = Some((process, address));
        self.limit = OWN_LIMIT + EMULATED_LIMIT / time_scale.get();
        Ok(address)
    }

    pub(crate) fn emulator(&self) -> Result<SocketAddr, Box<dyn Error>> {
        self.emulator
            .as_ref()
            .map(|(_, address)| *address)
            .ok_or_else(|| "the emulator does not run".into())
    }

    /// As in a real cluster. The Deployment stays without a pod: there is no node here.
    pub(crate) fn install(&self) -> Result<(), Box<dyn Error>> {
        let chart = in_repository(CHART)?;
        let release = ["install", NAME, &chart, "--namespace", NAMESPACE];
        let values = format!(
            "aws.region={REGION},aws.endpointUrl=http://{}",
            self.emulator()?
        );
        self.plane.helm_run(
            &self.helm,
            &[&release[..], &["--create-namespace", "--set", &values]].concat(),
        )?;
        let established = [
            "wait",
            "--for",
            "condition=Established",
            "--timeout",
            "30s",
            "crd/expressservices.ecs-express.dev",
        ];
        self.plane.kubectl_run(&established, None)?;
        Ok(())
    }

    pub(crate) fn start_operator(&mut self, program: &Path) -> Result<u32, Box<dyn Error>> {
        let kubeconfig = self.plane.service_account_kubeconfig(NAMESPACE, NAME)?;
        let mut command = Command::new(program);
        command
            .arg("run")
            .envs(OPERATOR_ENVIRONMENT)
            .env("KUBECONFIG", kubeconfig)
            .env("AWS_ENDPOINT_URL", format!("http://{}", self.emulator()?));
        let process = Process::spawn(
            "the operator",
            command,
            self.plane.dir().join("operator.log"),
        )?;
        let process = self.operator.insert(process);
        await_alive(
            process,
            "the operator to say that it is watching",
            |process| {
                if process.log().contains("watching") {
                    Ok(())
                } else {
                    Err(process.log_tail())
                }
            },
        )?;
        Ok(process.pid())
    }

    pub(crate) fn apply_hello(&mut self) -> Result<(), Box<dyn Error>> {
        self.watch = Some(Watch::spawn(
            self.plane.kubectl(),
            self.plane.dir().join("watch.log"),
        )?);
        self.plane.kubectl_run(
            &["apply", "-f", &in_repository("examples/hello.yaml")?],
            None,
        )?;
        Ok(())
    }

    /// The service `hello`; `None` if there is none.
    pub(crate) fn hello(&self) -> Result<Option<Service>, String> {
        let json = self.plane.kubectl_run(
            &[
                "get",
                "expressservice",
                "hello",
                "--ignore-not-found",
                "-o",
                "json",
            ],
            None,
        );
        match json.map_err(|error| error.to_string())?.trim() {
            "" => Ok(None),
            json => Service::parse(json).map(Some),
        }
    }

    /// Waits until `hello` is as awaited, and prints its changes.
    pub(crate) fn await_service(
        &mut self,
        what: &str,
        is_awaited: impl Fn(&Service) -> bool,
    ) -> Result<Service, Box<dyn Error>> {
        self.await_state(what, |fixture| match fixture.hello()? {
            Some(service) if is_awaited(&service) => Ok(service),
            Some(service) => Err(service.summary()),
            None => Err("there is no service hello".into()),
        })
    }

    /// Waits until `check` succeeds, prints changes meanwhile, and fails if a process ends.
    pub(crate) fn await_state<T>(
        &mut self,
        what: &str,
        check: impl Fn(&Self) -> Result<T, String>,
    ) -> Result<T, Box<dyn Error>> {
        let found = poll::every(PAUSE, self.limit, what, || match self.check_alive() {
            Ok(()) => check(self).map(Ok),
            Err(ended) => Ok(Err(ended)),
        })?;
        self.show_changes();
        Ok(found?)
    }

    /// Returns an error if a process has exited unexpectedly. Prints the changes of the services.
    pub(crate) fn check_alive(&mut self) -> Result<(), controlplane::Error> {
        self.show_changes();
        self.plane.check_alive()?;
        let emulator = self.emulator.as_mut().map(|(process, _)| process);
        emulator
            .into_iter()
            .chain(&mut self.operator)
            .try_for_each(Process::check_alive)
    }

    pub(crate) fn operator_log(&self) -> Option<String> {
        self.operator.as_ref().map(Process::log_tail)
    }

    fn show_changes(&mut self) {
        self.watch.iter_mut().for_each(Watch::show);
    }
}

fn await_alive<T>(
    process: &mut Process,
    what: &str,
    check: impl Fn(&mut Process) -> Result<T, String>,
) -> Result<T, controlplane::Error> {
    poll::until(STARTS_WITHIN, what, || match process.check_alive() {
        Ok(()) => check(process).map(Ok),
        Err(ended) => Ok(Err(ended)),
    })?
}

fn in_repository(path: &str) -> Result<String, String> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = package.ancestors().nth(2).unwrap_or(package).join(path);
    match path.try_exists() {
        Ok(true) => Ok(path.display().to_string()),
        Ok(false) | Err(_) => Err(format!("{} is missing: restore it", path.display())),
    }
}
