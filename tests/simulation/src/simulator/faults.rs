//! Which fault meets a request, and in which state of its object.

use std::hash::{DefaultHasher, Hash, Hasher};

use ecs_express_operator::controller::objects::ObjectKey;

use super::{RequestMade, Simulator, requests::is_write};
use crate::{
    checkers::truth::{ServiceState, arn_of},
    kubernetes::api_server::Stored,
    request::Request,
    scenario::fault::{FaultKind, Site},
};

impl Simulator<'_> {
    /// The fault that meets a request, if one does.
    pub(super) fn fault_of(&mut self, request: &Request) -> Option<FaultKind> {
        if self.calm {
            return None;
        }
        let mut found = None;
        for (fault, met) in self.scenario.faults.iter().zip(&mut self.met) {
            let matches = match fault.on {
                Site::Any => true,
                Site::Named(name) => name == request.name(),
                Site::ChangesAws => request.changes_aws(),
                Site::Number(number) => number == self.requests.len(),
            };
            // A fault waits for a request that it fits, so that it is not used up without any effect.
            if !matches || !fault.kind.fits(request.is_aws(), is_write(request)) {
                continue;
            }
            *met += 1;
            let meets = *met > fault.after && *met - fault.after <= fault.times;
            if meets && found.is_none() {
                found = Some(fault.kind.clone());
            }
        }
        found
    }

    pub(super) fn note_request(
        &mut self,
        request: &Request,
        reconciled: Option<&ObjectKey>,
        fault: Option<&FaultKind>,
    ) {
        let state = self.state_of(reconciled);
        self.requests.push(RequestMade {
            at: self.now,
            name: request.name(),
            aws: request.is_aws(),
            write: is_write(request),
            state,
        });
        if let Some(fault) = fault {
            self.faults_met += 1;
            let reason = reconciled
                .map(|key| self.reason_of(key))
                .unwrap_or_default();
            self.coverage.note(reason, fault.name(), request.name());
        }
    }

    /// Stands for the state of an object and its service.
    fn state_of(&self, key: Option<&ObjectKey>) -> u64 {
        let mut hasher = DefaultHasher::new();
        if let Some((key, stored)) = key.and_then(|key| Some((key, self.api.get(key)?))) {
            stored.is_deleting().hash(&mut hasher);
            let status = &stored.json["status"];
            for condition in status["conditions"].as_array().into_iter().flatten() {
                condition["type"].to_string().hash(&mut hasher);
                condition["reason"].to_string().hash(&mut hasher);
            }
            status["operatorState"]["intent"]["operation"]
                .to_string()
                .hash(&mut hasher);
            status["operatorState"]["intent"]["state"]
                .to_string()
                .hash(&mut hasher);
            stored.generation().hash(&mut hasher);
            let arn = arn_of(key, Some(stored));
            let service = self.truth.service(&arn);
            service.map(ServiceState::is_live).hash(&mut hasher);
            let deployment = service.and_then(|service| service.deployment.as_ref());
            format!("{:?}", deployment.map(|(_, _, status)| status)).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// The reason that an object shows, for coverage.
    fn reason_of(&self, key: &ObjectKey) -> String {
        let reason = |stored: &Stored| {
            let reason = stored.condition("Ready")?["reason"].as_str()?;
            Some(reason.to_owned())
        };
        let stored = self.api.get(key);
        stored
            .and_then(|stored| reason(stored))
            .unwrap_or_else(|| "none".into())
    }
}
