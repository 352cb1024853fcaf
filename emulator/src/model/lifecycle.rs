//! How a service moves: a deployment begins, its steps are taken, the service goes away.

use super::{
    configuration::Configuration,
    deployment::{Deployment, DeploymentStatus, Rollback, Visibility},
    identifiers::Identifiers,
    outcomes::Planned,
    revision::{Ingress, ManagedStatus, Revision, Tasks},
    service::{Service, State},
    settings::Settings,
    time::VirtualTime,
    timeline::{Start, Step, Trigger, timeline},
};

const REPLACED: &str = "Replaced by a new service deployment.";
const STOPPED: &str = "Service deployment stopped as requested.";

impl Service {
    /// Makes a revision and begins its deployment. A deployment that still runs is replaced.
    pub(crate) fn deploy(
        &mut self,
        configuration: Configuration,
        planned: Planned,
        identifiers: &mut Identifiers,
        settings: &Settings,
        now: VirtualTime,
    ) -> usize {
        self.end_running(REPLACED, now);
        let target = self.revisions.len();
        let arn = self.arn.revision_arn(&identifiers.revision());
        let mut revision = Revision::new(arn, configuration, now);
        if self.steady.is_some() {
            // Load balancer, listener and groups are there already.
            revision.set_managed(ManagedStatus::Active, now);
        }
        self.revisions.push(revision);
        let start = match self.steady {
            Some(_) => Start::FromRevision,
            None => Start::FromNothing,
        };
        let steps = timeline(start, planned.outcome, settings)
            .into_iter()
            .map(|(seconds, step)| (now.after_seconds(seconds), step))
            .collect();
        self.deployments.push(Deployment {
            arn: self.arn.deployment_arn(&identifiers.deployment()),
            target,
            source: self.steady,
            status: DeploymentStatus::Pending,
            status_reason: None,
            stage: None,
            visibility: Visibility::Hidden,
            outcome: planned.outcome,
            reason: planned.reason,
            failed_tasks: 0,
            rollback: None,
            created_at: now,
            started_at: None,
            finished_at: None,
            updated_at: now,
            steps,
        });
        self.updated_at = now;
        target
    }

    fn end_running(&mut self, reason: &str, now: VirtualTime) {
        if let Some(last) = self.deployments.last_mut()
            && last.status.is_running()
        {
            last.finish(DeploymentStatus::Stopped, Some(reason.to_owned()), now);
        }
    }

    /// Begins to drain.
    pub(crate) fn drain(&mut self, settings: &Settings, now: VirtualTime) {
        self.end_running(
            "Service deployment stopped because the service is being deleted.",
            now,
        );
        for revision in &mut self.revisions {
            revision.tasks = Tasks::default();
            if revision.managed != ManagedStatus::Deleted {
                revision.set_managed(ManagedStatus::Deprovisioning, now);
            }
        }
        self.state = State::Draining {
            until: now.after_seconds(settings.draining_seconds),
        };
        self.updated_at = now;
        self.record("has begun draining.", now);
    }

    /// Takes every step that is due.
    pub(crate) fn advance(&mut self, now: VirtualTime) {
        while let Some((at, step)) = self.next_step(now) {
            self.take(step, at);
        }
        if let State::Draining { until } = self.state
            && until <= now
        {
            for revision in &mut self.revisions {
                revision.stop();
                revision.set_managed(ManagedStatus::Deleted, until);
            }
            self.active.clear();
            self.state = State::Inactive { since: until };
            self.updated_at = until;
            self.record("has become inactive.", until);
        }
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
                if revision.managed == ManagedStatus::Provisioning {
                    revision.set_managed(ManagedStatus::Active, now);
                }
                self.record("registered 1 targets in the target group.", now);
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
