//! The phase of an object.

use crate::{
    api::ExpressService,
    core::desired::{
        policy::DeletionPolicy,
        recorded_identity::{IdentityCheck, RecordedIdentity, has_finalizer},
    },
};

/// Phase of an object in its life with the operator. Each variant allows other actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The operator's finalizer or the identity is not stored yet. No call that changes ECS is sent.
    Unclaimed,
    /// The finalizer and the identity are stored.
    Active,
    /// The object is being deleted and still carries the operator's finalizer.
    Deleting(DeletionPolicy),
    /// The object is being deleted and no longer carries the operator's finalizer. Nothing is left to do.
    Finalized,
}

impl Phase {
    /// Returns the phase of an object with this recorded identity.
    pub(crate) fn of(
        object: &ExpressService,
        recorded: &RecordedIdentity,
        check: &IdentityCheck,
    ) -> Self {
        match (
            object.metadata.deletion_timestamp.is_some(),
            has_finalizer(object),
        ) {
            (true, false) => Self::Finalized,
            (true, true) => Self::Deleting(match object.spec.deletion_policy.as_deref() {
                None | Some("Delete") => DeletionPolicy::Delete,
                // A value of a newer schema: fall back to the policy that deletes nothing.
                Some(_) => DeletionPolicy::Retain,
            }),
            (false, false) => Self::Unclaimed,
            (false, true) if !recorded.annotated && *check == IdentityCheck::Same => {
                Self::Unclaimed
            }
            (false, true) => Self::Active,
        }
    }
}
