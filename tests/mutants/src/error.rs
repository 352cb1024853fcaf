//! Errors, with messages that a person can act on.

use std::{io, path::PathBuf};

/// An error of the bank, or of a run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// A file of the bank does not have the format.
    #[error("{path}: {message}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// The text that a mutant replaces does not occur exactly once.
    #[error(
        "{mutant}: its original occurs {times} times in {file}, not once: adapt it to the present source"
    )]
    NotOnce {
        /// The mutant.
        mutant: String,
        /// The file that it changes.
        file: String,
        /// How often the original occurs there.
        times: usize,
    },
    /// A mutant, or the unchanged source, does not compile.
    #[error("{name} does not compile, so it shows nothing: correct it\n{output}")]
    DoesNotCompile {
        /// The mutant.
        name: String,
        /// The compiler's messages.
        output: String,
    },
    /// The tests fail without any mutant.
    #[error("the unchanged source fails in {suite}: {failure}; mend that first")]
    Unchanged {
        /// The suite that fails.
        suite: String,
        /// The first failure.
        failure: String,
    },
    /// A program could not be run.
    #[error("{program}: {message}")]
    Command {
        /// The program.
        program: String,
        /// What went wrong.
        message: String,
    },
    /// No mutant has this name.
    #[error("the bank has no mutant {0}")]
    Unknown(String),
}

impl Error {
    /// An error of the operating system about a file.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
