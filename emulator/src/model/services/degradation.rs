//! What goes wrong with a service that runs, without a deployment: its managed resources and its tasks.

use crate::model::{
    clock::VirtualTime,
    revisions::{
        managed_resources::{ManagedStatus, Resource},
        revision::Revision,
    },
    services::service::Service,
};

impl Service {
    /// Makes a managed resource of every revision fail.
    pub(crate) fn fail(&mut self, resource: Resource, reason: &str, now: VirtualTime) {
        for revision in &mut self.revisions {
            let reason = Some(reason.to_owned());
            revision
                .managed
                .set(resource, ManagedStatus::Failed, reason, now);
        }
        self.updated_at = now;
    }

    /// Detaches a managed resource, as if its managed tag were removed. ECS then does not manage it any
    /// more, in this revision and in later ones.
    pub(crate) fn detach(&mut self, resource: Resource, now: VirtualTime) {
        for revision in &mut self.revisions {
            let status = ManagedStatus::Detached;
            revision.managed.set(resource, status, None, now);
        }
        self.updated_at = now;
    }

    /// Sets the desired count and the number of running tasks of the revision that serves the traffic.
    /// Returns `None` if there is no such revision.
    pub(crate) fn set_desired_count(&mut self, count: i64, now: VirtualTime) -> Option<()> {
        let revision = self.serving_revision()?;
        revision.desired = Some(count);
        revision.tasks.requested = count;
        revision.run_tasks();
        self.updated_at = now;
        self.record(format!("has set the desired count to {count}."), now);
        Some(())
    }

    /// Sets the number of running tasks of the revision that serves the traffic. Those that are missing
    /// stay pending. Returns `None` if there is no such revision.
    pub(crate) fn set_running_count(&mut self, count: i64, now: VirtualTime) -> Option<()> {
        let tasks = &mut self.serving_revision()?.tasks;
        let stopped = tasks.running - count;
        tasks.running = count;
        tasks.pending = (tasks.requested - count).max(0);
        if stopped > 0 {
            self.record(format!("has stopped {stopped} running tasks."), now);
        }
        Some(())
    }

    fn serving_revision(&mut self) -> Option<&mut Revision> {
        let index = self.serving()?;
        self.revisions.get_mut(index)
    }
}
