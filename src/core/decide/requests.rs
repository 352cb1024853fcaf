//! The requests that change something in ECS.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::desired::{configuration::Configuration, field::Field, identity::ServiceArn};

/// `CreateExpressGatewayService`: what the user left out is left out; the name is always sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateRequest {
    /// Where the service will be; its cluster and name are sent.
    pub arn: ServiceArn,
    /// ARN of the infrastructure role.
    pub infrastructure_role_arn: String,
    /// The configuration of the spec.
    pub configuration: Configuration,
    /// The user's tags and the owner tags.
    pub tags: BTreeMap<String, String>,
}

/// `UpdateExpressGatewayService`: each block that is sent is complete, and its lists are explicit, also when empty; so the
/// request means the same whether ECS merges or replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateRequest {
    /// The service.
    pub arn: ServiceArn,
    /// The blocks to send; what is unset is left as it is.
    pub configuration: Configuration,
    /// Lists outside the container that are sent empty, to clear what is in force.
    pub cleared: BTreeSet<Field>,
}

/// `TagResource`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagRequest {
    /// The service.
    pub arn: ServiceArn,
    /// Tags to set.
    pub tags: BTreeMap<String, String>,
}

/// `UntagResource`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UntagRequest {
    /// The service.
    pub arn: ServiceArn,
    /// Keys to remove.
    pub keys: BTreeSet<String>,
}
