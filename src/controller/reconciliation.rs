//! The state of one reconcile while it runs, and the errors that end it early.

use std::{sync::Arc, time::Duration};

use super::{
    objects::{ObjectKey, ObjectsError},
    reconcile_state::ReconcileState,
    triggers::KnownVersions,
};
use crate::{
    api::{ExpressService, ExpressServiceStatus},
    core::{
        observed::history::{ObservedAt, Uptime},
        redaction::redact::Redactor,
    },
};

/// Why a reconcile ended early. The next one starts with a new observation, so nothing is lost.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReconcileError {
    #[error(transparent)]
    Objects(#[from] ObjectsError),
    #[error("the reconcile took longer than {0:?}; the operator retries automatically")]
    Timeout(Duration),
}

/// One reconcile of one object.
pub(super) struct Reconciliation {
    /// The object as this reconcile last read or wrote it.
    pub(super) object: ExpressService,
    /// The status before this reconcile wrote anything.
    pub(super) status_before: ExpressServiceStatus,
    pub(super) state: ReconcileState,
    /// Removes the object's secret values from texts.
    pub(super) redactor: Redactor,
    /// When this reconcile requested the write of the finalizer, which fences a first create.
    pub(super) fenced_at: Option<Uptime>,
    /// Whether the second read of the tags found no owner tags of this object, and when.
    pub(super) other_owner: Option<(bool, ObservedAt)>,
    /// Whether the finalizer was removed.
    pub(super) released: bool,
    pub(super) known_versions: KnownVersions,
}

impl Reconciliation {
    pub(super) fn new(object: Arc<ExpressService>, state: ReconcileState) -> Self {
        let object = Arc::unwrap_or_clone(object);
        Self {
            status_before: object.status.clone().unwrap_or_default(),
            known_versions: KnownVersions::starting_with(&object.metadata),
            object,
            state,
            redactor: Redactor::default(),
            fenced_at: None,
            other_owner: None,
            released: false,
        }
    }

    pub(super) fn key(&self) -> ObjectKey {
        ObjectKey::of(&self.object.metadata)
    }

    /// Continues with the object as a write of this reconcile returned it.
    pub(super) fn stored(&mut self, object: ExpressService) {
        self.known_versions.add_written(&object.metadata);
        self.object = object;
    }

    /// Continues with the object as somebody else changed it.
    pub(super) fn rebase(&mut self, object: ExpressService) {
        self.known_versions.mark_rebased();
        self.object = object;
    }
}
