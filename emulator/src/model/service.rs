//! One service: what it is, its revisions and deployments, and the shapes in which the Express actions show it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    arn::ServiceArn,
    choices::{ClusterForm, ConfigurationOrder, EmptyForm, EndpointForm, StatusReasons},
    configuration::Configuration,
    deployment::{Deployment, Visibility, set},
    request::Tag,
    resources::Resource,
    revision::{Ingress, Revision, Tasks},
    rollout::Rollout,
    settings::Settings,
    time::VirtualTime,
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

/// Whether ECS can make what it manages for a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Provisioning {
    Unhindered,
    /// The infrastructure role could not be assumed.
    Denied {
        reason: String,
    },
}

/// Whether other services use what a service shares with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Others {
    Remain,
    None,
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
    /// Reads do not see the service before this moment.
    pub(crate) visible_at: VirtualTime,
    /// `<two letters>-<32 hexadecimal digits>`.
    pub(crate) endpoint: String,
    /// Seventeen hexadecimal digits from which the ids of managed resources are made.
    pub(crate) resource_id: String,
    pub(crate) revisions: Vec<Revision>,
    pub(crate) deployments: Vec<Deployment>,
    /// Deployments that wait for the one that runs.
    pub(crate) queue: VecDeque<Rollout>,
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
            provisioning: Provisioning::Unhindered,
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
            .chain(self.queue.iter().map(|waiting| Some(waiting.target())))
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
            .all(|revision| revision.managed.is_whole())
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
    pub(crate) fn hinder(&mut self, provisioning: Provisioning) {
        if self.provisioning == Provisioning::Unhindered && self.steady.is_none() {
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
            return Some(waiting.target());
        }
        let last = self.deployments.last()?;
        Some(if last.status.is_running() {
            last.target
        } else {
            self.steady.unwrap_or(last.target)
        })
    }

    pub(crate) fn cluster_to_wire(&self, settings: &Settings) -> String {
        match settings.cluster_form {
            ClusterForm::Name => self.arn.cluster.clone(),
            ClusterForm::Arn => self.arn.cluster_arn(),
        }
    }

    /// ECSExpressGatewayService, without tags. The number of the look may decide on the order.
    pub(crate) fn show(&self, look: u64, settings: &Settings) -> Value {
        let mut order = self.active.clone();
        let newest_first = match settings.configuration_order {
            ConfigurationOrder::Alternating => look % 2 == 1,
            ConfigurationOrder::NewestFirst => true,
            ConfigurationOrder::OldestFirst => false,
        };
        if newest_first {
            order.reverse();
        }
        let configurations: Vec<Value> = order
            .into_iter()
            .map(|index| self.configuration_to_wire(index, settings))
            .collect();
        let mut wire = self.outline_to_wire(settings);
        wire["infrastructureRoleArn"] = json!(self.infrastructure_role_arn);
        if !configurations.is_empty() || settings.empty_form == EmptyForm::EmptyList {
            wire["activeConfigurations"] = json!(configurations);
        }
        let current = self.current_deployment().map(|current| current.arn.clone());
        set(&mut wire, "currentDeployment", current);
        wire
    }

    /// UpdatedExpressGatewayService: another shape than the other three answers have.
    pub(crate) fn updated_to_wire(&self, target: usize, settings: &Settings) -> Value {
        let mut wire = self.outline_to_wire(settings);
        wire["targetConfiguration"] = self.configuration_to_wire(target, settings);
        wire
    }

    fn outline_to_wire(&self, settings: &Settings) -> Value {
        let mut status = json!({ "statusCode": self.state.as_str() });
        if settings.status_reasons == StatusReasons::Everywhere {
            status["statusReason"] = json!(self.status_reason());
        }
        json!({
            "cluster": self.cluster_to_wire(settings),
            "serviceName": self.arn.name,
            "serviceArn": self.arn.to_string(),
            "status": status,
            "createdAt": self.created_at.to_wire(),
            "updatedAt": self.updated_at.to_wire(),
        })
    }

    /// The contents of the service's own statusReason are not known; this is made up.
    fn status_reason(&self) -> String {
        match (self.state, self.deployments.last()) {
            (State::Active, Some(last)) if last.status.is_running() => {
                format!("Service deployment {} is in progress.", last.arn)
            }
            (State::Active, _) => "Service is active.".to_owned(),
            (State::Draining { .. }, _) => "Service is being deleted.".to_owned(),
            (State::Inactive { .. }, _) => "Service was deleted.".to_owned(),
        }
    }

    fn configuration_to_wire(&self, index: usize, settings: &Settings) -> Value {
        let revision = &self.revisions[index];
        let mut wire = serde_json::to_value(&revision.configuration).unwrap_or_default();
        wire["serviceRevisionArn"] = json!(revision.arn);
        wire["createdAt"] = revision.created_at.to_wire();
        let paths = match (revision.ingress, settings.empty_form) {
            (Ingress::Known, _) => Some(json!([{
                "accessType": revision.access.as_str(),
                "endpoint": self.endpoint_to_wire(index, settings),
            }])),
            (Ingress::Unknown, EmptyForm::EmptyList) => Some(json!([])),
            (Ingress::Unknown, EmptyForm::Omitted) => None,
        };
        set(&mut wire, "ingressPaths", paths);
        wire
    }

    /// The service's URL, in the form that the settings ask for.
    pub(crate) fn endpoint_to_wire(&self, index: usize, settings: &Settings) -> String {
        let url = format!("{}/services/{}/", settings.endpoint_base, self.endpoint);
        let settled = self.steady == Some(index);
        match settings.endpoint_form {
            EndpointForm::Url => url,
            EndpointForm::HostThenUrl if settled => url,
            EndpointForm::Host | EndpointForm::HostThenUrl => url
                .split_once("://")
                .map_or(url.clone(), |(_, host)| host.to_owned()),
        }
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
