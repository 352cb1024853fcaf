//! The error answers of the API: a code, a message, an HTTP status, and how it reaches the caller.

use serde_json::{Value, json};

/// How an error reaches the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// As an ordinary error answer.
    Answered,
    /// Not at all: the connection is closed.
    ConnectionReset,
    /// Not at all: the connection is held open until the caller gives up.
    Timeout,
    /// In half: the connection is closed in the middle of the body.
    Cut,
    /// Whole, so much later.
    Late {
        /// Real milliseconds.
        milliseconds: u64,
    },
}

/// An answer, and how it reaches the caller.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// The body of a success, or an error.
    pub answer: Result<Value, ApiError>,
    /// How it reaches the caller.
    pub delivery: Delivery,
}

impl Answered {
    pub(crate) fn at_once(answer: Result<Value, ApiError>) -> Self {
        Self {
            answer,
            delivery: Delivery::Answered,
        }
    }
}

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// The error code, such as `InvalidParameterException`.
    pub code: String,
    /// The message.
    pub message: String,
    /// The HTTP status.
    pub status: u16,
    /// How it reaches the caller.
    pub delivery: Delivery,
}

impl ApiError {
    /// An error with the HTTP status that AWS uses for its code.
    #[must_use]
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            status: match code {
                "ServerException" | "InternalFailure" => 500,
                "ServiceUnavailable" | "ServiceUnavailableException" => 503,
                _ => 400,
            },
            delivery: Delivery::Answered,
        }
    }

    /// The body of the answer.
    #[must_use]
    pub fn to_wire(&self) -> Value {
        json!({ "__type": self.code, "message": self.message })
    }

    pub(crate) fn invalid_parameter(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterException", message)
    }

    pub(crate) fn serialization(error: &serde_json::Error) -> Self {
        Self::new("SerializationException", error.to_string())
    }

    pub(crate) fn cluster_not_found() -> Self {
        Self::new("ClusterNotFoundException", "Cluster not found.")
    }

    pub(crate) fn service_not_found() -> Self {
        Self::new("ServiceNotFoundException", "Service not found.")
    }

    pub(crate) fn task_definition_not_found() -> Self {
        Self::new("ClientException", "Unable to describe task definition.")
    }

    /// What AWS may well do, and the emulator does not.
    pub(crate) fn not_modelled(what: &str) -> Self {
        Self::new(
            "UnsupportedFeatureException",
            format!("This emulator does not model {what}."),
        )
    }

    pub(crate) fn resource_not_found() -> Self {
        Self::new("ResourceNotFoundException", "Resource not found")
    }

    pub(crate) fn draining() -> Self {
        Self::new("ServiceNotActiveException", "Service is in DRAINING status")
    }

    pub(crate) fn inactive() -> Self {
        Self::new(
            "ServiceNotActiveException",
            "Cannot perform this operation on a service in INACTIVE status",
        )
    }
}
