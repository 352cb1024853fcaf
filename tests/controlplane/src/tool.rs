//! Running kubectl and helm.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A command of kubectl or helm failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{tool} {arguments} failed ({}): {}", code.map_or("no exit code".into(), |c| format!("code {c}")), stderr.trim())]
pub struct ToolError {
    /// `kubectl` or `helm`.
    pub tool: &'static str,
    /// Its arguments, joined by spaces.
    pub arguments: String,
    /// What it printed to stdout.
    pub stdout: String,
    /// What it printed to stderr, or why it could not be run.
    pub stderr: String,
    /// Its exit code; `None` if it was killed or did not start.
    pub code: Option<i32>,
}

/// kubectl or helm, as one user.
#[derive(Debug, Clone)]
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) program: PathBuf,
    pub(crate) kubeconfig: PathBuf,
    /// Where it keeps its caches.
    pub(crate) home: PathBuf,
}

impl Tool {
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .env_clear()
            .env("KUBECONFIG", &self.kubeconfig)
            .env("HOME", &self.home);
        command
    }

    /// Runs it with `arguments`, feeds it `stdin`, and returns what it printed.
    pub(crate) fn run(&self, arguments: &[&str], stdin: Option<&str>) -> Result<String, ToolError> {
        let failed = |stdout, stderr, code| ToolError {
            tool: self.name,
            arguments: arguments.join(" "),
            stdout,
            stderr,
            code,
        };
        let output = output(self.command().args(arguments), stdin)
            .map_err(|e| failed(String::new(), e.to_string(), None))?;
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(stdout);
        }
        Err(failed(
            stdout,
            String::from_utf8_lossy(&output.stderr).into_owned(),
            output.status.code(),
        ))
    }
}

fn output(command: &mut Command, stdin: Option<&str>) -> std::io::Result<Output> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let Some(text) = stdin else {
        return command.stdin(Stdio::null()).output();
    };
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    let pipe = child.stdin.take();
    // On its own thread: the tool may fill its output pipe before it has read all of the input.
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if let Some(mut pipe) = pipe {
                // It may exit without reading its input; the exit code decides.
                let _ = pipe.write_all(text.as_bytes());
            }
        });
        child.wait_with_output()
    })
}
