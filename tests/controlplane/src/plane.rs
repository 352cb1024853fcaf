//! Starting and using a control plane.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};

use crate::certificates::{self, Certificates};
use crate::commands::{self, Ports};
use crate::kubeconfig::{self, User};
use crate::tool::Tool;
use crate::{Assets, Error, Helm, Process, Scratch, ToolError, audit, http, poll};

const READY_WITHIN: Duration = Duration::from_secs(60);
const ENDS_WITHIN: Duration = Duration::from_secs(20);
const TRIES: u32 = 3;

/// A running control plane. Dropping it ends its processes and removes its files.
#[derive(Debug)]
pub struct ControlPlane {
    // Dropped in this order: the processes before the directory they write to.
    controller_manager: Option<Process>,
    apiserver: Option<Process>,
    etcd: Process,
    assets: Assets,
    ports: Ports,
    authority: String,
    admin: Tool,
    directory: Scratch,
}

impl ControlPlane {
    /// Starts one and waits until it is ready: `/readyz` is ok and the default service account exists.
    pub fn start(assets: &Assets) -> Result<Self, Error> {
        let mut tries = 1;
        loop {
            match Self::try_start(assets) {
                Err(error) if error.is_port_taken() && tries < TRIES => tries += 1,
                done => return done,
            }
        }
    }

    fn try_start(assets: &Assets) -> Result<Self, Error> {
        let deadline = Instant::now() + READY_WITHIN;
        let directory = Scratch::new()?;
        let ports = Ports::pick()?;
        let Certificates {
            authority,
            admin: certificate,
        } = certificates::write(directory.path())?;
        let admin = Tool {
            name: "kubectl",
            program: assets.kubectl.clone(),
            kubeconfig: directory.path().join("admin.kubeconfig"),
            home: directory.path().into(),
        };
        kubeconfig::write(
            &admin.kubeconfig,
            &ports.server_url(),
            &authority,
            &User::Certificate(&certificate),
        )?;
        audit::write_policy(directory.path())?;
        let etcd = commands::etcd(assets, directory.path(), ports);
        let etcd = Process::spawn("etcd", etcd, directory.path().join("etcd.log"))?;
        let assets = assets.clone();
        let mut plane = Self {
            controller_manager: None,
            apiserver: None,
            etcd,
            assets,
            ports,
            authority,
            admin,
            directory,
        };
        plane.await_etcd(deadline)?;
        plane.spawn_apiserver(deadline)?;
        plane.spawn_controller_manager(deadline)?;
        Ok(plane)
    }

    /// The kubeconfig of an administrator who may do everything.
    pub fn admin_kubeconfig(&self) -> &Path {
        &self.admin.kubeconfig
    }

    /// `https://127.0.0.1:PORT`.
    pub fn server_url(&self) -> String {
        self.ports.server_url()
    }

    /// The directory of everything that belongs to this control plane: logs, certificates, etcd's data.
    pub fn dir(&self) -> &Path {
        self.directory.path()
    }

    /// The process ids of the servers that were started and not stopped.
    pub fn pids(&self) -> Vec<u32> {
        let others = [&self.apiserver, &self.controller_manager]
            .into_iter()
            .flatten();
        std::iter::once(&self.etcd)
            .chain(others)
            .map(Process::pid)
            .collect()
    }

    /// Returns an error with the end of its log if a server has exited unexpectedly.
    pub fn check_alive(&mut self) -> Result<(), Error> {
        let others = [&mut self.apiserver, &mut self.controller_manager]
            .into_iter()
            .flatten();
        std::iter::once(&mut self.etcd)
            .chain(others)
            .try_for_each(Process::check_alive)
    }

    /// A kubectl command as administrator, with KUBECONFIG and with HOME for its caches.
    pub fn kubectl(&self) -> Command {
        self.admin.command()
    }

    /// Runs kubectl as administrator and returns what it printed.
    pub fn kubectl_run(
        &self,
        arguments: &[&str],
        stdin: Option<&str>,
    ) -> Result<String, ToolError> {
        self.admin.run(arguments, stdin)
    }

    /// Runs kubectl with another kubeconfig, such as one of [`Self::service_account_kubeconfig`].
    pub fn kubectl_run_as(
        &self,
        kubeconfig: &Path,
        arguments: &[&str],
        stdin: Option<&str>,
    ) -> Result<String, ToolError> {
        Tool {
            kubeconfig: kubeconfig.into(),
            ..self.admin.clone()
        }
        .run(arguments, stdin)
    }

    /// Runs helm as administrator and returns what it printed.
    pub fn helm_run(&self, helm: &Helm, arguments: &[&str]) -> Result<String, ToolError> {
        helm.tool(self.admin.kubeconfig.clone(), self.admin.home.clone())
            .run(arguments, None)
    }

    /// The requests of a service account to the API server, each allowed or denied.
    pub fn requests_of(&self, namespace: &str, name: &str) -> Result<Vec<audit::Request>, Error> {
        audit::requests(
            self.dir(),
            &format!("system:serviceaccount:{namespace}:{name}"),
        )
    }

    /// A kubeconfig with a fresh token of the service account, good for a day, and nothing of the administrator's.
    pub fn service_account_kubeconfig(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<PathBuf, Error> {
        let token = self.kubectl_run(
            &[
                "create",
                "token",
                name,
                "--namespace",
                namespace,
                "--duration",
                "24h",
            ],
            None,
        )?;
        let path = self.dir().join(format!("{namespace}.{name}.kubeconfig"));
        kubeconfig::write(
            &path,
            &self.server_url(),
            &self.authority,
            &User::Token(token.trim()),
        )?;
        Ok(path)
    }

    /// Ends the API server: SIGTERM, and SIGKILL if it does not obey. Does nothing if it is stopped.
    pub fn stop_apiserver(&mut self) -> Result<(), Error> {
        let Some(mut apiserver) = self.apiserver.take() else {
            return Ok(());
        };
        apiserver.interrupt()?;
        // If it still runs then, dropping it kills it.
        let _ = apiserver.wait_exit(ENDS_WITHIN);
        Ok(())
    }

    /// Kills the API server, as a crash would.
    pub fn kill_apiserver(&mut self) {
        self.apiserver = None;
    }

    /// Starts the API server after a stop or kill, at the same URL, and waits until it is ready.
    pub fn start_apiserver(&mut self) -> Result<(), Error> {
        if self.apiserver.is_some() {
            return Ok(());
        }
        self.spawn_apiserver(Instant::now() + READY_WITHIN)
    }

    /// Lets etcd forget all revisions but the newest, as it regularly does in a cluster. The API server still has what
    /// it has cached, until it restarts.
    pub fn compact_etcd(&self) -> Result<(), Error> {
        let address = self.ports.etcd_address();
        let post = |path, body: Value| {
            let answer = http::post(address, path, &body.to_string());
            let answer = answer.map_err(|e| Error::io(format!("calling etcd's {path}"), e))?;
            match answer.status {
                200 => Ok(answer.body),
                status => Err(Error::io(
                    format!("calling etcd's {path}"),
                    std::io::Error::other(format!("{status} {}", answer.body.trim())),
                )),
            }
        };
        // Any read tells the newest revision.
        let body = post("/v3/kv/range", json!({"key": BASE64_STANDARD.encode("/")}))?;
        let answer: Value = serde_json::from_str(&body)
            .map_err(|e| Error::io("reading etcd's answer", e.into()))?;
        let revision = &answer["header"]["revision"];
        post(
            "/v3/kv/compaction",
            json!({"revision": revision, "physical": true}),
        )
        .map(drop)
    }

    fn await_etcd(&mut self, deadline: Instant) -> Result<(), Error> {
        let address = self.ports.etcd_address();
        await_ready(
            &mut self.etcd,
            "etcd to be healthy",
            deadline,
            || match http::get(address, "/health") {
                Ok(answer) if answer.status == 200 => Ok(()),
                Ok(answer) => Err(format!("{} {}", answer.status, answer.body.trim())),
                Err(error) => Err(error.to_string()),
            },
        )
    }

    fn spawn_apiserver(&mut self, deadline: Instant) -> Result<(), Error> {
        let command = commands::apiserver(&self.assets, self.dir(), self.ports);
        let log = self.dir().join("kube-apiserver.log");
        let process = self
            .apiserver
            .insert(Process::spawn("kube-apiserver", command, log)?);
        await_ready(process, "kube-apiserver to be ready", deadline, || {
            answers(&self.admin, &["get", "--raw", "/readyz"])
        })
    }

    fn spawn_controller_manager(&mut self, deadline: Instant) -> Result<(), Error> {
        let command =
            commands::controller_manager(&self.assets, self.dir(), &self.admin.kubeconfig);
        let log = self.dir().join("kube-controller-manager.log");
        let process = self.controller_manager.insert(Process::spawn(
            "kube-controller-manager",
            command,
            log,
        )?);
        await_ready(process, "the default service account", deadline, || {
            answers(
                &self.admin,
                &["get", "serviceaccount", "default", "--namespace", "default"],
            )
        })
    }
}

fn answers(kubectl: &Tool, arguments: &[&str]) -> Result<(), String> {
    let arguments = [arguments, &["--request-timeout", "5s"]].concat();
    kubectl
        .run(&arguments, None)
        .map(drop)
        .map_err(|error| error.stderr.trim().into())
}

/// Polls until `check` succeeds, the deadline passes, or the process ends.
fn await_ready(
    process: &mut Process,
    what: &str,
    deadline: Instant,
    mut check: impl FnMut() -> Result<(), String>,
) -> Result<(), Error> {
    let remaining = deadline.saturating_duration_since(Instant::now());
    let outcome = poll::until(remaining, what, || match process.check_alive() {
        Ok(()) => check().map(Ok),
        ended => Ok(ended),
    });
    outcome.unwrap_or_else(|timed_out| {
        Err(Error::NotReady {
            timed_out,
            name: process.name().into(),
            log: process.log_tail(),
        })
    })
}
