//! A service with its revisions and deployments.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::model::{
    api::{arn::ServiceArn, tag::Tag},
    clock::VirtualTime,
    configuration::service_configuration::Configuration,
    deployments::{
        deployment::{Deployment, Visibility},
        queued::QueuedDeployment,
    },
    iam::roles::{Hold, Provisioning},
    revisions::{
        load_balancer::LoadBalancer,
        managed_resources::Resource,
        revision::{Access, Revision, Tasks},
    },
};

/// The status of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    Active,
    Draining { until: VirtualTime },
    Inactive { since: VirtualTime },
}

impl State {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Draining { .. } => "DRAINING",
            Self::Inactive { .. } => "INACTIVE",
        }
    }
}

/// Who manages the resources of a service. Serves as `resourceManagementType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResourceManagement {
    /// An Express service.
    Ecs,
    /// Any other service.
    Customer,
}

impl ResourceManagement {
    /// `resourceManagementType`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ecs => "ECS",
            Self::Customer => "CUSTOMER",
        }
    }
}

/// Whether other services use the resources that Express services share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SharedResources {
    InUse,
    Unused,
}

/// Whether the steps of a service wait for a role, by the role that they need.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Holds {
    pub(crate) infrastructure: Hold,
    pub(crate) execution: Hold,
}

/// A service event.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) number: u64,
    pub(crate) at: VirtualTime,
    pub(crate) message: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Service {
    pub(crate) arn: ServiceArn,
    pub(crate) management: ResourceManagement,
    pub(crate) infrastructure_role_arn: String,
    pub(crate) tags: Vec<Tag>,
    pub(crate) state: State,
    pub(crate) created_at: VirtualTime,
    pub(crate) updated_at: VirtualTime,
    /// The time from which reads see the service.
    pub(crate) visible_at: VirtualTime,
    /// The host part of the URL: `<two letters>-<32 hexadecimal digits>`.
    pub(crate) endpoint: String,
    /// 17 hexadecimal digits from which the ids of managed resources are derived.
    pub(crate) resource_id: String,
    pub(crate) revisions: Vec<Revision>,
    pub(crate) deployments: Vec<Deployment>,
    /// Deployments that wait until the running one ends.
    pub(crate) queue: VecDeque<QueuedDeployment>,
    pub(crate) provisioning: Provisioning,
    /// The steps that wait for a role.
    #[serde(default)]
    pub(crate) holds: Holds,
    /// The managed resources that are deleted while the service drains, and when.
    pub(crate) teardown: VecDeque<(VirtualTime, Resource)>,
    /// The indexes of the revisions in activeConfigurations, oldest first.
    pub(crate) active: Vec<usize>,
    /// The index of the revision that was last deployed successfully.
    pub(crate) steady: Option<usize>,
    pub(crate) events: VecDeque<Event>,
    pub(crate) event_count: u64,
}

/// The number of events that DescribeServices shows.
const EVENTS: usize = 100;

impl Service {
    pub(crate) fn new(
        arn: ServiceArn,
        management: ResourceManagement,
        endpoint: String,
        resource_id: String,
        now: VirtualTime,
    ) -> Self {
        Self {
            arn,
            management,
            infrastructure_role_arn: String::new(),
            tags: Vec::new(),
            state: State::Active,
            created_at: now,
            updated_at: now,
            visible_at: now,
            endpoint,
            resource_id,
            revisions: Vec::new(),
            deployments: Vec::new(),
            queue: VecDeque::new(),
            provisioning: Provisioning::Allowed,
            holds: Holds::default(),
            teardown: VecDeque::new(),
            active: Vec::new(),
            steady: None,
            events: VecDeque::new(),
            event_count: 0,
        }
    }

    /// Returns the sum of the tasks of all active revisions.
    pub(crate) fn tasks(&self) -> Tasks {
        let active = self.active.iter();
        active
            .map(|index| self.revisions[*index].tasks)
            .fold(Tasks::default(), |sum, tasks| Tasks {
                requested: sum.requested + tasks.requested,
                running: sum.running + tasks.running,
                pending: sum.pending + tasks.pending,
            })
    }

    /// Checks that the parts of a service from a state file fit together.
    pub(crate) fn check(&self) -> Result<(), String> {
        let count = self.revisions.len();
        let deployments = self.deployments.iter();
        let mut indexes = deployments
            .flat_map(|deployment| [Some(deployment.target), deployment.source])
            .chain(self.active.iter().copied().map(Some))
            .chain([self.steady])
            .chain(self.queue.iter().map(|waiting| Some(waiting.target)))
            .flatten();
        if indexes.any(|index| index >= count) {
            return Err(format!(
                "service {} refers to a revision that does not exist",
                self.arn
            ));
        }
        if self.resource_id.len() != 17 || !self.resource_id.is_ascii() {
            return Err(format!("service {} has no resource id", self.arn));
        }
        if !self
            .revisions
            .iter()
            .all(|revision| revision.managed.is_complete())
        {
            return Err(format!(
                "service {} is missing the state of a managed resource",
                self.arn
            ));
        }
        Ok(())
    }

    /// Returns the family of the task definitions that ECS registers for the service.
    pub(crate) fn managed_family_name(&self) -> String {
        format!("{}-{}", self.arn.cluster, self.arn.name)
    }

    /// Returns the ARN of that family, without a revision.
    pub(crate) fn managed_family(&self) -> String {
        let name = self.managed_family_name();
        self.arn
            .caller()
            .arn("ecs", &format!("task-definition/{name}"))
    }

    /// Sets whether ECS can provision resources. A denied service stays denied until it is resumed or
    /// created again.
    pub(crate) fn set_provisioning(&mut self, provisioning: Provisioning) {
        if self.provisioning == Provisioning::Allowed && self.steady.is_none() {
            self.provisioning = provisioning;
        }
    }

    /// Returns the load balancer of the newest revision; two are the same if their access is, too.
    pub(crate) fn load_balancer(&self) -> Option<(Access, &LoadBalancer)> {
        let newest = self.revisions.last()?;
        Some((newest.access, &newest.load_balancer))
    }

    pub(crate) fn managed_security_group(&self) -> String {
        format!("sg-{}", self.resource_id)
    }

    pub(crate) fn managed_log_group(&self) -> String {
        let ServiceArn { cluster, name, .. } = &self.arn;
        format!("/aws/ecs/{cluster}/{name}-{}", &self.resource_id[..4])
    }

    pub(crate) fn alarm_name(&self) -> String {
        let ServiceArn { cluster, name, .. } = &self.arn;
        format!("{cluster}/{name}/RollbackAlarm")
    }

    pub(crate) fn record(&mut self, message: impl AsRef<str>, at: VirtualTime) {
        self.event_count += 1;
        self.events.push_front(Event {
            number: self.event_count,
            at,
            message: format!("(service {}) {}", self.arn.name, message.as_ref()),
        });
        self.events.truncate(EVENTS);
    }

    /// Returns the running deployment, if reads show it.
    pub(crate) fn current_deployment(&self) -> Option<&Deployment> {
        self.deployments
            .last()
            .filter(|last| last.status.is_running() && last.visibility == Visibility::Shown)
    }

    /// Returns the configuration on which an update is based, see [`Self::newest`].
    pub(crate) fn configuration(&self) -> Option<&Configuration> {
        self.newest()
            .map(|index| &self.revisions[index].configuration)
    }

    /// Returns the index of the revision that serves the traffic: the one that was last deployed
    /// successfully, or the newest active one while no deployment has succeeded.
    pub(crate) fn serving(&self) -> Option<usize> {
        match self.state {
            State::Active => self.steady.or(self.active.last().copied()),
            State::Draining { .. } | State::Inactive { .. } => None,
        }
    }

    /// Returns the index of the revision on which an update is based: that of the newest queued or
    /// running deployment, else the one that runs.
    pub(crate) fn newest(&self) -> Option<usize> {
        if let Some(waiting) = self.queue.back() {
            return Some(waiting.target);
        }
        let last = self.deployments.last()?;
        Some(if last.status.is_running() {
            last.target
        } else {
            self.steady.unwrap_or(last.target)
        })
    }

    pub(crate) fn tags_to_wire(&self) -> Value {
        json!(self.tags)
    }

    /// Adds tags, and sets the value of those that exist.
    pub(crate) fn tag(&mut self, tags: Vec<Tag>) {
        for tag in tags {
            match self.tags.iter_mut().find(|known| known.key == tag.key) {
                Some(known) => known.value = tag.value,
                None => self.tags.push(tag),
            }
        }
    }
}
