//! The service as one observation of ECS shows it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    api::status::{DeploymentStatus, ManagedResource},
    core::{
        desired::{configuration::Configuration, identity::ServiceArn},
        observed::{
            deployment::{DeploymentState, deployment_state},
            failure::Failure,
            managed_resources::service_security_groups,
        },
    },
};

/// Result of one observation of the ECS service.
#[derive(Clone, Debug, PartialEq)]
pub enum Observed {
    /// ECS was not read, because no call would be sent whatever it returned.
    NotAsked,
    /// ECS could not be read, so nothing is known about the service.
    Unreadable(Failure),
    /// ECS returned no active or draining service. One such observation does not confirm an absence.
    Missing(Missing),
    /// ECS returned a service.
    Present(Box<Service>),
}

/// How ECS reports that a service is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// ECS does not find the service, or not even its cluster.
    NotFound,
    /// ECS still lists the service as `INACTIVE`. Its name can be used again.
    Inactive,
}

/// `statusCode` of a service that ECS returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatusCode {
    /// `ACTIVE`: the service exists. It may not be ready.
    Active,
    /// `DRAINING`: the service is being deleted.
    Draining,
    /// A status that this version does not know.
    Other(String),
}

impl StatusCode {
    /// The status as ECS spells it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
            Self::Other(status) => status,
        }
    }
}

/// Origin of an ECS service, from its `resourceManagementType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Management {
    /// An Express service.
    Express,
    /// An ordinary ECS service, which Express Mode does not manage.
    Customer,
}

/// Result of a related read, which a reconcile may skip.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Read<T> {
    /// Not requested in this reconcile. What the status reports still holds.
    #[default]
    Skipped,
    /// Requested, but the call failed.
    Failed(Failure),
    /// Requested and answered.
    Got(T),
}

impl<T> Read<T> {
    /// Returns the answer, if there is one.
    pub fn got(&self) -> Option<&T> {
        match self {
            Self::Got(answer) => Some(answer),
            Self::Skipped | Self::Failed(_) => None,
        }
    }
}

/// A service that ECS returns, with the related reads of the same observation.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// ARN of the service.
    pub arn: ServiceArn,
    /// Status of the service (`status.statusCode`).
    pub code: StatusCode,
    /// Explanation of the status by ECS (`status.statusReason`).
    pub reason: Option<String>,
    /// ARN of the infrastructure role (`infrastructureRoleArn`).
    pub infrastructure_role_arn: Option<String>,
    /// ARN of the deployment in progress (`currentDeployment`).
    pub current_deployment: Option<String>,
    /// Running service revisions (`activeConfigurations`), in the order of ECS, which has no meaning.
    pub revisions: Vec<Revision>,
    /// Tags of the service, owner tags included.
    pub tags: BTreeMap<String, String>,
    /// Time of creation. A service with the same ARN and another time of creation is another service.
    pub created_at: Option<Timestamp>,
    /// Whether it is an Express service, which only a related read tells.
    pub management: Read<Management>,
    /// Numbers of tasks.
    pub counts: Read<TaskCounts>,
    /// Deployments, newest first.
    pub deployments: Read<Vec<DeploymentStatus>>,
    /// Resources that ECS created for the service, such as load balancers and security groups.
    pub managed_resources: Read<Vec<ManagedResource>>,
}

impl Service {
    /// Whether it is known to be an ordinary ECS service, which Express Mode does not manage.
    pub fn is_ordinary(&self) -> bool {
        self.management.got() == Some(&Management::Customer)
    }

    /// Returns the newest of the running revisions. It carries the last accepted request, unless that was rolled back.
    pub fn newest(&self) -> Option<&Revision> {
        self.revisions
            .iter()
            .max_by(|a, b| (a.created_at, &a.arn).cmp(&(b.created_at, &b.arn)))
    }

    /// Returns the IDs of the security groups that ECS created. ECS always creates one, so `None` means that it does not
    /// report it yet.
    pub fn managed_security_groups(&self) -> Option<BTreeSet<&str>> {
        service_security_groups(self.managed_resources.got()?)
    }
}

/// A running service revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// ARN of the revision.
    pub arn: String,
    /// Time of creation.
    pub created_at: Option<Timestamp>,
    /// The configuration in force.
    pub configuration: Configuration,
    /// URLs of the service, with scheme, public ones first.
    pub endpoints: Vec<String>,
}

/// Numbers of tasks of a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// Number of tasks that autoscaling asks for (`desiredCount`).
    pub desired: i32,
    /// Number of running tasks (`runningCount`).
    pub running: i32,
    /// Number of tasks that are starting (`pendingCount`).
    pub pending: i32,
}

/// Returns an endpoint with its scheme, which ECS leaves out directly after a create.
pub fn endpoint_url(endpoint: &str) -> String {
    if endpoint.contains("://") {
        endpoint.to_owned()
    } else {
        format!("https://{endpoint}")
    }
}

/// Whether a deployment of the service is in progress, whatever its target revision.
pub(crate) fn is_deploying(service: &Service) -> bool {
    let newest = service.deployments.got().and_then(|all| all.first());
    service.current_deployment.is_some()
        || newest.is_some_and(|newest| {
            deployment_state(newest.status.as_deref()) == DeploymentState::InProgress
        })
}

#[cfg(test)]
mod tests {
    use super::endpoint_url;

    #[test]
    fn an_endpoint_gives_the_same_url_with_and_without_scheme() {
        let url = "https://ab-0123.ecs.eu-west-1.on.aws";
        assert_eq!(endpoint_url("ab-0123.ecs.eu-west-1.on.aws"), url);
        assert_eq!(endpoint_url(url), url);
    }
}
