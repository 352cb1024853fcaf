//! The file in which an emulator saves its state from one run to the next.

use std::{
    fs::{File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::model::{Model, UnreadableState};

/// A state file, locked for this process.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    /// Holds the lock while it is open.
    _lock: File,
}

/// The error of a state file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateFileError {
    /// Another process has locked the file.
    #[error("{} is used by another emulator: stop that one, or pass another file", .0.display())]
    InUse(PathBuf),
    /// The content is not a state that this emulator can read. The file is not changed.
    #[error("cannot load the state from {}: {source}. The file was not changed: move it away, or pass another file", .path.display())]
    Unreadable {
        /// The path of the file.
        path: PathBuf,
        /// Why the content cannot be read.
        source: UnreadableState,
    },
    /// A file operation failed.
    #[error("cannot {operation} {}: {source}", .path.display())]
    Io {
        /// The operation, such as `write`.
        operation: &'static str,
        /// The path of the file.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
}

impl StateFile {
    /// Locks the file for this process. The file need not exist.
    ///
    /// # Errors
    /// Returns an error if another process has locked the file or its directory is not writable.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StateFileError> {
        let path = path.into();
        let lock_path = path.with_added_extension("lock");
        let failed = |source| failure("lock", &lock_path, source);
        let lock = File::create(&lock_path).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StateFileError::InUse(path)),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// Returns the saved model, or `None` if the file does not exist.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read or contains no state.
    pub fn load(&self) -> Result<Option<Model>, StateFileError> {
        let text = match std::fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failure("read", &self.path, error)),
        };
        serde_json::from_slice(&text)
            .map_err(|error| UnreadableState::Corrupt(error.to_string()))
            .and_then(|state| Model::from_state(&state))
            .map(Some)
            .map_err(|source| StateFileError::Unreadable {
                path: self.path.clone(),
                source,
            })
    }

    /// Replaces the content of the file atomically.
    pub(crate) fn write(&self, text: &[u8]) -> Result<(), StateFileError> {
        let partial = self.path.with_added_extension("partial");
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        // The state contains values of environment variables.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&partial).and_then(|mut file| {
            file.write_all(text)?;
            file.sync_all()
        });
        written
            .and_then(|()| std::fs::rename(&partial, &self.path))
            .map_err(|source| failure("write", &self.path, source))
    }
}

fn failure(operation: &'static str, path: &Path, source: io::Error) -> StateFileError {
    StateFileError::Io {
        operation,
        path: path.to_owned(),
        source,
    }
}
