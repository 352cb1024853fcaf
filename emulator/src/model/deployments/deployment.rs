//! A service deployment: its status and the steps that are still to come.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::model::{
    clock::VirtualTime,
    deployments::timeline::{Stage, Step, Trigger},
};

/// The status of a service deployment. ECS has no status FAILED.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeploymentStatus {
    /// PENDING.
    Pending,
    /// IN_PROGRESS.
    InProgress,
    /// STOP_REQUESTED.
    StopRequested,
    /// SUCCESSFUL.
    Successful,
    /// STOPPED.
    Stopped,
    /// ROLLBACK_REQUESTED.
    RollbackRequested,
    /// ROLLBACK_IN_PROGRESS.
    RollbackInProgress,
    /// ROLLBACK_SUCCESSFUL.
    RollbackSuccessful,
    /// ROLLBACK_FAILED.
    RollbackFailed,
}

impl DeploymentStatus {
    /// The status as answers write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::InProgress => "IN_PROGRESS",
            Self::Successful => "SUCCESSFUL",
            Self::Stopped => "STOPPED",
            Self::StopRequested => "STOP_REQUESTED",
            Self::RollbackRequested => "ROLLBACK_REQUESTED",
            Self::RollbackInProgress => "ROLLBACK_IN_PROGRESS",
            Self::RollbackSuccessful => "ROLLBACK_SUCCESSFUL",
            Self::RollbackFailed => "ROLLBACK_FAILED",
        }
    }

    /// Whether a deployment with this status has not ended.
    #[must_use]
    pub fn is_running(self) -> bool {
        match self {
            Self::Pending
            | Self::InProgress
            | Self::StopRequested
            | Self::RollbackRequested
            | Self::RollbackInProgress => true,
            Self::Successful | Self::Stopped | Self::RollbackSuccessful | Self::RollbackFailed => {
                false
            }
        }
    }
}

/// Whether reads show a deployment yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Visibility {
    #[default]
    Hidden,
    Shown,
}

/// The rollback of a deployment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rollback {
    pub(crate) trigger: Trigger,
    pub(crate) reason: String,
    pub(crate) started_at: VirtualTime,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Deployment {
    pub(crate) arn: String,
    /// The index of the target revision in the revisions of the service.
    pub(crate) target: usize,
    /// The index of the revision that ran when the deployment started, if any.
    pub(crate) source: Option<usize>,
    pub(crate) status: DeploymentStatus,
    pub(crate) status_reason: Option<String>,
    pub(crate) stage: Option<Stage>,
    pub(crate) visibility: Visibility,
    /// The statusReason that was planned together with the outcome.
    pub(crate) reason: Option<String>,
    pub(crate) failed_tasks: u32,
    pub(crate) rollback: Option<Rollback>,
    pub(crate) created_at: VirtualTime,
    pub(crate) started_at: Option<VirtualTime>,
    pub(crate) finished_at: Option<VirtualTime>,
    pub(crate) updated_at: VirtualTime,
    pub(crate) steps: VecDeque<(VirtualTime, Step)>,
}

impl Deployment {
    /// Ends the deployment with a final status.
    pub(crate) fn finish(
        &mut self,
        status: DeploymentStatus,
        reason: Option<String>,
        now: VirtualTime,
    ) {
        self.status = status;
        self.status_reason = reason;
        self.finished_at = Some(now);
        self.updated_at = now;
        self.visibility = Visibility::Shown;
        self.steps.clear();
    }
}
