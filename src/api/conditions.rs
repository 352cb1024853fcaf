//! The vocabulary of conditions and events: all types and reasons.

/// Condition types, following kstatus.
pub mod types {
    crate::api::vocabulary! {
        /// True when the configuration of this generation is running, its deployment succeeded, and the service has an
        /// endpoint.
        pub const READY: &str = "Ready";
        /// True when ECS has the configuration and the tags of the spec.
        pub const SYNCED: &str = "Synced";
        /// Present and True while the operator is working towards the spec.
        pub const RECONCILING: &str = "Reconciling";
        /// Present and True while a person has to act.
        pub const STALLED: &str = "Stalled";
    }
}

/// Condition and event reasons.
pub mod reasons {
    crate::api::vocabulary! {
        /// The service runs the configuration of the spec and has an endpoint.
        pub const AVAILABLE: &str = "Available";
        /// ECS has the configuration of the spec.
        pub const IN_SYNC: &str = "InSync";
        /// ECS has the configuration of the spec, but the value of a removed field stays in force, because ECS cannot clear it.
        pub const LEFT_IN_FORCE: &str = "LeftInForce";
        /// The ECS service is being created.
        pub const CREATING: &str = "Creating";
        /// The first deployment is in progress.
        pub const PROVISIONING: &str = "Provisioning";
        /// A new revision is being deployed.
        pub const DEPLOYING: &str = "Deploying";
        /// A change of the configuration is being sent to ECS.
        pub const UPDATING: &str = "Updating";
        /// The tags are being sent to ECS.
        pub const TAGGING: &str = "Tagging";
        /// An existing ECS service is being adopted.
        pub const ADOPTING: &str = "Adopting";
        /// The ECS service is being deleted.
        pub const DELETING: &str = "Deleting";
        /// ECS is deleting the service, which is still draining.
        pub const DRAINING: &str = "Draining";
        /// An answer is missing, incomplete or may be stale; the operator observes the service again before it acts.
        pub const WAITING: &str = "Waiting";
        /// ECS reports a status code that this version of the operator does not know.
        pub const UNKNOWN_STATUS: &str = "UnknownStatus";
        /// ECS rolled the configuration back.
        pub const ROLLED_BACK: &str = "RolledBack";
        /// ECS could not create a resource that the deployment needs.
        pub const MANAGED_RESOURCE_FAILED: &str = "ManagedResourceFailed";
        /// The deployment takes longer than a successful one ever does.
        pub const PROGRESS_DEADLINE_EXCEEDED: &str = "ProgressDeadlineExceeded";
        /// ECS accepts updates, but a difference remains.
        pub const NOT_CONVERGING: &str = "NotConverging";
        /// The service was changed outside Kubernetes.
        pub const DRIFTED: &str = "Drifted";
        /// The service was deleted outside Kubernetes.
        pub const SERVICE_DELETED: &str = "ServiceDeleted";
        /// `spec.suspend` is true.
        pub const SUSPENDED: &str = "Suspended";
        /// The ECS service of this name does not belong to this object.
        pub const NOT_OWNED: &str = "NotOwned";
        /// An adoption would change the service and waits for confirmation.
        pub const ADOPTION_NOT_CONFIRMED: &str = "AdoptionNotConfirmed";
        /// The spec requires a change that ECS cannot make.
        pub const IMMUTABLE: &str = "Immutable";
        /// The account, partition, Region or cluster-id differs from the one with which the service was created.
        pub const IDENTITY_CHANGED: &str = "IdentityChanged";
        /// The spec is invalid.
        pub const INVALID_SPEC: &str = "InvalidSpec";
        /// ECS rejected the content of a request.
        pub const INVALID_PARAMETER: &str = "InvalidParameter";
        /// The operator's role lacks a permission.
        pub const ACCESS_DENIED: &str = "AccessDenied";
        /// ECS cannot assume a role of the spec. A new role becomes usable after some minutes.
        pub const ROLE_NOT_USABLE: &str = "RoleNotUsable";
        /// The cluster does not exist.
        pub const CLUSTER_NOT_FOUND: &str = "ClusterNotFound";
        /// The Region or partition does not offer Express Mode, or not the requested feature.
        pub const UNSUPPORTED: &str = "Unsupported";
        /// AWS throttles the calls.
        pub const THROTTLED: &str = "Throttled";
        /// ECS failed or could not be reached.
        pub const UNAVAILABLE: &str = "Unavailable";
        /// AWS does not accept the operator's credentials.
        pub const CREDENTIALS: &str = "CredentialsNotAccepted";
        /// The API server rejects the status, or drops the intent of a call from it.
        pub const STATUS_REJECTED: &str = "StatusRejected";
        /// ECS rejected a call for another reason.
        pub const REFUSED: &str = "Refused";
        /// The service was left running and, where possible, marked as released.
        pub const RETAINED: &str = "Retained";
        /// The finalizer was removed, and the ECS service, which does not belong to this object, was left alone.
        pub const LEFT_ALONE: &str = "LeftAlone";
        /// The ECS service is gone.
        pub const DELETED: &str = "Deleted";
        /// A change outside Kubernetes was corrected.
        pub const DRIFT_CORRECTED: &str = "DriftCorrected";
        /// ECS accepted the creation of the service.
        pub const CREATED: &str = "Created";
        /// ECS accepted an update.
        pub const UPDATED: &str = "Updated";
    }
}
