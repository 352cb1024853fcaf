//! Why a decision was taken: its reason, and who has to act.

use crate::{
    api::conditions::reasons,
    core::{
        desired::invalid::Invalid,
        observed::failure::{Class, Failure},
    },
};

/// Why a decision was taken; most variants are a row of the decision table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The object is on its way out, and nothing holds it.
    Finalized,
    /// Retain: the service is marked as released.
    Retained,
    /// Retain: the service cannot be marked, or is not ours, or not there.
    RetainedUnmarked,
    /// Account, partition, Region or cluster-id is another.
    IdentityChanged {
        /// What is on record.
        recorded: String,
        /// What it would be now.
        now: String,
    },
    /// ECS, or a part of it that is needed, cannot be read.
    Unreadable(Failure),
    /// The service is missing, and may all the same be there.
    WaitingForAbsence,
    /// The service is proved to be gone, and the object may go.
    Deleted,
    /// ECS cannot be read, and nothing was ever sent for this object.
    NothingToDelete,
    /// The service drains on its way out.
    Draining,
    /// The service is deleted.
    Deleting,
    /// The service to delete has another owner; looked at once more.
    WaitingForOwner,
    /// The service to delete has another owner, proved.
    LeftAlone,
    /// The object is new.
    Claiming,
    /// The spec cannot be right.
    InvalidSpec(Invalid),
    /// `suspend` is true.
    Suspended,
    /// Somebody deleted the service, and drift is only shown.
    ServiceDeleted,
    /// There is no service yet.
    Creating,
    /// A former service of this name drains.
    DrainingBeforeCreate,
    /// The service belongs to somebody else.
    NotOwned(String),
    /// The service is free, and cannot be taken over.
    NotAdoptable(String),
    /// The service could be taken over; the hash confirms the difference.
    AdoptionNotConfirmed(String),
    /// The service is taken over.
    Adopting,
    /// The service is ours, and its owner tags are lost.
    TagsLost,
    /// ECS has a status code that is not known here.
    UnknownStatus(String),
    /// The infrastructure role on the service is another.
    Immutable(String),
    /// An update's effect may still come.
    WaitingForUpdate,
    /// The spec was edited.
    Updating,
    /// Scaling differs while the rest of the configuration is rolled back.
    ScalingOnly,
    /// Somebody changed the service; it is put right.
    CorrectingDrift,
    /// A restart was asked.
    Restarting,
    /// Tags differ.
    Tagging,
    /// ECS rolled this configuration back.
    RolledBack,
    /// Somebody changed the service; it is shown.
    Drifted,
    /// Updates do not take the difference away.
    NotConverging,
    /// A tag does not stay as it is sent.
    TagNotConverging(String),
    /// The deployment is under way.
    Deploying,
    /// The deployment waits for something that ECS could not make.
    ManagedResourceFailed,
    /// The deployment takes longer than any that goes well.
    ProgressDeadlineExceeded,
    /// The deployment succeeded, and ECS shows no endpoint.
    WaitingForEndpoint,
    /// Nothing to do.
    Available,
}

impl Reason {
    /// Reason of the condition `Ready`.
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

    /// Whether the operator is on its way, at rest, or only a person can help.
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
            Self::Suspended | Self::Drifted | Self::Available => Progress::AtRest,
        }
    }
}

/// How far the operator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// On its way.
    Reconciling,
    /// Only a person can help.
    Stalled,
    /// Neither.
    AtRest,
}
