//! Progress of a service over time: the steps of its deployments, its draining, its end.

use crate::model::{
    clock::VirtualTime,
    deployments::{
        deployment::{DeploymentStatus, Rollback, Visibility},
        timeline::{Step, Trigger},
    },
    iam::roles::{Hold, Roles},
    revisions::{
        managed_resources::{ManagedStatus, Resource, TEARDOWN},
        revision::{Ingress, Tasks},
    },
    services::service::{Service, SharedResources, State},
    settings::Settings,
};

/// The statusReason of a deployment that was stopped on request.
pub(crate) const STOPPED: &str = "Service deployment stopped as requested.";
const DELETED: &str = "Service deployment stopped because the service is being deleted.";
const REJECTED: &str = "Service deployment stopped because the service revision was rejected.";

impl Service {
    pub(in crate::model) fn end_running(&mut self, reason: &str, now: VirtualTime) {
        if let Some(last) = self.deployments.last_mut()
            && last.status.is_running()
        {
            last.finish(DeploymentStatus::Stopped, Some(reason.to_owned()), now);
        }
    }

    /// Starts draining. Shared resources stay if other services use them.
    pub(crate) fn drain(&mut self, shared: SharedResources, settings: &Settings, now: VirtualTime) {
        for queued in self.listed_queue() {
            self.stop_queued(&queued.arn, DELETED, now);
        }
        self.queue.clear();
        self.end_running(DELETED, now);
        let span = settings.draining_seconds;
        for (eighths, resource) in TEARDOWN {
            if shared == SharedResources::InUse && resource.is_shared() {
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

    /// Takes every step that is due and returns their number. Steps that wait for a role are not due.
    pub(crate) fn advance(&mut self, roles: &Roles, settings: &Settings, now: VirtualTime) -> u64 {
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
                Some(next) => {
                    self.begin(next, free_since);
                    self.start_holds(roles, settings, free_since);
                }
                None => break,
            }
        }
        steps += self.tear_down(now);
        if let State::Draining { until } = self.state
            && until <= now
            && self.holds.infrastructure == Hold::None
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
        if self.holds.infrastructure != Hold::None {
            return steps;
        }
        while let Some((at, resource)) = self.teardown.pop_front_if(|(at, _)| *at <= now) {
            for revision in &mut self.revisions {
                let status = ManagedStatus::Deleted;
                revision.managed.set(resource, status, None, at);
            }
            steps += 1;
        }
        steps
    }

    /// When the next step is due, provided that all due steps are taken.
    pub(crate) fn next_step_at(&self) -> Option<VirtualTime> {
        let step = self.deployments.last().and_then(|last| last.steps.front());
        let step = step.filter(|(_, step)| !self.is_held(*step));
        let deletion = match (self.state, self.holds.infrastructure) {
            (State::Draining { until }, Hold::None) => {
                let resource = self.teardown.front().map(|(at, _)| *at);
                [resource, Some(until)]
            }
            (State::Draining { .. } | State::Active | State::Inactive { .. }, _) => [None, None],
        };
        let step = step.map(|(at, _)| *at);
        deletion.into_iter().chain([step]).flatten().min()
    }

    fn next_step(&mut self, now: VirtualTime) -> Option<(VirtualTime, Step)> {
        let (at, step) = *self.deployments.last()?.steps.front()?;
        if at > now || self.is_held(step) {
            return None;
        }
        self.deployments.last_mut()?.steps.pop_front()
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
            Step::FailResource(resource) => self.fail_to_provision(resource, target, now),
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
            Step::Reject => {
                let reason = deployment.reason.clone();
                self.end_running(reason.as_deref().unwrap_or(REJECTED), now);
            }
            Step::Vanish => {
                deployment.finish(DeploymentStatus::Stopped, None, now);
                deployment.visibility = Visibility::Hidden;
            }
            Step::Succeed => self.succeed(target, now),
            Step::FinishRollback => {
                self.end_rollback(DeploymentStatus::RollbackSuccessful, target, now);
            }
            Step::FailRollback => self.end_rollback(DeploymentStatus::RollbackFailed, target, now),
        }
    }

    fn fail_to_provision(&mut self, resource: Resource, target: usize, now: VirtualTime) {
        let planned = self.deployments.last().and_then(|last| last.reason.clone());
        let reason = planned
            .unwrap_or_else(|| format!("The {} could not be provisioned.", resource.as_str()));
        let status = ManagedStatus::Failed;
        self.revisions[target]
            .managed
            .set(resource, status, Some(reason.clone()), now);
        self.record(format!("was unable to provision: {reason}"), now);
    }

    /// Makes the revision active beside the steady one, and stops all others.
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
