//! How a service moves: a deployment begins, its steps are taken, the service goes away.

use serde::{Deserialize, Serialize};

use super::{
    choices::UpdateInDeployment,
    configuration::Configuration,
    deployment::{Deployment, DeploymentStatus, Rollback, Visibility},
    identifiers::Identifiers,
    outcomes::Planned,
    resources::{Managed, ManagedStatus, TEARDOWN},
    revision::{Access, Ingress, Revision, Tasks},
    service::{Others, Provisioning, Service, State},
    settings::Settings,
    time::VirtualTime,
    timeline::{Outcome, Start, Step, Trigger, resumed, timeline},
};

const REPLACED: &str = "Replaced by a new service deployment.";
const NEVER_COMES_UP: &str =
    "Access denied while provisioning the resource with the infrastructure role.";
const STOPPED: &str = "Service deployment stopped as requested.";

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

    fn begin(&mut self, rollout: Rollout, now: VirtualTime) {
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

    /// The infrastructure role works at last, and what it was denied for goes on.
    pub(crate) fn resume(&mut self, now: VirtualTime) {
        self.provisioning = Provisioning::Unhindered;
        let Some(last) = self.deployments.last_mut() else {
            return;
        };
        if last.status.is_running() {
            self.revisions[last.target].managed.explain(None);
            let rest = resumed().into_iter();
            let rest = rest.map(|(seconds, step)| (now.after_seconds(seconds), step));
            last.steps.extend(rest);
        }
    }

    fn end_running(&mut self, reason: &str, now: VirtualTime) {
        if let Some(last) = self.deployments.last_mut()
            && last.status.is_running()
        {
            last.finish(DeploymentStatus::Stopped, Some(reason.to_owned()), now);
        }
    }

    /// Begins to drain. What other services share stays where there are others.
    pub(crate) fn drain(&mut self, others: Others, settings: &Settings, now: VirtualTime) {
        self.queue.clear();
        self.end_running(
            "Service deployment stopped because the service is being deleted.",
            now,
        );
        let span = settings.draining_seconds;
        for (eighths, resource) in TEARDOWN {
            if others == Others::Remain && resource.is_shared() {
                continue;
            }
            for revision in &mut self.revisions {
                let status = ManagedStatus::Deprovisioning;
                revision.managed.set(resource, status, None, now);
            }
            let gone = now.after_seconds(span * eighths / 8);
            self.teardown.push_back((gone, resource));
        }
        for revision in &mut self.revisions {
            revision.tasks = Tasks::default();
        }
        self.state = State::Draining {
            until: now.after_seconds(span),
        };
        self.updated_at = now;
        self.record("has begun draining.", now);
    }

    /// Takes every step that is due, and says how many.
    pub(crate) fn advance(&mut self, now: VirtualTime) -> u64 {
        let mut steps = 0;
        loop {
            while let Some((at, step)) = self.next_step(now) {
                self.take(step, at);
                steps += 1;
            }
            let free_since = match self.deployments.last() {
                Some(last) if last.status.is_running() => break,
                Some(last) => last.finished_at.unwrap_or(now),
                None => now,
            };
            match self.queue.pop_front() {
                Some(next) => self.begin(next, free_since),
                None => break,
            }
        }
        steps += self.tear_down(now);
        if let State::Draining { until } = self.state
            && until <= now
        {
            for revision in &mut self.revisions {
                revision.stop();
            }
            self.active.clear();
            self.state = State::Inactive { since: until };
            self.updated_at = until;
            self.record("has become inactive.", until);
            steps += 1;
        }
        steps
    }

    fn tear_down(&mut self, now: VirtualTime) -> u64 {
        let mut steps = 0;
        while let Some((at, resource)) = self.teardown.pop_front_if(|(at, _)| *at <= now) {
            for revision in &mut self.revisions {
                let status = ManagedStatus::Deleted;
                revision.managed.set(resource, status, None, at);
            }
            steps += 1;
        }
        steps
    }

    fn next_step(&mut self, now: VirtualTime) -> Option<(VirtualTime, Step)> {
        let steps = &mut self.deployments.last_mut()?.steps;
        match steps.front() {
            Some((at, _)) if *at <= now => steps.pop_front(),
            Some(_) | None => None,
        }
    }

    fn take(&mut self, step: Step, now: VirtualTime) {
        let Some(deployment) = self.deployments.last_mut() else {
            return;
        };
        deployment.updated_at = now;
        let target = deployment.target;
        let source = deployment.source;
        let revision = &mut self.revisions[target];
        match step {
            Step::Appear => {
                deployment.visibility = Visibility::Shown;
                self.activate(target, now);
            }
            Step::ShowEndpoint => revision.ingress = Ingress::Known,
            Step::Begin => {
                deployment.status = DeploymentStatus::InProgress;
                deployment.started_at = Some(now);
            }
            Step::Enter(stage) => deployment.stage = Some(stage),
            Step::StartTasks => {
                revision.start_tasks();
                let requested = revision.tasks.requested;
                self.record(format!("has started {requested} tasks."), now);
            }
            Step::RunTasks => {
                revision.run_tasks();
                self.record("registered 1 targets in the target group.", now);
            }
            Step::Provision(resource) => {
                let status = ManagedStatus::Active;
                revision.managed.set(resource, status, None, now);
            }
            Step::FailResource(resource) => {
                let usual = format!("The {} could not be provisioned.", resource.as_str());
                let reason = deployment.reason.clone().unwrap_or(usual);
                let status = ManagedStatus::Failed;
                revision
                    .managed
                    .set(resource, status, Some(reason.clone()), now);
                self.record(format!("was unable to provision: {reason}"), now);
            }
            Step::FailTask => {
                deployment.failed_tasks += 1;
                self.record(
                    "was unable to place a task: essential container exited.",
                    now,
                );
            }
            Step::Shift(percent) => self.shift(percent, target, source),
            Step::RollBack(trigger) => self.roll_back(trigger, target, source, now),
            Step::Stop => self.end_running(STOPPED, now),
            Step::Succeed => self.succeed(target, now),
            Step::FinishRollback => {
                self.end_rollback(DeploymentStatus::RollbackSuccessful, target, now);
            }
            Step::FailRollback => self.end_rollback(DeploymentStatus::RollbackFailed, target, now),
        }
    }

    /// The revision becomes active beside the steady one; replaced ones go.
    fn activate(&mut self, target: usize, now: VirtualTime) {
        let steady = self.steady;
        for index in std::mem::take(&mut self.active) {
            if Some(index) != steady {
                self.revisions[index].stop();
            }
        }
        self.active = steady.into_iter().chain([target]).collect();
        if let Some(steady) = steady {
            self.revisions[steady].weight = 100;
        }
        self.record("has begun a deployment.", now);
    }

    fn shift(&mut self, percent: u8, target: usize, source: Option<usize>) {
        self.revisions[target].weight = percent;
        if let Some(source) = source {
            self.revisions[source].weight = 100 - percent;
        }
    }

    fn succeed(&mut self, target: usize, now: VirtualTime) {
        for index in std::mem::take(&mut self.active) {
            if index != target {
                self.revisions[index].stop();
            }
        }
        self.active = vec![target];
        self.steady = Some(target);
        self.revisions[target].weight = 100;
        if let Some(deployment) = self.deployments.last_mut() {
            deployment.finish(DeploymentStatus::Successful, None, now);
        }
        self.updated_at = now;
        self.record("deployment completed.", now);
        self.record("has reached a steady state.", now);
    }

    fn roll_back(
        &mut self,
        trigger: Trigger,
        target: usize,
        source: Option<usize>,
        now: VirtualTime,
    ) {
        let alarm = self.alarm_name();
        self.shift(0, target, source);
        self.revisions[target].tasks = Tasks::default();
        let Some(deployment) = self.deployments.last_mut() else {
            return;
        };
        let reason = deployment.reason.clone().unwrap_or_else(|| match trigger {
            Trigger::CircuitBreaker => {
                "Service deployment rolled back because the circuit breaker threshold was exceeded."
                    .to_owned()
            }
            Trigger::Request => "Service deployment rolled back as requested.".to_owned(),
            Trigger::Alarm => {
                format!("Service deployment rolled back because of an alarm: {alarm}.")
            }
        });
        deployment.status = DeploymentStatus::RollbackInProgress;
        deployment.status_reason = Some(reason.clone());
        deployment.rollback = Some(Rollback {
            trigger,
            reason: reason.clone(),
            started_at: now,
        });
        self.record(format!("rolling back: {reason}"), now);
    }

    fn end_rollback(&mut self, status: DeploymentStatus, target: usize, now: VirtualTime) {
        self.revisions[target].stop();
        self.active.retain(|index| *index != target);
        if let Some(deployment) = self.deployments.last_mut() {
            let reason = deployment.status_reason.clone();
            deployment.finish(status, reason, now);
        }
        self.updated_at = now;
        self.record(format!("deployment ended: {}.", status.as_str()), now);
    }
}
