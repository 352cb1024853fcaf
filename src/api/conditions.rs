//! The words of the conditions and events: types and reasons, each in one place.

/// Condition types, after kstatus.
pub mod types {
    /// True only when this generation's configuration is the one that runs, its deployment succeeded, and an endpoint
    /// exists.
    pub const READY: &str = "Ready";
    /// False when what runs differs from the spec.
    pub const SYNCED: &str = "Synced";
    /// Present and true while the operator is on its way.
    pub const RECONCILING: &str = "Reconciling";
    /// Present and true while only a person can help.
    pub const STALLED: &str = "Stalled";
}

/// Condition and event reasons.
pub mod reasons {
    /// The service runs the spec and answers.
    pub const AVAILABLE: &str = "Available";
    /// What runs is what the spec says.
    pub const IN_SYNC: &str = "InSync";
    /// In sync, but a field that was unset stays in force in ECS, which has no way to clear it.
    pub const LEFT_IN_FORCE: &str = "LeftInForce";
    /// The ECS service is being created.
    pub const CREATING: &str = "Creating";
    /// The first deployment is on its way.
    pub const PROVISIONING: &str = "Provisioning";
    /// A new revision is being rolled out.
    pub const DEPLOYING: &str = "Deploying";
    /// A change of the spec is on its way to ECS.
    pub const UPDATING: &str = "Updating";
    /// The tags are on their way to ECS.
    pub const TAGGING: &str = "Tagging";
    /// An ECS service is being taken over.
    pub const ADOPTING: &str = "Adopting";
    /// The ECS service is being deleted.
    pub const DELETING: &str = "Deleting";
    /// The ECS service drains.
    pub const DRAINING: &str = "Draining";
    /// An answer is missing or may be stale; the operator observes again before it acts.
    pub const WAITING: &str = "Waiting";
    /// ECS has a status code that this operator does not know.
    pub const UNKNOWN_STATUS: &str = "UnknownStatus";
    /// ECS rolled the configuration back.
    pub const ROLLED_BACK: &str = "RolledBack";
    /// ECS could not make something that the deployment needs.
    pub const MANAGED_RESOURCE_FAILED: &str = "ManagedResourceFailed";
    /// The deployment takes longer than any that goes well.
    pub const PROGRESS_DEADLINE_EXCEEDED: &str = "ProgressDeadlineExceeded";
    /// Updates are accepted, but a difference stays.
    pub const NOT_CONVERGING: &str = "NotConverging";
    /// Somebody changed the service outside this object.
    pub const DRIFTED: &str = "Drifted";
    /// Somebody deleted the service outside this object.
    pub const SERVICE_DELETED: &str = "ServiceDeleted";
    /// `suspend` is true.
    pub const SUSPENDED: &str = "Suspended";
    /// The ECS service of this name belongs to somebody else.
    pub const NOT_OWNED: &str = "NotOwned";
    /// The ECS service could be adopted, and the difference waits for confirmation.
    pub const ADOPTION_NOT_CONFIRMED: &str = "AdoptionNotConfirmed";
    /// The spec asks for what ECS cannot change.
    pub const IMMUTABLE: &str = "Immutable";
    /// Account, partition, Region or cluster-id is not the one that the service was made with.
    pub const IDENTITY_CHANGED: &str = "IdentityChanged";
    /// The spec cannot be right.
    pub const INVALID_SPEC: &str = "InvalidSpec";
    /// ECS refused the request's content.
    pub const INVALID_PARAMETER: &str = "InvalidParameter";
    /// The operator's role lacks a permission.
    pub const ACCESS_DENIED: &str = "AccessDenied";
    /// ECS cannot assume a role of the spec; a new role takes some minutes.
    pub const ROLE_NOT_USABLE: &str = "RoleNotUsable";
    /// The cluster does not exist.
    pub const CLUSTER_NOT_FOUND: &str = "ClusterNotFound";
    /// The Region or partition has no Express Mode, or not this feature.
    pub const UNSUPPORTED: &str = "Unsupported";
    /// ECS asks for fewer calls.
    pub const THROTTLED: &str = "Throttled";
    /// ECS or the way to it failed.
    pub const UNAVAILABLE: &str = "Unavailable";
    /// AWS does not accept the operator's credentials.
    pub const CREDENTIALS: &str = "CredentialsNotAccepted";
    /// The API server rejects the status, or drops the intent of a call from it.
    pub const STATUS_REJECTED: &str = "StatusRejected";
    /// ECS refused the call for another reason.
    pub const REFUSED: &str = "Refused";
    /// The service that stays behind has been released.
    pub const RETAINED: &str = "Retained";
    /// The object was let go and its ECS service, which is not ours, left alone.
    pub const LEFT_ALONE: &str = "LeftAlone";
    /// The ECS service is gone.
    pub const DELETED: &str = "Deleted";
    /// Somebody's outside change was put right.
    pub const DRIFT_CORRECTED: &str = "DriftCorrected";
    /// ECS accepted the Create call.
    pub const CREATED: &str = "Created";
    /// ECS accepted the Update call.
    pub const UPDATED: &str = "Updated";
}
