//! The policies of the spec.

/// What happens to the ECS service when its object is deleted (`spec.deletionPolicy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeletionPolicy {
    /// The service is deleted. This is the default.
    Delete,
    /// The service keeps running, and its owner tags mark it as released.
    Retain,
}

/// What the operator does about drift, a change that was made outside Kubernetes (`spec.driftPolicy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DriftPolicy {
    /// Drift is corrected by an update. This is the default.
    Correct,
    /// Drift is reported in the status and left as it is.
    Report,
}

/// Whether the operator takes over an existing unowned service that has the object's ARN (`spec.adoptionPolicy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AdoptionPolicy {
    /// The service is left alone and the object reports that it does not own it. This is the default.
    Never,
    /// The service is taken over, after confirmation where the adoption would change it.
    Adopt,
}
