//! Error answers of the API, and how an answer is delivered to the caller.

use serde_json::{Value, json};

/// How an answer is delivered to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The whole answer is sent at once.
    Answered,
    /// Nothing is sent: the connection is closed.
    ConnectionReset,
    /// Nothing is sent: the connection stays open until the caller gives up.
    Timeout,
    /// Half of the body is sent, then the connection is closed.
    Cut,
    /// The whole answer is sent after a delay.
    Late {
        /// The delay in milliseconds of real time.
        milliseconds: u64,
    },
}

/// An answer and its delivery to the caller.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// The body of a success, or the error.
    pub answer: Result<Value, ApiError>,
    /// How the answer is delivered.
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

/// An error answer of the API.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", if code.is_empty() { "no code" } else { code })]
pub struct ApiError {
    /// The error code, such as `InvalidParameterException`; empty if the answer contains none.
    pub code: String,
    /// The error message.
    pub message: String,
    /// The HTTP status.
    pub status: u16,
    /// How the error is delivered.
    pub delivery: Delivery,
}

impl ApiError {
    /// Creates an error with the HTTP status that AWS uses for this code.
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

    /// Creates an error whose answer contains no code, with the HTTP status 500.
    pub(crate) fn without_code(message: impl Into<String>) -> Self {
        Self {
            status: 500,
            ..Self::new("", message)
        }
    }

    /// Returns the body of the answer in awsJson.
    #[must_use]
    pub fn to_wire(&self) -> Value {
        if self.code.is_empty() {
            return json!({ "message": self.message });
        }
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

    /// The error for a feature that AWS may have and the emulator lacks.
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
