//! One service: what it is, its revisions and its deployments.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::model::{
    api::arn::ServiceArn,
    api::tag::Tag,
    clock::VirtualTime,
    configuration::service_configuration::Configuration,
    deployments::deployment::{Deployment, Visibility},
    deployments::queued::QueuedDeployment,
    iam::roles::Provisioning,
    revisions::managed_resources::Resource,
    revisions::revision::{Revision, Tasks},
};

/// Where a service stands.
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

/// Who manages the resources of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ResourceManagement {
    /// An Express service.
    Ecs,
    /// Any other service.
    Customer,
}

impl ResourceManagement {
    /// `resourceManagementType`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ecs => "ECS",
            Self::Customer => "CUSTOMER",
        }
    }
}

/// Whether other services use what a service shares with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SharedResources {
    InUse,
    Unused,
}

/// An event of a service.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) number: u64,
    pub(crate) at: VirtualTime,
    pub(crate) message: String,
}

/// A service.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Service {
    pub(crate) arn: ServiceArn,
    pub(crate) management: ResourceManagement,
    pub(crate) infrastructure_role_arn: String,
    pub(crate) tags: Vec<Tag>,
    pub(crate) state: State,
    pub(crate) created_at: VirtualTime,
    pub(crate) updated_at: VirtualTime,
    /// Reads do not see the service before this time.
    pub(crate) visible_at: VirtualTime,
    /// `<two letters>-<32 hexadecimal digits>`.
    pub(crate) endpoint: String,
    /// Seventeen hexadecimal digits from which the ids of managed resources are made.
    pub(crate) resource_id: String,
    pub(crate) revisions: Vec<Revision>,
    pub(crate) deployments: Vec<Deployment>,
    /// Deployments that wait for the one that runs.
    pub(crate) queue: VecDeque<QueuedDeployment>,
    pub(crate) provisioning: Provisioning,
    /// Managed resources that are still to go while the service drains, and when.
    pub(crate) teardown: VecDeque<(VirtualTime, Resource)>,
    /// Revisions with an entry in activeConfigurations, oldest first.
    pub(crate) active: Vec<usize>,
    /// The revision of the last deployment that succeeded.
    pub(crate) steady: Option<usize>,
    pub(crate) events: VecDeque<Event>,
    pub(crate) event_count: u64,
}

/// DescribeServices shows the newest hundred events.
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
            teardown: VecDeque::new(),
            active: Vec::new(),
            steady: None,
            events: VecDeque::new(),
            event_count: 0,
        }
    }

    /// The tasks of all active revisions together.
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

    /// Refuses a service whose parts do not fit together, as a file can hold one.
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
                "service {} names a revision that it lacks",
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
                "service {} lacks the state of a resource",
                self.arn
            ));
        }
        Ok(())
    }

    /// The family of the task definitions that ECS registers for the service.
    pub(crate) fn managed_family_name(&self) -> String {
        format!("{}-{}", self.arn.cluster, self.arn.name)
    }

    /// Its ARN, without revision.
    pub(crate) fn managed_family(&self) -> String {
        let name = self.managed_family_name();
        self.arn
            .caller()
            .arn("ecs", &format!("task-definition/{name}"))
    }

    /// Once denied, a service stays so until it is made again or resumed.
    pub(crate) fn set_provisioning(&mut self, provisioning: Provisioning) {
        if self.provisioning == Provisioning::Allowed && self.steady.is_none() {
            self.provisioning = provisioning;
        }
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

    /// The deployment that runs now and that reads show.
    pub(crate) fn current_deployment(&self) -> Option<&Deployment> {
        self.deployments
            .last()
            .filter(|last| last.status.is_running() && last.visibility == Visibility::Shown)
    }

    /// The configuration that an Update starts from: that of the running deployment, else what runs.
    pub(crate) fn configuration(&self) -> Option<&Configuration> {
        self.newest()
            .map(|index| &self.revisions[index].configuration)
    }

    /// The revision that an Update starts from.
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

    /// Adds tags, or gives those that exist a new value.
    pub(crate) fn tag(&mut self, tags: Vec<Tag>) {
        for tag in tags {
            match self.tags.iter_mut().find(|known| known.key == tag.key) {
                Some(known) => known.value = tag.value,
                None => self.tags.push(tag),
            }
        }
    }
}
