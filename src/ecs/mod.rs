//! The port to AWS: the calls to ECS and STS that the operator makes, in the types of the core; and its adapter on the
//! AWS SDK.
//!
//! Each file imports only from those before it: this one (the port), `classify`, `answer_limit`, `sdk_error`, `translate`,
//! `clients`, `credentials`, `caller_cache`, [`aws`] (the adapter), `caller`, `calls` (its implementation of the port).

mod answer_limit;
pub mod aws;
mod caller;
mod caller_cache;
mod calls;
pub mod classify;
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

/// The calls to AWS that the operator makes. A call that changes something is sent at most once. Each call takes the
/// redactor of its object, which removes secret values from every text of AWS in the answer or in the failure.
pub trait Ecs: Send + Sync + 'static {
    /// Returns the caller to whom the credentials belong (STS GetCallerIdentity), from a cache until the credentials
    /// change.
    fn caller(&self) -> impl Future<Output = Result<Caller, Failure>> + Send;

    /// Asks STS for the caller, whatever the cache has. A failure leaves the cache as it is.
    fn verify_caller(&self) -> impl Future<Output = Result<Caller, Failure>> + Send;

    /// Makes the next [`Ecs::caller`] ask STS again, since the cached answer does not fit.
    fn doubt_caller(&self);

    /// Reads the service and its tags (DescribeExpressGatewayService). Not found, INACTIVE and a missing cluster are
    /// `Missing`.
    fn describe(
        &self,
        arn: &ServiceArn,
        redactor: &Redactor,
    ) -> impl Future<Output = Observed> + Send;

    /// Reads the service as an ordinary ECS service (DescribeServices).
    fn service(
        &self,
        arn: &ServiceArn,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<ServiceRecord, Failure>> + Send;

    /// Reads the last deployments, newest first, with the stage of those in progress (ListServiceDeployments,
    /// DescribeServiceDeployments).
    fn deployments(
        &self,
        arn: &ServiceArn,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<Vec<DeploymentStatus>, Failure>> + Send;

    /// Reads the resources that ECS manages for a revision (DescribeServiceRevisions), sorted.
    fn managed_resources(
        &self,
        arn: &ServiceArn,
        revision: &str,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<Vec<ManagedResource>, Failure>> + Send;

    /// Reads the tags (ListTagsForResource), in another way than [`Ecs::describe`].
    fn tags(
        &self,
        arn: &ServiceArn,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<BTreeMap<String, String>, Failure>> + Send;

    /// Creates the service (CreateExpressGatewayService).
    fn create(
        &self,
        request: &CreateRequest,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<Created, Failure>> + Send;

    /// Updates the service (UpdateExpressGatewayService).
    fn update(
        &self,
        request: &UpdateRequest,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<Updated, Failure>> + Send;

    /// Deletes the service (DeleteExpressGatewayService). Succeeds if it is DRAINING, INACTIVE or gone already.
    fn delete(
        &self,
        arn: &ServiceArn,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Sets tags (TagResource).
    fn tag(
        &self,
        request: &TagRequest,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Removes tags (UntagResource).
    fn untag(
        &self,
        request: &UntagRequest,
        redactor: &Redactor,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// The answer of DescribeServices for a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceRecord {
    /// There is no such service, or no such cluster.
    Missing,
    /// A deleted service, of which only the record is left: the name is free.
    Inactive,
    /// A service that exists.
    Live(ServiceFacts),
}

/// What DescribeServices shows beyond DescribeExpressGatewayService.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceFacts {
    /// Who manages its resources.
    pub management: Management,
    /// Task counts.
    pub counts: TaskCounts,
    /// When the service was created.
    pub created_at: Option<Timestamp>,
}

/// Answer to an accepted Create.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Created {
    /// When the service was created.
    pub created_at: Option<Timestamp>,
    /// Whether the answer carries the owner tags of the request; otherwise it may describe a service that existed
    /// before.
    pub tagged: bool,
}

/// Answer to an accepted Update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Updated {
    /// ARN of the revision that the update creates.
    pub revision: Option<String>,
}
