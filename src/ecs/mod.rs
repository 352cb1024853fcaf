//! The port to AWS: what the operator needs of ECS and STS, in the words of the core.

pub mod aws;
mod caller;
mod calls;
mod classify;
mod clients;
mod credentials;
mod sdk_error;
mod translate;

use std::{collections::BTreeMap, future::Future};

use jiff::Timestamp;

use crate::{
    api::status::{DeploymentStatus, ManagedResource},
    core::{
        decide::requests::{CreateRequest, TagRequest, UntagRequest, UpdateRequest},
        desired::identity::{Caller, ServiceArn},
        observed::{
            failure::Failure,
            service::{Management, Observed, TaskCounts},
        },
        redaction::redact::Redactor,
    },
};

/// The calls that the operator makes. No call that changes something is repeated behind its back. Each takes what its object
/// hides: no text of AWS, neither in an answer nor in a failure, passes the port with it.
pub trait Ecs: Send + Sync + 'static {
    /// Whose credentials these are (STS GetCallerIdentity); remembered until the credentials change.
    fn caller(&self) -> impl Future<Output = Result<Caller, Failure>> + Send;

    /// Lets the next [`Ecs::caller`] ask STS, since the answer that is remembered does not fit.
    fn doubt_caller(&self);

    /// The service and its tags (DescribeExpressGatewayService). Not found, INACTIVE and a missing cluster are `Missing`.
    fn describe(
        &self,
        arn: &ServiceArn,
        redactor: &Redactor,
    ) -> impl Future<Output = Observed> + Send;

    /// The service as an ordinary ECS service (DescribeServices).
    fn service(
        &self,
        arn: &ServiceArn,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<ServiceRecord, Failure>> + Send;

    /// The last deployments, newest first, with the stage of those under way (ListServiceDeployments,
    /// DescribeServiceDeployments).
    fn deployments(
        &self,
        arn: &ServiceArn,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<Vec<DeploymentStatus>, Failure>> + Send;

    /// What ECS made for a revision (DescribeServiceRevisions), sorted.
    fn managed_resources(
        &self,
        arn: &ServiceArn,
        revision: &str,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<Vec<ManagedResource>, Failure>> + Send;

    /// The tags (ListTagsForResource): another way to read them than [`Ecs::describe`].
    fn tags(
        &self,
        arn: &ServiceArn,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<BTreeMap<String, String>, Failure>> + Send;

    /// CreateExpressGatewayService.
    fn create(
        &self,
        request: &CreateRequest,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<Created, Failure>> + Send;

    /// UpdateExpressGatewayService.
    fn update(
        &self,
        request: &UpdateRequest,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<Updated, Failure>> + Send;

    /// DeleteExpressGatewayService; a service that is DRAINING, INACTIVE or gone already is a success.
    fn delete(
        &self,
        arn: &ServiceArn,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// TagResource.
    fn tag(
        &self,
        request: &TagRequest,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// UntagResource.
    fn untag(
        &self,
        request: &UntagRequest,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// What DescribeServices has of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceRecord {
    /// Nothing, or not even the cluster.
    Missing,
    /// A service that is gone: the name is free.
    Inactive,
    /// A service.
    Live(ServiceFacts),
}

/// What DescribeServices adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceFacts {
    /// Who manages its resources.
    pub management: Management,
    /// Task counts.
    pub counts: TaskCounts,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

/// ECS accepted a Create.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Created {
    /// When the service was made.
    pub created_at: Option<Timestamp>,
    /// Whether the answer carries the owner tags of the request; else it may be a service that was there.
    pub tagged: bool,
}

/// ECS accepted an Update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Updated {
    /// ARN of the revision that it makes.
    pub revision: Option<String>,
}
