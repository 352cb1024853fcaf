//! One control plane for the whole binary, with the CRD of this repository; a namespace for each test.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use controlplane::{Assets, ControlPlane, poll};
use serde_json::{Value, json};
use test_support::manifest::{manifest, spec};

pub const CRD_NAME: &str = "expressservices.ecs-express.dev";
pub const PATIENCE: Duration = Duration::from_secs(30);

pub const ROLE: &str = "arn:aws:iam::123456789012:role/express";
pub const TASK_DEFINITION: &str = "arn:aws:ecs:eu-west-1:123456789012:task-definition/team-a_web:7";

/// The one control plane. It ends with the process: see [`controlplane::Process`].
pub fn plane() -> &'static ControlPlane {
    static PLANE: OnceLock<ControlPlane> = OnceLock::new();
    PLANE.get_or_init(|| {
        let plane = ControlPlane::start(&Assets::find().unwrap()).unwrap();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds/expressservices.yaml");
        install(&plane, &["apply", "-f", &file.display().to_string()], None);
        // kubectl finds the resource only once its cached discovery has expired.
        poll::until(PATIENCE, "the resource to be discovered", || {
            plane
                .kubectl_run(&["get", "xsvc", "--all-namespaces"], None)
                .map_err(|error| error.stderr)
        })
        .unwrap();
        plane
    })
}

/// Runs a kubectl command that writes a CRD, and waits until the API server serves it.
pub fn install(plane: &ControlPlane, arguments: &[&str], manifest: Option<&str>) {
    let written = plane
        .kubectl_run(&[arguments, &["-o", "name"]].concat(), manifest)
        .unwrap();
    let wait = [
        "wait",
        "--for=condition=Established",
        "--timeout=30s",
        written.trim(),
    ];
    plane.kubectl_run(&wait, None).unwrap();
}

/// The output of a kubectl command; `stderr` includes its warnings.
#[derive(Debug)]
pub struct Printed {
    pub ok: bool,
    pub stdout: String,
    pub stderr: String,
}

/// A namespace of one test.
pub struct Namespace(&'static str);

impl Namespace {
    pub fn new(name: &'static str) -> Self {
        plane()
            .kubectl_run(&["create", "namespace", name], None)
            .unwrap();
        Self(name)
    }

    /// The output of kubectl, whether it succeeds or not.
    pub fn try_kubectl(&self, arguments: &[&str]) -> Printed {
        let output = plane()
            .kubectl()
            .args(["--namespace", self.0])
            .args(arguments)
            .output()
            .unwrap();
        Printed {
            ok: output.status.success(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The stdout of a kubectl command that has to succeed.
    pub fn kubectl(&self, arguments: &[&str]) -> String {
        let printed = self.try_kubectl(arguments);
        assert!(printed.ok, "kubectl {arguments:?}: {}", printed.stderr);
        printed.stdout
    }

    /// The stderr of a kubectl command that has to fail.
    pub fn refusal(&self, arguments: &[&str]) -> String {
        let printed = self.try_kubectl(arguments);
        assert!(!printed.ok, "kubectl {arguments:?}: {}", printed.stdout);
        printed.stderr
    }

    /// Feeds `objects` to one kubectl command as a stream of documents.
    pub fn feed(&self, arguments: &[&str], objects: &[Value]) -> Printed {
        let stream: Vec<String> = objects.iter().map(Value::to_string).collect();
        let arguments = [arguments, &["--namespace", self.0, "-f", "-"]].concat();
        match plane().kubectl_run(&arguments, Some(&stream.join("\n---\n"))) {
            Ok(stdout) => Printed {
                ok: true,
                stdout,
                stderr: String::new(),
            },
            Err(error) => Printed {
                ok: false,
                stdout: error.stdout,
                stderr: error.stderr,
            },
        }
    }

    pub fn apply(&self, object: &Value) {
        let printed = self.feed(&["apply"], std::slice::from_ref(object));
        assert!(printed.ok, "{}", printed.stderr);
    }

    pub fn get(&self, name: &str) -> Value {
        serde_json::from_str(&self.kubectl(&["get", "xsvc", name, "-o", "json"])).unwrap()
    }

    pub fn patch_status(&self, name: &str, status: &Value) -> String {
        let patch = json!({ "status": status }).to_string();
        self.kubectl(&[
            "patch",
            "xsvc",
            name,
            "--subresource=status",
            "--type=merge",
            "-p",
            &patch,
        ])
    }
}

/// The smallest object that `kubectl apply` accepts.
pub fn minimal(name: &str) -> Value {
    let spec = spec(&json!({
        "infrastructureRoleArn": ROLE,
        "executionRoleArn": ROLE,
        "primaryContainer": { "image": "nginx" },
    }));
    manifest(name, &spec)
}

/// The schema of the version that the API server serves.
pub fn served_schema() -> Value {
    let crd = plane()
        .kubectl_run(&["get", "crd", CRD_NAME, "-o", "json"], None)
        .unwrap();
    let mut crd: Value = serde_json::from_str(&crd).unwrap();
    crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"].take()
}
