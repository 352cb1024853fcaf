//! Writes the model to its state file after changes, and not more often than twice a second.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Mutex, task::JoinHandle};

use super::shared_model::SharedModel;
use crate::state_file::{StateFile, StateFileError};

const PAUSE: Duration = Duration::from_millis(500);

/// A state file and how much of the model is in it already.
pub(super) struct StateWriter {
    shared: SharedModel,
    file: Mutex<Written>,
}

struct Written {
    file: StateFile,
    /// The model's number of changes when it was written last.
    changes: Option<u64>,
}

impl StateWriter {
    pub(super) fn new(shared: SharedModel, file: StateFile) -> Arc<Self> {
        Arc::new(Self {
            shared,
            file: Mutex::new(Written {
                file,
                changes: None,
            }),
        })
    }

    /// Keeps on writing until it is aborted.
    pub(super) fn spawn(self: &Arc<Self>) -> JoinHandle<()> {
        let state_writer = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                if let Err(error) = state_writer.write_changes().await {
                    tracing::warn!(%error, "the state is not saved; it will be tried again");
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

    /// Writes the model with its clock as it is now.
    pub(super) async fn finish(&self) -> Result<(), StateFileError> {
        let mut written = self.file.lock().await;
        self.write(&mut written)
    }

    fn write(&self, written: &mut Written) -> Result<(), StateFileError> {
        let (changes, state) = self
            .shared
            .with_model(|model| (model.changes(), model.to_state()));
        written.file.write(state.to_string().as_bytes())?;
        written.changes = Some(changes);
        Ok(())
    }
}
