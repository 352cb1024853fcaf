//! Deployments of a service: request, queue, start, and resumption after denied provisioning.

use crate::model::{
    api::identifiers::Identifiers,
    clock::VirtualTime,
    configuration::service_configuration::Configuration,
    deployments::{
        deployment::{Deployment, DeploymentStatus, Visibility},
        outcome::{Outcome, PlannedOutcome},
        queued::QueuedDeployment,
        timeline::{Start, resumed, timeline},
    },
    iam::roles::Provisioning,
    revisions::{
        load_balancer::LoadBalancer,
        revision::{Access, Revision},
    },
    services::service::Service,
    settings::{
        Settings,
        options::{QueuedDeployments, UpdateInDeployment},
    },
};

const REPLACED: &str = "Replaced by a new service deployment.";
const NEVER_COMES_UP: &str =
    "Access denied while provisioning the resource with the infrastructure role.";

/// A deployment to create: what it deploys, where, and how it ends.
pub(crate) struct Rollout {
    pub(crate) configuration: Configuration,
    pub(crate) access: Access,
    pub(crate) load_balancer: LoadBalancer,
    /// How much longer a first deployment takes because its load balancer is new, in seconds.
    pub(crate) load_balancer_seconds: u64,
    pub(crate) planned: PlannedOutcome,
}

impl Service {
    /// Creates a revision and starts its deployment, or queues it behind the running one. Returns the
    /// index of the revision.
    pub(crate) fn deploy(
        &mut self,
        rollout: Rollout,
        identifiers: &mut Identifiers,
        settings: &Settings,
        now: VirtualTime,
    ) -> usize {
        let Rollout {
            configuration,
            access,
            load_balancer,
            load_balancer_seconds,
            planned,
        } = rollout;
        let target = self.revisions.len();
        let arn = self.arn.revision_arn(&identifiers.revision());
        let revision = Revision::new(arn, configuration, access, load_balancer, now);
        self.revisions.push(revision);
        let queued = QueuedDeployment {
            arn: self.arn.deployment_arn(&identifiers.deployment()),
            target,
            planned,
            bake_seconds: settings.bake_seconds,
            load_balancer_seconds,
            requested_at: now,
            visibility: Visibility::Hidden,
        };
        match settings.update_in_deployment {
            UpdateInDeployment::Queue if self.is_deploying() => {
                let visibility = match settings.queued_deployments {
                    QueuedDeployments::Hidden => Visibility::Hidden,
                    QueuedDeployments::Listed => Visibility::Shown,
                };
                self.queue.push_back(QueuedDeployment {
                    visibility,
                    ..queued
                });
            }
            // With `Refuse`, the update has been rejected before this point.
            UpdateInDeployment::Queue
            | UpdateInDeployment::Replace
            | UpdateInDeployment::Refuse => {
                self.end_running(REPLACED, now);
                self.begin(queued, now);
            }
        }
        self.updated_at = now;
        target
    }

    /// Whether a deployment is running, visible or not.
    pub(crate) fn is_deploying(&self) -> bool {
        let last = self.deployments.last();
        last.is_some_and(|last| last.status.is_running())
    }

    /// The queued deployments that reads show, oldest first.
    pub(crate) fn listed_queue(&self) -> Vec<Deployment> {
        let queue = self.queue.iter();
        queue
            .filter(|queued| queued.visibility == Visibility::Shown)
            .map(|queued| queued.pending(self.steady))
            .collect()
    }

    /// Stops a queued deployment that reads show. Returns whether there is one with this ARN.
    pub(crate) fn stop_queued(&mut self, arn: &str, reason: &str, now: VirtualTime) -> bool {
        let shown =
            |queued: &QueuedDeployment| queued.arn == arn && queued.visibility == Visibility::Shown;
        let Some(index) = self.queue.iter().position(shown) else {
            return false;
        };
        let stopped = self.queue.remove(index).map(|queued| {
            let mut deployment = queued.pending(self.steady);
            deployment.finish(DeploymentStatus::Stopped, Some(reason.to_owned()), now);
            deployment
        });
        // The last deployment is the running one.
        let before_running = self.deployments.len().saturating_sub(1);
        self.deployments
            .splice(before_running..before_running, stopped);
        true
    }

    pub(in crate::model) fn begin(&mut self, queued: QueuedDeployment, now: VirtualTime) {
        let mut deployment = queued.pending(self.steady);
        let QueuedDeployment {
            arn: _,
            target,
            planned,
            bake_seconds,
            load_balancer_seconds,
            requested_at: _,
            visibility: _,
        } = queued;
        let start = match self.steady {
            Some(steady) => {
                // The resources of the service exist already.
                self.revisions[target].managed = self.revisions[steady].managed.continued(now);
                Start::FromRevision
            }
            None => Start::FromNothing,
        };
        let revision = &mut self.revisions[target];
        let outcome = match &self.provisioning {
            Provisioning::Denied { reason } => {
                revision.managed.set_pending_reason(Some(reason));
                Outcome::NeverComesUp
            }
            Provisioning::Allowed => planned.outcome,
        };
        if planned.outcome == Outcome::NeverComesUp {
            revision
                .managed
                .set_pending_reason(Some(planned.reason.as_deref().unwrap_or(NEVER_COMES_UP)));
        }
        deployment.steps = timeline(start, outcome, bake_seconds, load_balancer_seconds)
            .into_iter()
            .map(|(seconds, step)| (now.after_seconds(seconds), step))
            .collect();
        deployment.updated_at = now;
        self.deployments.push(deployment);
    }

    /// Resumes provisioning that was denied, from the time at which the infrastructure role works, but
    /// not before the deployment has taken the steps that need no role.
    pub(crate) fn resume(&mut self, since: VirtualTime) {
        self.provisioning = Provisioning::Allowed;
        let Some(last) = self.deployments.last_mut() else {
            return;
        };
        if last.status.is_running() {
            self.revisions[last.target].managed.set_pending_reason(None);
            let reached = last.steps.back().map_or(last.updated_at, |(at, _)| *at);
            let from = since.max(reached);
            let rest = resumed().into_iter();
            let rest = rest.map(|(seconds, step)| (from.after_seconds(seconds), step));
            last.steps.extend(rest);
        }
    }
}
