//! Errors, with messages that a person can act on.

use std::io;
use std::path::{Path, PathBuf};

use crate::{ToolError, poll::TimedOut};

/// An error of a control plane.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The script that finds or builds the binaries failed; stderr has its reason.
    #[error("{script} failed ({status}): its messages above say what is missing")]
    Build {
        /// The script.
        script: PathBuf,
        /// Its exit status.
        status: String,
    },
    /// A binary is not where the environment says it is.
    #[error("{variable} names {path}, which is no file: correct or unset it")]
    NoSuchBinary {
        /// The environment variable.
        variable: &'static str,
        /// The file that it names.
        path: PathBuf,
    },
    /// A file or process could not be handled.
    #[error("{what}: {source}")]
    Io {
        /// The operation and its object.
        what: String,
        /// The operating system's error.
        source: io::Error,
    },
    /// A key or certificate could not be created.
    #[error("making the test certificates failed: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A process exited unexpectedly.
    #[error("{name} ended with code {code}; its log ends with:\n{log}")]
    Ended {
        /// The name of the process.
        name: String,
        /// Its exit code, or 128 + the signal's number.
        code: i32,
        /// The end of its log.
        log: String,
    },
    /// The control plane was not ready in time.
    #[error("{timed_out}; the log of {name} ends with:\n{log}")]
    NotReady {
        /// What was awaited.
        timed_out: TimedOut,
        /// The process that did not become ready.
        name: String,
        /// The end of its log.
        log: String,
    },
    /// No free port was found.
    #[error(
        "no free port on 127.0.0.1 between {from} and {to}: end some of the processes that listen there"
    )]
    NoPort {
        /// The lowest port tried.
        from: u16,
        /// The highest port tried.
        to: u16,
    },
    /// Something did not happen in time.
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
    /// A command of kubectl or helm failed.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// The audit log has an invalid line.
    #[error("the audit log {path} has a line that is no event: {line}")]
    AuditLog {
        /// The log.
        path: PathBuf,
        /// The line.
        line: String,
    },
}

impl Error {
    pub(crate) fn io(what: impl Into<String>, source: io::Error) -> Self {
        Self::Io {
            what: what.into(),
            source,
        }
    }

    pub(crate) fn file(verb: &str, path: &Path, source: io::Error) -> Self {
        Self::io(format!("{verb} {}", path.display()), source)
    }

    /// Whether another process took the port between the check and the bind, so that other ports are worth an attempt.
    pub(crate) fn is_port_taken(&self) -> bool {
        match self {
            Self::Ended { log, .. } | Self::NotReady { log, .. } => {
                log.contains("address already in use")
            }
            Self::Build { .. }
            | Self::NoSuchBinary { .. }
            | Self::Io { .. }
            | Self::Certificate(_)
            | Self::NoPort { .. }
            | Self::TimedOut(_)
            | Self::Tool(_)
            | Self::AuditLog { .. } => false,
        }
    }
}
