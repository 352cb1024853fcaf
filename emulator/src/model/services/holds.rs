//! Steps that wait for a role that ECS cannot assume any more.

use crate::model::{
    clock::VirtualTime,
    deployments::timeline::{NeededRole, Step},
    iam::roles::{Hold, Provisioning, Roles, denial},
    services::service::{Holds, Service, State},
    settings::Settings,
};

impl Service {
    /// Whether a step waits for the role that it needs.
    pub(in crate::model) fn is_held(&self, step: Step) -> bool {
        let hold = match step.needed_role() {
            None => Hold::None,
            Some(NeededRole::Infrastructure) => self.holds.infrastructure,
            Some(NeededRole::Execution) => self.holds.execution,
        };
        hold != Hold::None
    }

    /// Decides at the start of a deployment or a deletion whether its steps wait for a role.
    pub(crate) fn start_holds(&mut self, roles: &Roles, settings: &Settings, now: VirtualTime) {
        self.holds = self.caused_holds(roles, settings);
        self.show_holds(now);
    }

    /// Holds steps back, or lets them go on, after the usability of a role has changed.
    pub(crate) fn update_holds(&mut self, roles: &Roles, settings: &Settings, now: VirtualTime) {
        let caused = self.caused_holds(roles, settings);
        let holds = Holds {
            infrastructure: self.holds.infrastructure.then(caused.infrastructure),
            execution: self.holds.execution.then(caused.execution),
        };
        if holds != self.holds {
            if holds.infrastructure == Hold::None && self.holds.infrastructure != Hold::None {
                self.set_pending_reason(None);
            }
            self.holds = holds;
            self.show_holds(now);
            self.postpone(now);
        }
    }

    /// The holds that the roles cause now. A service whose provisioning was denied waits anyway.
    fn caused_holds(&self, roles: &Roles, settings: &Settings) -> Holds {
        let infrastructure = match self.provisioning {
            Provisioning::Allowed => {
                roles.infrastructure_hold(&self.infrastructure_role_arn, settings)
            }
            Provisioning::Denied { .. } => Hold::None,
        };
        let execution = self.deployed_execution_role();
        Holds {
            infrastructure,
            execution: execution.map_or(Hold::None, |role| roles.execution_hold(role, settings)),
        }
    }

    /// The execution role of the newest deployment that has started.
    fn deployed_execution_role(&self) -> Option<&str> {
        let target = self.deployments.last()?.target;
        let configuration = &self.revisions[target].configuration;
        configuration.execution_role_arn.as_deref()
    }

    /// Shows the holds in the reasons of managed resources, and in events while anything waits.
    fn show_holds(&mut self, now: VirtualTime) {
        let action = match self.state {
            State::Active => "elasticloadbalancing:ModifyRule",
            State::Draining { .. } | State::Inactive { .. } => "elasticloadbalancing:DeleteRule",
        };
        let waits = self.state != State::Active || self.is_deploying();
        if self.holds.infrastructure != Hold::None {
            let reason = denial(&self.infrastructure_role_arn, action);
            self.set_pending_reason(Some(&reason));
            if waits {
                self.record(reason, now);
            }
        }
        if self.holds.execution != Hold::None && waits {
            let role = self.deployed_execution_role().unwrap_or_default();
            let reason = format!("was unable to place a task: cannot assume the role {role}.");
            self.record(reason, now);
        }
    }

    fn set_pending_reason(&mut self, reason: Option<&str>) {
        for revision in &mut self.revisions {
            revision.managed.set_pending_reason(reason);
        }
    }

    /// Postpones all steps by the time that the first of them has waited for a role.
    fn postpone(&mut self, now: VirtualTime) {
        let Some(due) = self.next_step_at().filter(|due| *due < now) else {
            return;
        };
        let waited = now.since(due);
        if let Some(last) = self.deployments.last_mut() {
            for (at, _) in &mut last.steps {
                *at = at.after(waited);
            }
        }
        for (at, _) in &mut self.teardown {
            *at = at.after(waited);
        }
        if let State::Draining { until } = &mut self.state {
            *until = until.after(waited);
        }
    }
}
