//! How the next deployments of a service name are to go.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::timeline::Outcome;

/// The plan of one deployment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Planned {
    pub(crate) outcome: Outcome,
    /// Shown as statusReason in place of the usual text.
    pub(crate) reason: Option<String>,
}

/// Plans by service name, whether or not the service exists yet.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Outcomes {
    planned: BTreeMap<String, VecDeque<Planned>>,
}

impl Outcomes {
    pub(crate) fn plan(&mut self, service: &str, outcome: Outcome, reason: Option<String>) {
        self.planned
            .entry(service.to_owned())
            .or_default()
            .push_back(Planned { outcome, reason });
    }

    /// The plan of the deployment that begins now.
    pub(crate) fn take(&mut self, service: &str) -> Planned {
        self.planned
            .get_mut(service)
            .and_then(VecDeque::pop_front)
            .unwrap_or(Planned {
                outcome: Outcome::Succeed,
                reason: None,
            })
    }
}
