//! A deployment before it begins.

use serde::{Deserialize, Serialize};

use crate::model::{clock::VirtualTime, deployments::outcome::PlannedOutcome};

/// A deployment that was asked for: what is known of it before it begins.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct QueuedDeployment {
    pub(crate) arn: String,
    pub(crate) target: usize,
    pub(crate) planned: PlannedOutcome,
    pub(crate) bake_seconds: u64,
    #[serde(rename = "asked_at")]
    pub(crate) requested_at: VirtualTime,
}
