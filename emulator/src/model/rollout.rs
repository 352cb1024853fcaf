//! How a deployment comes about: asked for, perhaps put behind another one, begun, perhaps resumed.

use serde::{Deserialize, Serialize};

use super::{
    choices::UpdateInDeployment,
    configuration::Configuration,
    deployment::{Deployment, DeploymentStatus, Visibility},
    identifiers::Identifiers,
    outcomes::Planned,
    resources::{Managed, ManagedStatus},
    revision::{Access, Revision},
    service::{Provisioning, Service},
    settings::Settings,
    time::VirtualTime,
    timeline::{Outcome, Start, resumed, timeline},
};

const REPLACED: &str = "Replaced by a new service deployment.";
const NEVER_COMES_UP: &str =
    "Access denied while provisioning the resource with the infrastructure role.";

/// A deployment that was asked for: what is known of it before it begins.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rollout {
    arn: String,
    target: usize,
    planned: Planned,
    bake_seconds: u64,
    asked_at: VirtualTime,
}

impl Rollout {
    /// Where its revision is among the service's revisions.
    pub(crate) fn target(&self) -> usize {
        self.target
    }
}

impl Service {
    /// Makes a revision, and begins its deployment or puts it behind the one that runs.
    pub(crate) fn deploy(
        &mut self,
        configuration: Configuration,
        planned: Planned,
        identifiers: &mut Identifiers,
        settings: &Settings,
        now: VirtualTime,
    ) -> usize {
        let target = self.revisions.len();
        let arn = self.arn.revision_arn(&identifiers.revision());
        let subnets = &configuration.network_configuration.subnets;
        let access = Access::of(subnets, &settings.private_subnets);
        self.revisions
            .push(Revision::new(arn, configuration, access, now));
        let rollout = Rollout {
            arn: self.arn.deployment_arn(&identifiers.deployment()),
            target,
            planned,
            bake_seconds: settings.bake_seconds,
            asked_at: now,
        };
        match settings.update_in_deployment {
            UpdateInDeployment::Queue if self.is_deploying() => self.queue.push_back(rollout),
            // A refusal has happened before this point.
            UpdateInDeployment::Queue
            | UpdateInDeployment::Replace
            | UpdateInDeployment::Refuse => {
                self.end_running(REPLACED, now);
                self.begin(rollout, now);
            }
        }
        self.updated_at = now;
        target
    }

    /// Whether a deployment runs, shown or not.
    pub(crate) fn is_deploying(&self) -> bool {
        let last = self.deployments.last();
        last.is_some_and(|last| last.status.is_running())
    }

    pub(super) fn begin(&mut self, rollout: Rollout, now: VirtualTime) {
        let Rollout {
            arn,
            target,
            planned,
            bake_seconds,
            asked_at,
        } = rollout;
        let revision = &mut self.revisions[target];
        let start = match self.steady {
            Some(_) => Start::FromRevision,
            None => Start::FromNothing,
        };
        if start == Start::FromRevision {
            // Load balancer, listener and groups are there already.
            revision.managed = Managed::all(ManagedStatus::Active, now);
        }
        let outcome = match &self.provisioning {
            Provisioning::Denied { reason } => {
                revision.managed.explain(Some(reason));
                Outcome::NeverComesUp
            }
            Provisioning::Unhindered => planned.outcome,
        };
        if planned.outcome == Outcome::NeverComesUp {
            revision
                .managed
                .explain(Some(planned.reason.as_deref().unwrap_or(NEVER_COMES_UP)));
        }
        let steps = timeline(start, outcome, bake_seconds)
            .into_iter()
            .map(|(seconds, step)| (now.after_seconds(seconds), step))
            .collect();
        self.deployments.push(Deployment {
            arn,
            target,
            source: self.steady,
            status: DeploymentStatus::Pending,
            status_reason: None,
            stage: None,
            visibility: Visibility::Hidden,
            reason: planned.reason,
            failed_tasks: 0,
            rollback: None,
            created_at: asked_at,
            started_at: None,
            finished_at: None,
            updated_at: now,
            steps,
        });
    }

    /// The infrastructure role works since then, and what it was denied for goes on, but not before
    /// the deployment has come as far as it could without.
    pub(crate) fn resume(&mut self, since: VirtualTime) {
        self.provisioning = Provisioning::Unhindered;
        let Some(last) = self.deployments.last_mut() else {
            return;
        };
        if last.status.is_running() {
            self.revisions[last.target].managed.explain(None);
            let reached = last.steps.back().map_or(last.updated_at, |(at, _)| *at);
            let from = since.max(reached);
            let rest = resumed().into_iter();
            let rest = rest.map(|(seconds, step)| (from.after_seconds(seconds), step));
            last.steps.extend(rest);
        }
    }
}
