//! How the next deployments of a service name are to go.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

/// How a deployment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It succeeds.
    Succeed,
    /// Its tasks do not start, the circuit breaker opens, and the old revision stays.
    RollBackByCircuitBreaker,
    /// It fails under the canary's traffic, an alarm goes off, and the old revision stays.
    RollBackByAlarm,
    /// It stays IN_PROGRESS with no running task.
    NeverComesUp,
    /// The circuit breaker opens, and then the rollback fails too.
    RollbackFails,
    /// Something that ECS manages is FAILED, and the deployment stays IN_PROGRESS: the load balancer
    /// in a first deployment, the listener rule in a later one.
    ManagedResourceFails,
}

/// The plan of one deployment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PlannedOutcome {
    pub(crate) outcome: Outcome,
    /// Shown as statusReason in place of the usual text.
    pub(crate) reason: Option<String>,
}

/// Plans by service name, whether or not the service exists yet.
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

    /// The plan of the deployment that begins now.
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
