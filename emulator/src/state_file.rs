//! The file in which an emulator keeps its state from one run to the next.

use std::{
    fs::{File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::model::{Model, UnreadableState};

/// A state file, held by this process alone.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    /// Locked as long as it is open.
    _lock: File,
}

/// Why a state file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateFileError {
    /// Another process holds it.
    #[error("{} is used by another emulator: stop that one, or name another file", .0.display())]
    Taken(PathBuf),
    /// Its contents are not what this emulator writes. It is left as it is.
    #[error("cannot go on from {}: {why}. It was left as it is: move it away, or name another file", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: UnreadableState,
    },
    /// The file system refuses.
    #[error("cannot {what} {}: {source}", .path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

impl StateFile {
    /// Takes the file for this process. It need not exist.
    ///
    /// # Errors
    /// If another process holds it, or its directory cannot be written to.
    pub fn take(path: impl Into<PathBuf>) -> Result<Self, StateFileError> {
        let path = path.into();
        let lock_path = path.with_added_extension("lock");
        let failed = |source| failure("lock", &lock_path, source);
        let lock = File::create(&lock_path).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StateFileError::Taken(path)),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// The model that was saved last, or nothing where the file does not exist.
    ///
    /// # Errors
    /// If the file cannot be read, or holds something else.
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
            .map_err(|why| StateFileError::Unreadable {
                path: self.path.clone(),
                why,
            })
    }

    /// Puts the text of a model in place of what the file holds: all of it or nothing.
    pub(crate) fn write(&self, text: &[u8]) -> Result<(), StateFileError> {
        let partial = self.path.with_added_extension("partial");
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        // Environment values stand in it.
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

fn failure(what: &'static str, path: &Path, source: io::Error) -> StateFileError {
    StateFileError::Io {
        what,
        path: path.to_owned(),
        source,
    }
}
