//! The requests of a process to Kubernetes and AWS, and their answers.

use ecs_express_operator::{
    api::ExpressService,
    controller::objects::{ObjectKey, ObjectsError},
    core::report::event::Event,
};
use serde_json::Value;

pub use test_support::api_server::{Part, Patch};

/// A request of a process.
#[derive(Clone, Debug)]
pub enum Request {
    /// A call to ECS or STS.
    Aws {
        /// Name of the API action.
        action: &'static str,
        /// The account to which the credentials belong.
        account: String,
        /// Region of the endpoint.
        region: String,
        /// The request as JSON.
        body: Value,
    },
    /// Reads an object.
    Read(ObjectKey),
    /// Patches an object, or its status.
    Patch(Patch),
    /// Publishes an event about an object.
    Publish(ObjectKey, Event),
}

impl Request {
    /// Name of the request: the API action, or the verb and the resource.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Aws { action, .. } => action,
            Self::Read(_) => "get",
            Self::Patch(Patch { part, .. }) => match part {
                Part::Metadata => "patch metadata",
                Part::Status => "patch status",
            },
            Self::Publish(..) => "create event",
        }
    }

    /// Whether the request is a call to AWS.
    pub fn is_aws(&self) -> bool {
        matches!(self, Self::Aws { .. })
    }

    /// Whether the request changes something in AWS.
    pub fn changes_aws(&self) -> bool {
        match self {
            Self::Aws { action, .. } => changes_aws(action),
            Self::Read(_) | Self::Patch(_) | Self::Publish(..) => false,
        }
    }
}

/// Whether an action of ECS or STS changes something.
pub fn changes_aws(action: &str) -> bool {
    !["Describe", "List", "Get"]
        .iter()
        .any(|read| action.starts_with(read))
}

/// An answer to a request.
#[derive(Debug)]
pub enum Answer {
    /// Of ECS or STS.
    Aws(Result<Value, AwsError>),
    /// Of the API server.
    Object(Result<Box<ExpressService>, ObjectsError>),
    /// To the publication of an event.
    Published,
}

/// Why a call to AWS failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AwsError {
    /// AWS answered with an error.
    Refused {
        /// Error code.
        code: Option<String>,
        /// Text.
        message: String,
        /// HTTP status.
        status: u16,
    },
    /// The connection broke, or no answer came in time.
    NoAnswer(&'static str),
    /// The process has no credentials.
    NoCredentials,
}
