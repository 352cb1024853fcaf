//! The state of a service deployment, read from its `ServiceDeploymentStatus`.

/// State of a deployment, derived from `ServiceDeploymentStatus`. ECS has no status `FAILED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeploymentState {
    /// `PENDING`, `IN_PROGRESS`, `STOP_REQUESTED`, `ROLLBACK_REQUESTED`, `ROLLBACK_IN_PROGRESS`, no status, or a status that
    /// this version does not know.
    InProgress,
    /// `SUCCESSFUL`.
    Succeeded,
    /// `STOPPED`, `ROLLBACK_SUCCESSFUL` or `ROLLBACK_FAILED`: the target revision is not in force.
    Failed,
}

/// Status of a deployment that was stopped, by a person or by a newer deployment.
pub const STOPPED: &str = "STOPPED";

/// Status of a deployment after which ECS has brought the service back to the former revision.
pub const ROLLED_BACK: &str = "ROLLBACK_SUCCESSFUL";

/// Returns the state of a deployment whose status ECS reports as `status`.
pub fn deployment_state(status: Option<&str>) -> DeploymentState {
    match status {
        Some("SUCCESSFUL") => DeploymentState::Succeeded,
        Some(STOPPED | ROLLED_BACK | "ROLLBACK_FAILED") => DeploymentState::Failed,
        _ => DeploymentState::InProgress,
    }
}
