//! The requests of the calls that change something in ECS.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::desired::{configuration::Configuration, field::Field, identity::ServiceArn};

/// A request of `CreateExpressGatewayService`. It contains only what the user set, and always the service name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateRequest {
    /// ARN that the service will have; the request contains its cluster and name.
    pub arn: ServiceArn,
    /// ARN of the infrastructure role.
    pub infrastructure_role_arn: String,
    /// The configuration of the spec.
    pub configuration: Configuration,
    /// The tags of the spec and the owner tags.
    pub tags: BTreeMap<String, String>,
}

/// A request of `UpdateExpressGatewayService`.
///
/// Each block in it is complete, and its lists are explicit even when they are empty, so that the request means the same
/// whether ECS merges or replaces blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateRequest {
    /// ARN of the service.
    pub arn: ServiceArn,
    /// The blocks to send; ECS keeps the values of those that are unset.
    pub configuration: Configuration,
    /// Lists outside the container that are sent empty, to clear the values in force.
    pub cleared: BTreeSet<Field>,
}

/// A request of `TagResource`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagRequest {
    /// ARN of the service.
    pub arn: ServiceArn,
    /// The tags to set.
    pub tags: BTreeMap<String, String>,
}

/// A request of `UntagResource`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UntagRequest {
    /// ARN of the service.
    pub arn: ServiceArn,
    /// The keys of the tags to remove.
    pub keys: BTreeSet<String>,
}
