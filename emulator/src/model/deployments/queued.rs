//! A deployment that has not started.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::model::{
    clock::VirtualTime,
    deployments::{
        deployment::{Deployment, DeploymentStatus, Visibility},
        outcome::PlannedOutcome,
    },
};

/// A requested deployment before it starts, perhaps because another one is running.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct QueuedDeployment {
    pub(crate) arn: String,
    pub(crate) target: usize,
    pub(crate) planned: PlannedOutcome,
    pub(crate) bake_seconds: u64,
    #[serde(default)]
    pub(crate) load_balancer_seconds: u64,
    #[serde(rename = "asked_at")]
    pub(crate) requested_at: VirtualTime,
    /// Whether reads show the deployment while it is queued.
    #[serde(default)]
    pub(crate) visibility: Visibility,
}

impl QueuedDeployment {
    /// The deployment as PENDING, without any step to take.
    pub(crate) fn pending(&self, source: Option<usize>) -> Deployment {
        Deployment {
            arn: self.arn.clone(),
            target: self.target,
            source,
            status: DeploymentStatus::Pending,
            status_reason: None,
            stage: None,
            visibility: self.visibility,
            reason: self.planned.reason.clone(),
            failed_tasks: 0,
            rollback: None,
            created_at: self.requested_at,
            started_at: None,
            finished_at: None,
            updated_at: self.requested_at,
            steps: VecDeque::new(),
        }
    }
}
