//! A child process that cannot outlive its owner.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::{Error, poll};

/// The guardian script, which runs between the harness and each child, in a process group of its own.
const GUARDIAN: &str = include_str!("guardian.sh");

/// The variables that a child inherits from the harness: never its AWS settings or its KUBECONFIG.
const ENVIRONMENT: [&str; 3] = ["PATH", "HOME", "TMPDIR"];

const TAIL_LINES: usize = 30;

/// A running child. It is killed when this is dropped, and when this process ends for whatever reason.
#[derive(Debug)]
pub struct Process {
    name: String,
    guardian: Child,
    /// Open as long as the child may run.
    lifeline: Option<ChildStdin>,
    reports: BufReader<ChildStdout>,
    pid: u32,
    log: PathBuf,
    exit_code: Option<i32>,
}

impl Process {
    /// Starts `command` and appends what it prints to the file `log`.
    ///
    /// Program, arguments, directory and environment of `command` are kept. Otherwise the environment contains only
    /// PATH, HOME and TMPDIR. Stdin is empty.
    pub fn spawn(name: &str, command: Command, log: impl Into<PathBuf>) -> Result<Self, Error> {
        let log = log.into();
        let program = Path::new(command.get_program());
        if program.components().count() > 1 && !program.is_file() {
            return Err(Error::file(
                "starting",
                program,
                std::io::ErrorKind::NotFound.into(),
            ));
        }
        File::options()
            .create(true)
            .append(true)
            .open(&log)
            .map_err(|e| Error::file("opening", &log, e))?;
        let starting = |e| Error::io(format!("starting {name}"), e);
        let mut guardian = guarded(&command, &log).spawn().map_err(starting)?;
        let lifeline = guardian.stdin.take();
        let Some(stdout) = guardian.stdout.take() else {
            return Err(starting(std::io::ErrorKind::BrokenPipe.into()));
        };
        let mut reports = BufReader::new(stdout);
        let Some(pid) = read_number(&mut reports) else {
            return Err(starting(std::io::Error::other(
                "the guarding shell did not start it",
            )));
        };
        Ok(Self {
            name: name.into(),
            guardian,
            lifeline,
            reports,
            pid,
            log,
            exit_code: None,
        })
    }

    /// The process id of the child itself.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The name given at the start.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The exit code of the child, or 128 + the number of the signal; `None` while it runs.
    pub fn exit_code(&mut self) -> Option<i32> {
        if self.exit_code.is_none() && matches!(self.guardian.try_wait(), Ok(Some(_))) {
            // Without a report the guardian's group was killed, and the child with it.
            self.exit_code = read_number(&mut self.reports).or(Some(128 + 9));
        }
        self.exit_code
    }

    /// Returns an error with the end of the log if the child has ended.
    pub fn check_alive(&mut self) -> Result<(), Error> {
        match self.exit_code() {
            None => Ok(()),
            Some(code) => Err(Error::Ended {
                name: self.name.clone(),
                code,
                log: self.log_tail(),
            }),
        }
    }

    /// Asks the child to end (SIGTERM). Nothing happens if it has ended.
    pub fn interrupt(&mut self) -> Result<(), Error> {
        self.signal("TERM")
    }

    /// Sends `signal`, as `kill` names it (`STOP`, `CONT`, `HUP`). Nothing happens if the child has ended.
    pub fn signal(&mut self, signal: &str) -> Result<(), Error> {
        if self.exit_code().is_some() {
            return Ok(());
        }
        // The shell's own kill: the program of that name is a package that may be missing.
        let sent = Command::new("sh")
            .args([
                "-c",
                "kill -s \"$1\" \"$2\"",
                "kill",
                signal,
                &self.pid.to_string(),
            ])
            .output();
        match sent {
            Err(e) => Err(Error::io(format!("sending {signal} to {}", self.name), e)),
            // It may have ended in between, which is what counts.
            Ok(output) if output.status.success() || self.exit_code().is_some() => Ok(()),
            Ok(output) => {
                let answer = std::io::Error::other(
                    String::from_utf8_lossy(&output.stderr).trim().to_string(),
                );
                Err(Error::io(
                    format!("sending {signal} to {}", self.name),
                    answer,
                ))
            }
        }
    }

    /// Waits for the child to end; `None` if it still runs after `deadline`.
    pub fn wait_exit(&mut self, deadline: Duration) -> Option<i32> {
        poll::until(deadline, "the process to end", || {
            self.exit_code().ok_or_else(String::new)
        })
        .ok()
    }

    /// Kills the child (SIGKILL) and waits until it is gone.
    pub fn kill(&mut self) {
        drop(self.lifeline.take());
        // A failure here can neither be handled nor reported.
        let _ = self.guardian.wait();
    }

    /// The file with what the child has printed.
    pub fn log_path(&self) -> &Path {
        &self.log
    }

    /// What the child has printed.
    pub fn log(&self) -> String {
        fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// The last lines of what the child has printed.
    pub fn log_tail(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn guarded(command: &Command, log: &Path) -> Command {
    let mut guardian = Command::new("sh");
    guardian
        .args(["-c", GUARDIAN, "guardian"])
        .arg(log)
        .arg(command.get_program())
        .args(command.get_args());
    guardian.env_clear();
    for name in ENVIRONMENT {
        if let Some(value) = std::env::var_os(name) {
            guardian.env(name, value);
        }
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => guardian.env(name, value),
            None => guardian.env_remove(name),
        };
    }
    if let Some(directory) = command.get_current_dir() {
        guardian.current_dir(directory);
    }
    guardian
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0);
    guardian
}

fn read_number<N: std::str::FromStr>(reports: &mut impl BufRead) -> Option<N> {
    let mut line = String::new();
    reports.read_line(&mut line).ok()?;
    line.trim().parse().ok()
}
