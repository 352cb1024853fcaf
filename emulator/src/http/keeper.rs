//! Writes the model to its state file after changes, and not more often than twice a second.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Mutex, task::JoinHandle};

use super::shared::Shared;
use crate::state_file::{StateFile, StateFileError};

const PAUSE: Duration = Duration::from_millis(500);

/// A state file and how much of the model is in it already.
pub(super) struct Keeper {
    shared: Shared,
    file: Mutex<Kept>,
}

struct Kept {
    file: StateFile,
    /// The model's number of changes when it was written last.
    changes: Option<u64>,
}

impl Keeper {
    pub(super) fn new(shared: Shared, file: StateFile) -> Arc<Self> {
        Arc::new(Self {
            shared,
            file: Mutex::new(Kept {
                file,
                changes: None,
            }),
        })
    }

    /// Keeps on writing until it is aborted.
    pub(super) fn spawn(self: &Arc<Self>) -> JoinHandle<()> {
        let keeper = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                if let Err(error) = keeper.write_changes().await {
                    tracing::warn!(%error, "the state is not saved; it will be tried again");
                }
                tokio::time::sleep(PAUSE).await;
            }
        })
    }

    async fn write_changes(&self) -> Result<(), StateFileError> {
        let mut kept = self.file.lock().await;
        let changes = self.shared.with_model(|model| model.changes());
        if kept.changes == Some(changes) {
            return Ok(());
        }
        self.write(&mut kept)
    }

    /// Writes the model with its clock as it is now.
    pub(super) async fn finish(&self) -> Result<(), StateFileError> {
        let mut kept = self.file.lock().await;
        self.write(&mut kept)
    }

    fn write(&self, kept: &mut Kept) -> Result<(), StateFileError> {
        let (changes, state) = self
            .shared
            .with_model(|model| (model.changes(), model.to_state()));
        kept.file.write(state.to_string().as_bytes())?;
        kept.changes = Some(changes);
        Ok(())
    }
}
