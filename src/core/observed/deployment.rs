//! The state of a service deployment, read from its `ServiceDeploymentStatus`.

/// How a deployment stands, by the words of `ServiceDeploymentStatus`. There is no FAILED.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeploymentState {
    /// PENDING, IN_PROGRESS, STOP_REQUESTED, ROLLBACK_REQUESTED, ROLLBACK_IN_PROGRESS, and words yet unknown.
    InProgress,
    /// SUCCESSFUL.
    Succeeded,
    /// STOPPED, ROLLBACK_SUCCESSFUL, ROLLBACK_FAILED.
    Failed,
}

/// Verdict on a deployment's status.
pub fn deployment_state(status: Option<&str>) -> DeploymentState {
    match status {
        Some("SUCCESSFUL") => DeploymentState::Succeeded,
        Some("STOPPED" | "ROLLBACK_SUCCESSFUL" | "ROLLBACK_FAILED") => DeploymentState::Failed,
        _ => DeploymentState::InProgress,
    }
}
