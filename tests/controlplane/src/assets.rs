//! Locations of the binaries.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::tool::Tool;
use crate::{Error, ToolError};

/// The binaries of a control plane.
#[derive(Debug, Clone)]
pub struct Assets {
    pub(crate) etcd: PathBuf,
    pub(crate) apiserver: PathBuf,
    pub(crate) controller_manager: PathBuf,
    pub(crate) kubectl: PathBuf,
}

/// Each binary and the variable that names it, as Kubernetes' own test tools call them.
const BINARIES: [(&str, &str); 4] = [
    ("etcd", "TEST_ASSET_ETCD"),
    ("kube-apiserver", "TEST_ASSET_KUBE_APISERVER"),
    (
        "kube-controller-manager",
        "TEST_ASSET_KUBE_CONTROLLER_MANAGER",
    ),
    ("kubectl", "TEST_ASSET_KUBECTL"),
];

impl Assets {
    /// Finds each binary by its `TEST_ASSET_*` variable, in `CONTROLPLANE_ASSETS`, in `KUBEBUILDER_ASSETS`, or lets the
    /// `build` script of this package build it (`CONTROLPLANE_BUILD` names another script), which takes minutes once.
    pub fn find() -> Result<Self, Error> {
        let mut found = Vec::new();
        let mut built = None;
        for (name, variable) in BINARIES {
            let path = match from_environment(name, variable)? {
                Some(path) => path,
                None => match &built {
                    None => built.insert(build(None)?).join(name),
                    Some(directory) => directory.join(name),
                },
            };
            found.push(path);
        }
        let [etcd, apiserver, controller_manager, kubectl] = <[PathBuf; 4]>::try_from(found)
            .unwrap_or_else(|_| unreachable!("one path for each of the four binaries"));
        Ok(Self {
            etcd,
            apiserver,
            controller_manager,
            kubectl,
        })
    }

    /// Where kubectl is.
    pub fn kubectl(&self) -> &Path {
        &self.kubectl
    }
}

/// A helm.
#[derive(Debug, Clone)]
pub struct Helm {
    program: PathBuf,
}

impl Helm {
    /// Finds helm 4 by `TEST_ASSET_HELM` or on the PATH, or lets the `build` script build it, which takes minutes once.
    pub fn four() -> Result<Self, Error> {
        Self::find("TEST_ASSET_HELM", "helm4")
    }

    /// Finds helm 3 in the same way, by `TEST_ASSET_HELM3`.
    pub fn three() -> Result<Self, Error> {
        Self::find("TEST_ASSET_HELM3", "helm3")
    }

    fn find(variable: &'static str, what: &str) -> Result<Self, Error> {
        let program = match named(variable)? {
            Some(path) => path,
            None => build(Some(what))?,
        };
        Ok(Self { program })
    }

    /// Runs a helm command that needs no API server, such as `template` or `lint`, and returns its output.
    pub fn run(&self, arguments: &[&str]) -> Result<String, ToolError> {
        self.tool("/dev/null".into(), env::temp_dir())
            .run(arguments, None)
    }

    pub(crate) fn tool(&self, kubeconfig: PathBuf, home: PathBuf) -> Tool {
        Tool {
            name: "helm",
            program: self.program.clone(),
            kubeconfig,
            home,
        }
    }
}

fn named(variable: &'static str) -> Result<Option<PathBuf>, Error> {
    match env::var_os(variable).map(PathBuf::from) {
        Some(path) if !path.is_file() => Err(Error::NoSuchBinary { variable, path }),
        named => Ok(named),
    }
}

fn from_environment(name: &str, variable: &'static str) -> Result<Option<PathBuf>, Error> {
    if let Some(path) = named(variable)? {
        return Ok(Some(path));
    }
    let directories = ["CONTROLPLANE_ASSETS", "KUBEBUILDER_ASSETS"]
        .into_iter()
        .filter_map(env::var_os);
    Ok(directories
        .map(|directory| Path::new(&directory).join(name))
        .find(|path| path.is_file()))
}

/// The location of `what` according to the script, or the directory of the control plane's binaries.
fn build(what: Option<&str>) -> Result<PathBuf, Error> {
    let script = env::var_os("CONTROLPLANE_BUILD").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("build"),
        PathBuf::from,
    );
    // It inherits stderr, so that its progress is visible.
    let output = Command::new(&script)
        .args(what)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| Error::file("running", &script, e))?;
    if !output.status.success() {
        return Err(Error::Build {
            script,
            status: output.status.to_string(),
        });
    }
    Ok(PathBuf::from(
        String::from_utf8_lossy(&output.stdout).trim_end(),
    ))
}
