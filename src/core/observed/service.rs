//! What ECS was seen to have.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    api::status::{DeploymentStatus, ManagedResource},
    core::{
        desired::{configuration::Configuration, identity::ServiceArn},
        observed::{
            deployment::{DeploymentState, deployment_state},
            failure::Failure,
        },
    },
};

/// One look at the ECS service.
#[derive(Clone, Debug, PartialEq)]
pub enum Observed {
    /// ECS was not asked: whatever it has, nothing is to be sent there.
    NotAsked,
    /// ECS could not be read; nothing is known.
    Unreadable(Failure),
    /// ECS has no live service there; by itself no proof that there is none.
    Missing(Missing),
    /// ECS has a service there.
    Present(Box<Service>),
}

/// How a service is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// ECS knows no such service, or not even the cluster.
    NotFound,
    /// ECS remembers the service as INACTIVE: the name is free.
    Inactive,
}

/// `statusCode` of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatusCode {
    /// Exists; says nothing about being ready.
    Active,
    /// Is being deleted.
    Draining,
    /// A word that this operator does not know.
    Other(String),
}

impl StatusCode {
    /// ECS's own word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
            Self::Other(word) => word,
        }
    }
}

/// Who manages the resources of an ECS service (`resourceManagementType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Management {
    /// An Express service.
    Express,
    /// An ordinary ECS service of somebody else.
    Customer,
}

/// A neighbouring read that may have been left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Read<T> {
    /// Not asked for in this pass: what is remembered holds.
    #[default]
    Skipped,
    /// Asked for without success.
    Failed(Failure),
    /// The answer.
    Got(T),
}

impl<T> Read<T> {
    /// The answer, if there is one.
    pub fn got(&self) -> Option<&T> {
        match self {
            Self::Got(answer) => Some(answer),
            Self::Skipped | Self::Failed(_) => None,
        }
    }
}

/// A service that ECS shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Its ARN.
    pub arn: ServiceArn,
    /// Its status.
    pub code: StatusCode,
    /// Why, as ECS says it.
    pub reason: Option<String>,
    /// ARN of the infrastructure role.
    pub infrastructure_role_arn: Option<String>,
    /// ARN of the deployment under way.
    pub current_deployment: Option<String>,
    /// Service revisions that run, in ECS's order, which means nothing.
    pub revisions: Vec<Revision>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// When it was made; another time under the same ARN is another service.
    pub created_at: Option<Timestamp>,
    /// Who manages its resources; it takes a read of its own to know.
    pub management: Read<Management>,
    /// Task counts.
    pub counts: Read<TaskCounts>,
    /// Deployments, newest first.
    pub deployments: Read<Vec<DeploymentStatus>>,
    /// What ECS made for the service.
    pub managed_resources: Read<Vec<ManagedResource>>,
}

impl Service {
    /// The newest of the running revisions: what the last accepted request brought, until it is rolled back.
    pub fn newest(&self) -> Option<&Revision> {
        self.revisions
            .iter()
            .max_by(|a, b| (a.created_at, &a.arn).cmp(&(b.created_at, &b.arn)))
    }

    /// IDs of the security groups that ECS made; `None` while ECS names none, since it always makes one.
    pub fn managed_security_groups(&self) -> Option<BTreeSet<&str>> {
        service_security_groups(self.managed_resources.got()?)
    }
}

impl ManagedResource {
    /// Whether ECS could not create it.
    pub fn has_failed(&self) -> bool {
        self.status.as_deref() == Some("FAILED")
    }
}

/// IDs of the security groups among managed resources that ECS made for the tasks; `None` where there is none.
pub fn service_security_groups(resources: &[ManagedResource]) -> Option<BTreeSet<&str>> {
    let groups: BTreeSet<&str> = resources
        .iter()
        .filter(|resource| resource.r#type == SERVICE_SECURITY_GROUP)
        .filter_map(|resource| resource.arn.as_deref())
        .map(|arn| arn.rsplit('/').next().unwrap_or(arn))
        .collect();
    (!groups.is_empty()).then_some(groups)
}

/// Type of the security groups that ECS makes for the tasks.
pub const SERVICE_SECURITY_GROUP: &str = "ServiceSecurityGroup";

/// A running service revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its ARN.
    pub arn: String,
    /// When ECS made it.
    pub created_at: Option<Timestamp>,
    /// The values in force.
    pub configuration: Configuration,
    /// Its URLs, public ones first, with scheme.
    pub endpoints: Vec<String>,
}

/// Task counts of a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// Tasks wanted.
    pub desired: i32,
    /// Tasks running.
    pub running: i32,
    /// Tasks starting.
    pub pending: i32,
}

/// An endpoint with its scheme: ECS leaves it out just after a create.
pub fn endpoint_url(endpoint: &str) -> String {
    if endpoint.contains("://") {
        endpoint.to_owned()
    } else {
        format!("https://{endpoint}")
    }
}

#[cfg(test)]
mod tests {
    use super::endpoint_url;

    #[test]
    fn an_endpoint_with_and_without_scheme_is_one_url() {
        let url = "https://ab-0123.ecs.eu-west-1.on.aws";
        assert_eq!(endpoint_url("ab-0123.ecs.eu-west-1.on.aws"), url);
        assert_eq!(endpoint_url(url), url);
    }
}

/// Whether some deployment of the service is under way, of whatever revision.
pub(crate) fn is_deploying(service: &Service) -> bool {
    let newest = service.deployments.got().and_then(|all| all.first());
    service.current_deployment.is_some()
        || newest.is_some_and(|newest| {
            deployment_state(newest.status.as_deref()) == DeploymentState::InProgress
        })
}
