//! Saving of the model to its state file after changes, at most twice a second.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Mutex, task::JoinHandle};

use super::shared_model::SharedModel;
use crate::state_file::{StateFile, StateFileError};

const PAUSE: Duration = Duration::from_millis(500);

/// Writes the model to a state file whenever it has changed.
pub(super) struct StateWriter {
    shared: SharedModel,
    file: Mutex<WrittenFile>,
}

/// The state file and the changes that it contains.
struct WrittenFile {
    file: StateFile,
    /// The number of changes of the model that the file contains.
    changes: Option<u64>,
}

impl StateWriter {
    pub(super) fn new(shared: SharedModel, file: StateFile) -> Arc<Self> {
        Arc::new(Self {
            shared,
            file: Mutex::new(WrittenFile {
                file,
                changes: None,
            }),
        })
    }

    /// Starts a task that writes changes until it is aborted.
    pub(super) fn spawn(self: &Arc<Self>) -> JoinHandle<()> {
        let state_writer = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                if let Err(error) = state_writer.write_changes().await {
                    tracing::warn!(%error, "cannot save the state; retrying");
                }
                tokio::time::sleep(PAUSE).await;
            }
        })
    }

    async fn write_changes(&self) -> Result<(), StateFileError> {
        let mut written = self.file.lock().await;
        let changes = self.shared.with_model(|model| model.changes());
        if written.changes == Some(changes) {
            return Ok(());
        }
        self.write(&mut written)
    }

    /// Writes the model with the current time of its clock.
    pub(super) async fn finish(&self) -> Result<(), StateFileError> {
        let mut written = self.file.lock().await;
        self.write(&mut written)
    }

    fn write(&self, written: &mut WrittenFile) -> Result<(), StateFileError> {
        let (changes, state) = self
            .shared
            .with_model(|model| (model.changes(), model.to_state()));
        written.file.write(state.to_string().as_bytes())?;
        written.changes = Some(changes);
        Ok(())
    }
}
