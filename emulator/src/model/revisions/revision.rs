//! A service revision: its configuration, its tasks, and the resources that ECS manages for it.

use serde::{Deserialize, Serialize};

use crate::model::{
    clock::VirtualTime,
    configuration::service_configuration::Configuration,
    revisions::{
        load_balancer::LoadBalancer,
        managed_resources::{ManagedResources, ManagedStatus},
    },
};

/// Whether the endpoint of a revision is known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Ingress {
    Unknown,
    Known,
}

/// Whether a revision can be reached from outside the VPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Access {
    Public,
    Private,
}

impl Access {
    /// The access through these subnets: private if all of them are private.
    pub(crate) fn of(subnets: &[String], private: &[String]) -> Self {
        let all = !subnets.is_empty() && subnets.iter().all(|subnet| private.contains(subnet));
        if all { Self::Private } else { Self::Public }
    }

    /// `accessType`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Public => "PUBLIC",
            Self::Private => "PRIVATE",
        }
    }

    /// `scheme` of the load balancer.
    pub(crate) fn scheme(self) -> &'static str {
        match self {
            Self::Public => "internet-facing",
            Self::Private => "internal",
        }
    }

    /// `assignPublicIp` of the tasks.
    pub(crate) fn assigns_public_ip(self) -> &'static str {
        match self {
            Self::Public => "ENABLED",
            Self::Private => "DISABLED",
        }
    }
}

/// The number of tasks of a revision, by state.
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
    pub(crate) access: Access,
    #[serde(default)]
    pub(crate) load_balancer: LoadBalancer,
    pub(crate) managed: ManagedResources,
    pub(crate) tasks: Tasks,
    /// The desired count, if it was set to another value than that of the configuration.
    #[serde(default)]
    pub(crate) desired: Option<i64>,
    /// The share of the traffic, in percent.
    pub(crate) weight: u8,
}

impl Revision {
    pub(crate) fn new(
        arn: String,
        configuration: Configuration,
        access: Access,
        load_balancer: LoadBalancer,
        now: VirtualTime,
    ) -> Self {
        Self {
            arn,
            configuration,
            created_at: now,
            ingress: Ingress::Unknown,
            access,
            load_balancer,
            managed: ManagedResources::all(ManagedStatus::Provisioning, now),
            tasks: Tasks::default(),
            desired: None,
            weight: 0,
        }
    }

    /// The number of tasks that ECS keeps running.
    pub(crate) fn desired_count(&self) -> i64 {
        self.desired
            .unwrap_or(self.configuration.scaling_target.min_task_count)
    }

    pub(crate) fn start_tasks(&mut self) {
        let requested = self.desired_count();
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

    /// Takes away all traffic and all tasks.
    pub(crate) fn stop(&mut self) {
        self.tasks = Tasks::default();
        self.weight = 0;
    }
}
