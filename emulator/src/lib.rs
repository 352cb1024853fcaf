//! Amazon ECS Express Mode on a laptop.
//!
//! [`Model`] is the pure part: services on a virtual clock, wire JSON in and out. [`Emulator`] puts it
//! behind HTTP, so that the AWS SDKs, the AWS CLI and a test can talk to it.

mod http;
mod model;

pub use http::Emulator;
pub use model::{
    ApiError, Call, Caller, Change, ClusterForm, ConfigurationOrder, Delivery, Effect, EmptyLists,
    EndpointForm, Fault, Model, NotFoundForm, OmittedMembers, Outcome, Page, Presence, ServiceArn,
    Settings, Tag, Target, TaskDefinitionLookup, VirtualTime,
};
