//! The reason for a decision, and who has to act on it.

use crate::{
    api::conditions::reasons,
    core::{
        desired::invalid::Invalid,
        observed::failure::{Class, Failure},
    },
};

/// The reason for a decision. Most variants belong to one row of the decision table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The object is being deleted and no longer carries our finalizer.
    Finalized,
    /// `deletionPolicy: Retain`: the service is marked as released.
    Retained,
    /// `deletionPolicy: Retain`: the service cannot be marked, belongs to another owner, or does not exist.
    RetainedUnmarked,
    /// The account, partition, Region or cluster-id is no longer the recorded one.
    IdentityChanged {
        /// The recorded identity.
        recorded: String,
        /// The present identity.
        now: String,
    },
    /// ECS, or a part of it that the decision needs, cannot be read.
    Unreadable(Failure),
    /// ECS does not show the service; its absence is not confirmed yet.
    WaitingForAbsence,
    /// The service is confirmed to be absent, and the finalizer can be removed.
    Deleted,
    /// ECS cannot be read, but nothing was ever sent for this object.
    NothingToDelete,
    /// ECS is deleting the service, as the deletion of the object asked for.
    Draining,
    /// The service is being deleted.
    Deleting,
    /// The service to delete seems to have another owner, which is verified once more.
    WaitingForOwner,
    /// The service to delete has another owner.
    LeftAlone,
    /// The object has no finalizer or recorded identity yet.
    Claiming,
    /// The spec cannot be valid, whatever ECS says.
    InvalidSpec(Invalid),
    /// `spec.suspend` is true.
    Suspended,
    /// Somebody deleted the service, and `driftPolicy: Report` says only to report that.
    ServiceDeleted,
    /// There is no service yet.
    Creating,
    /// ECS is still deleting an earlier service of this name.
    DrainingBeforeCreate,
    /// The service belongs to this other owner.
    NotOwned(String),
    /// The service is unowned and cannot be adopted, for this cause.
    NotAdoptable(String),
    /// The adoption would change the service; this hash confirms it.
    AdoptionNotConfirmed(String),
    /// The unowned service is being adopted.
    Adopting,
    /// The owner tags of this object's service are missing.
    TagsLost,
    /// ECS reports a status code that this version does not know.
    UnknownStatus(String),
    /// The service has this infrastructure role, which ECS cannot change.
    Immutable(String),
    /// An update is in doubt.
    WaitingForUpdate,
    /// The spec was edited.
    Updating,
    /// Scaling differs, while the rest of the configuration is rolled back.
    ScalingOnly,
    /// The service drifted, and is being corrected.
    CorrectingDrift,
    /// A restart was asked for.
    Restarting,
    /// Tags differ.
    Tagging,
    /// ECS rolled this configuration back.
    RolledBack,
    /// The service drifted, which is only reported.
    Drifted,
    /// Updates do not remove the difference.
    NotConverging,
    /// The tag at this path does not keep the value that is sent.
    TagNotConverging(String),
    /// The deployment is in progress.
    Deploying,
    /// The deployment waits for a managed resource that ECS could not create.
    ManagedResourceFailed,
    /// The deployment takes longer than the progress deadline.
    ProgressDeadlineExceeded,
    /// The deployment succeeded, but ECS shows no endpoint yet.
    WaitingForEndpoint,
    /// The service runs the spec and has an endpoint.
    Available,
}

impl Reason {
    /// The reason that the condition `Ready` has.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Finalized | Self::Deleted => reasons::DELETED,
            Self::Retained | Self::RetainedUnmarked => reasons::RETAINED,
            Self::IdentityChanged { .. } => reasons::IDENTITY_CHANGED,
            Self::Unreadable(failure) => failure.kind.reason(),
            Self::WaitingForAbsence | Self::WaitingForUpdate | Self::WaitingForOwner => {
                reasons::WAITING
            }
            Self::Draining | Self::DrainingBeforeCreate => reasons::DRAINING,
            Self::Deleting => reasons::DELETING,
            Self::LeftAlone | Self::NothingToDelete => reasons::LEFT_ALONE,
            Self::Claiming | Self::Creating => reasons::CREATING,
            Self::InvalidSpec(_) => reasons::INVALID_SPEC,
            Self::Suspended => reasons::SUSPENDED,
            Self::ServiceDeleted => reasons::SERVICE_DELETED,
            Self::NotOwned(_) | Self::NotAdoptable(_) => reasons::NOT_OWNED,
            Self::AdoptionNotConfirmed(_) => reasons::ADOPTION_NOT_CONFIRMED,
            Self::Adopting => reasons::ADOPTING,
            Self::TagsLost | Self::Tagging => reasons::TAGGING,
            Self::UnknownStatus(_) => reasons::UNKNOWN_STATUS,
            Self::Immutable(_) => reasons::IMMUTABLE,
            Self::Updating | Self::ScalingOnly | Self::CorrectingDrift | Self::Restarting => {
                reasons::UPDATING
            }
            Self::RolledBack => reasons::ROLLED_BACK,
            Self::Drifted => reasons::DRIFTED,
            Self::NotConverging | Self::TagNotConverging(_) => reasons::NOT_CONVERGING,
            Self::Deploying => reasons::DEPLOYING,
            Self::ManagedResourceFailed => reasons::MANAGED_RESOURCE_FAILED,
            Self::ProgressDeadlineExceeded => reasons::PROGRESS_DEADLINE_EXCEEDED,
            Self::WaitingForEndpoint => reasons::PROVISIONING,
            Self::Available => reasons::AVAILABLE,
        }
    }

    /// Whether the operator is making progress, is idle, or needs a person.
    pub fn progress(&self) -> Progress {
        match self {
            Self::Finalized
            | Self::Retained
            | Self::RetainedUnmarked
            | Self::Deleted
            | Self::LeftAlone
            | Self::NothingToDelete
            | Self::WaitingForAbsence
            | Self::Draining
            | Self::Deleting
            | Self::WaitingForOwner
            | Self::Claiming
            | Self::Creating
            | Self::DrainingBeforeCreate
            | Self::Adopting
            | Self::TagsLost
            | Self::WaitingForUpdate
            | Self::Updating
            | Self::ScalingOnly
            | Self::CorrectingDrift
            | Self::Restarting
            | Self::Tagging
            | Self::Deploying
            | Self::WaitingForEndpoint => Progress::Reconciling,
            Self::Unreadable(failure) if failure.kind.class() == Class::Retry => {
                Progress::Reconciling
            }
            Self::IdentityChanged { .. }
            | Self::Unreadable(_)
            | Self::InvalidSpec(_)
            | Self::NotOwned(_)
            | Self::NotAdoptable(_)
            | Self::AdoptionNotConfirmed(_)
            | Self::Immutable(_)
            | Self::RolledBack
            | Self::NotConverging
            | Self::TagNotConverging(_)
            | Self::ServiceDeleted
            | Self::UnknownStatus(_)
            | Self::ManagedResourceFailed
            | Self::ProgressDeadlineExceeded => Progress::Stalled,
            Self::Suspended | Self::Drifted | Self::Available => Progress::Idle,
        }
    }
}

/// Whether something is in progress for an object, after kstatus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The operator or ECS is working on it.
    Reconciling,
    /// A person has to act.
    Stalled,
    /// Nothing is left to do.
    Idle,
}
