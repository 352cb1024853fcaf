//! The resources that ECS manages for a service revision, each with a status of its own.

use serde::{Deserialize, Serialize};

use crate::model::clock::VirtualTime;

/// A kind of managed resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Resource {
    LogGroup,
    ServiceSecurityGroup,
    LoadBalancerSecurityGroup,
    TargetGroups,
    Certificate,
    LoadBalancer,
    Listener,
    Rule,
    ScalableTarget,
    ScalingPolicy,
    MetricAlarm,
}

impl Resource {
    /// Whether all Express services behind the same load balancer share the resource.
    pub(crate) fn is_shared(self) -> bool {
        match self {
            Self::LoadBalancer | Self::LoadBalancerSecurityGroup | Self::Listener => true,
            Self::LogGroup
            | Self::ServiceSecurityGroup
            | Self::TargetGroups
            | Self::Certificate
            | Self::Rule
            | Self::ScalableTarget
            | Self::ScalingPolicy
            | Self::MetricAlarm => false,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::LogGroup => "log group",
            Self::ServiceSecurityGroup => "security group",
            Self::LoadBalancerSecurityGroup => "load balancer's security group",
            Self::TargetGroups => "target group",
            Self::Certificate => "certificate",
            Self::LoadBalancer => "load balancer",
            Self::Listener => "listener",
            Self::Rule => "listener rule",
            Self::ScalableTarget => "scalable target",
            Self::ScalingPolicy => "scaling policy",
            Self::MetricAlarm => "alarm",
        }
    }
}

impl std::str::FromStr for Resource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::deserialize(serde_json::Value::from(text))
            .map_err(|error| format!("resource: {error}"))
    }
}

/// The resources in the order of their creation, each with the second of a first deployment at which
/// it becomes active.
pub(crate) const PROVISIONING: [(u64, Resource); 11] = [
    (16, Resource::LogGroup),
    (22, Resource::ServiceSecurityGroup),
    (24, Resource::LoadBalancerSecurityGroup),
    (28, Resource::TargetGroups),
    (45, Resource::Certificate),
    (55, Resource::LoadBalancer),
    (60, Resource::Listener),
    (65, Resource::Rule),
    (78, Resource::ScalableTarget),
    (79, Resource::ScalingPolicy),
    (79, Resource::MetricAlarm),
];

/// The resources in the order of their deletion, each with the eighth of the draining time at which it
/// is deleted. ECS keeps the log group.
pub(crate) const TEARDOWN: [(u64, Resource); 10] = [
    (1, Resource::MetricAlarm),
    (1, Resource::ScalingPolicy),
    (1, Resource::ScalableTarget),
    (2, Resource::Rule),
    (4, Resource::TargetGroups),
    (5, Resource::Certificate),
    (6, Resource::Listener),
    (7, Resource::LoadBalancer),
    (8, Resource::LoadBalancerSecurityGroup),
    (8, Resource::ServiceSecurityGroup),
];

/// The `status` of a managed resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ManagedStatus {
    Provisioning,
    Active,
    Deprovisioning,
    Deleted,
    Failed,
    /// ECS does not manage the resource any more, so answers do not contain it.
    Detached,
}

impl ManagedStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Provisioning => "PROVISIONING",
            Self::Active => "ACTIVE",
            Self::Deprovisioning => "DEPROVISIONING",
            Self::Deleted => "DELETED",
            Self::Failed => "FAILED",
            Self::Detached => "DETACHED",
        }
    }
}

/// A managed resource and its status.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ManagedState {
    pub(crate) resource: Resource,
    pub(crate) status: ManagedStatus,
    pub(crate) reason: Option<String>,
    pub(crate) at: VirtualTime,
}

/// All managed resources of a revision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ManagedResources {
    states: Vec<ManagedState>,
}

impl ManagedResources {
    /// All resources with the same status.
    pub(crate) fn all(status: ManagedStatus, now: VirtualTime) -> Self {
        let state = |(_, resource)| ManagedState {
            resource,
            status,
            reason: None,
            at: now,
        };
        Self {
            states: PROVISIONING.into_iter().map(state).collect(),
        }
    }

    /// The resources with which a later revision starts: all ACTIVE, except those that are detached.
    pub(crate) fn continued(&self, now: VirtualTime) -> Self {
        let mut next = Self::all(ManagedStatus::Active, now);
        for state in &self.states {
            if state.status == ManagedStatus::Detached {
                next.set(state.resource, ManagedStatus::Detached, None, now);
            }
        }
        next
    }

    pub(crate) fn states(&self) -> impl Iterator<Item = &ManagedState> {
        self.states.iter()
    }

    /// Whether every resource has an entry, in the order of [`PROVISIONING`].
    pub(crate) fn is_complete(&self) -> bool {
        let found = self.states.iter().map(|state| state.resource);
        found.eq(PROVISIONING.into_iter().map(|(_, resource)| resource))
    }

    pub(crate) fn of(&self, resource: Resource) -> &ManagedState {
        let index = PROVISIONING
            .iter()
            .position(|(_, known)| *known == resource);
        // Every resource is in the table, and the states are in its order.
        &self.states[index.unwrap_or(0)]
    }

    /// Sets the status of a resource. A detached one stays detached.
    pub(crate) fn set(
        &mut self,
        resource: Resource,
        status: ManagedStatus,
        reason: Option<String>,
        now: VirtualTime,
    ) {
        for state in &mut self.states {
            if state.resource == resource && state.status != ManagedStatus::Detached {
                state.status = status;
                state.reason = reason;
                state.at = now;
                return;
            }
        }
    }

    /// Sets or removes the reason of every resource that is being created or deleted.
    pub(crate) fn set_pending_reason(&mut self, reason: Option<&str>) {
        for state in &mut self.states {
            match state.status {
                ManagedStatus::Provisioning | ManagedStatus::Deprovisioning => {
                    state.reason = reason.map(str::to_owned);
                }
                ManagedStatus::Active
                | ManagedStatus::Deleted
                | ManagedStatus::Failed
                | ManagedStatus::Detached => {}
            }
        }
    }
}
