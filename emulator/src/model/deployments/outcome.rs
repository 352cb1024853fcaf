//! The planned outcomes of deployments.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

/// How a deployment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The deployment succeeds.
    Succeed,
    /// The tasks fail to start, the circuit breaker opens, and the deployment is rolled back.
    RollBackByCircuitBreaker,
    /// The canary triggers an alarm, and the deployment is rolled back.
    RollBackByAlarm,
    /// The deployment stays IN_PROGRESS without a running task.
    NeverComesUp,
    /// The circuit breaker opens, and the rollback fails.
    RollbackFails,
    /// A managed resource becomes FAILED and the deployment stays IN_PROGRESS. The resource is the load
    /// balancer in a first deployment, and the listener rule in a later one.
    ManagedResourceFails,
    /// The deployment is rolled back before its revision becomes active. A first deployment ends as with
    /// `StopBeforeShown`.
    RollBackBeforeShown,
    /// ECS rejects the accepted revision later: the deployment ends as STOPPED before its revision becomes
    /// active.
    StopBeforeShown,
    /// The accepted revision never becomes active, and no read ever shows its deployment.
    Vanish,
}

/// The planned outcome of one deployment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PlannedOutcome {
    pub(crate) outcome: Outcome,
    /// The statusReason that replaces the usual text.
    pub(crate) reason: Option<String>,
}

/// The planned outcomes by service name. The service need not exist yet.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Outcomes {
    planned: BTreeMap<String, VecDeque<PlannedOutcome>>,
}

impl Outcomes {
    pub(crate) fn plan(&mut self, service: &str, outcome: Outcome, reason: Option<String>) {
        self.planned
            .entry(service.to_owned())
            .or_default()
            .push_back(PlannedOutcome { outcome, reason });
    }

    /// Removes and returns the plan of the deployment that starts now.
    pub(crate) fn take(&mut self, service: &str) -> PlannedOutcome {
        self.planned
            .get_mut(service)
            .and_then(VecDeque::pop_front)
            .unwrap_or(PlannedOutcome {
                outcome: Outcome::Succeed,
                reason: None,
            })
    }
}
