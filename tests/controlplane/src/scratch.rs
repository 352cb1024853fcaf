//! A temporary directory that is removed even if the harness is killed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use std::os::unix::process::CommandExt;

use crate::Error;

/// Removes the directory once its stdin closes, and retries, because its writers are being killed at the same time.
const REMOVER: &str = r#"while read -r _; do :; done
for _ in 1 2 3 4 5 6 7 8 9 10; do rm -rf -- "$1" && break; sleep 0.2; done"#;

/// A temporary directory, removed when this is dropped or when this process ends. `CONTROLPLANE_KEEP=1` keeps it.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    remover: Option<Child>,
}

impl Scratch {
    /// Creates the directory.
    pub fn new() -> Result<Self, Error> {
        let directory = tempfile::Builder::new()
            .prefix("ecs-express-controlplane-")
            .tempdir()
            .map_err(|e| Error::io("making a temporary directory", e))?;
        if std::env::var_os("CONTROLPLANE_KEEP").is_some_and(|keep| keep == "1") {
            return Ok(Self {
                path: directory.keep(),
                remover: None,
            });
        }
        let remover = Command::new("sh")
            .args(["-c", REMOVER, "remover"])
            .arg(directory.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|e| Error::io("starting sh", e))?;
        Ok(Self {
            path: directory.keep(),
            remover: Some(remover),
        })
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(mut remover) = self.remover.take() {
            drop(remover.stdin.take());
            // A leftover directory is no reason to fail.
            let _ = remover.wait();
        }
    }
}
