//! A deployment that has not started.

use serde::{Deserialize, Serialize};

use crate::model::{clock::VirtualTime, deployments::outcome::PlannedOutcome};

/// A requested deployment before it starts, perhaps because another one is running.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct QueuedDeployment {
    pub(crate) arn: String,
    pub(crate) target: usize,
    pub(crate) planned: PlannedOutcome,
    pub(crate) bake_seconds: u64,
    #[serde(rename = "asked_at")]
    pub(crate) requested_at: VirtualTime,
}
