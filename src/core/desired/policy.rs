//! The policies of the spec, and the phase of the object.

/// How far the life of an object has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Finalizer or identity is not stored yet.
    Unclaimed,
    /// Finalizer and identity are stored.
    Active,
    /// Being deleted, finalizer held.
    Deleting(DeletionPolicy),
    /// Being deleted, finalizer released.
    Finalized,
}

/// What becomes of the ECS service with its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeletionPolicy {
    /// It is deleted.
    Delete,
    /// It stays, marked as released.
    Retain,
}

/// What follows an outside change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DriftPolicy {
    /// It is put right.
    Correct,
    /// It is shown.
    Report,
}

/// Whether a free service of this name is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AdoptionPolicy {
    /// It is refused.
    Never,
    /// It is taken over.
    Adopt,
}
