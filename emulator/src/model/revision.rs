//! A service revision: its configuration, its tasks, and the state of what ECS manages for it.

use serde::{Deserialize, Serialize};

use super::{configuration::Configuration, time::VirtualTime};

/// Whether the revision's endpoint is known already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Ingress {
    Unknown,
    Known,
}

/// The state of everything that ECS manages for a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ManagedStatus {
    Provisioning,
    Active,
    Deprovisioning,
    Deleted,
}

impl ManagedStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Provisioning => "PROVISIONING",
            Self::Active => "ACTIVE",
            Self::Deprovisioning => "DEPROVISIONING",
            Self::Deleted => "DELETED",
        }
    }
}

/// Tasks of a revision.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tasks {
    pub(crate) requested: i64,
    pub(crate) running: i64,
    pub(crate) pending: i64,
}

/// A service revision.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Revision {
    pub(crate) arn: String,
    pub(crate) configuration: Configuration,
    pub(crate) created_at: VirtualTime,
    pub(crate) ingress: Ingress,
    pub(crate) managed: ManagedStatus,
    pub(crate) managed_at: VirtualTime,
    pub(crate) tasks: Tasks,
    /// Percent of the traffic.
    pub(crate) weight: u8,
}

impl Revision {
    pub(crate) fn new(arn: String, configuration: Configuration, now: VirtualTime) -> Self {
        Self {
            arn,
            configuration,
            created_at: now,
            ingress: Ingress::Unknown,
            managed: ManagedStatus::Provisioning,
            managed_at: now,
            tasks: Tasks::default(),
            weight: 0,
        }
    }

    pub(crate) fn set_managed(&mut self, status: ManagedStatus, now: VirtualTime) {
        self.managed = status;
        self.managed_at = now;
    }

    pub(crate) fn start_tasks(&mut self) {
        let requested = self.configuration.scaling_target.min_task_count;
        self.tasks = Tasks {
            requested,
            running: 0,
            pending: requested,
        };
    }

    pub(crate) fn run_tasks(&mut self) {
        self.tasks.running = self.tasks.requested;
        self.tasks.pending = 0;
    }

    /// No traffic and no task any more.
    pub(crate) fn stop(&mut self) {
        self.tasks = Tasks::default();
        self.weight = 0;
    }
}
