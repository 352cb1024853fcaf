//! Parsing of request bodies.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::model::api::error::ApiError;

/// Parses a request body; a wrong shape gives the SerializationException of AWS.
pub(crate) fn parse_body<T: DeserializeOwned>(body: &Value) -> Result<T, ApiError> {
    T::deserialize(body).map_err(|error| ApiError::serialization(&error))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ArnsRequest {
    #[serde(default)]
    pub(crate) service_deployment_arns: Vec<String>,
    #[serde(default)]
    pub(crate) service_revision_arns: Vec<String>,
}

/// Checks that there are 1 to 20 ARNs.
pub(crate) fn check_count(member: &str, arns: &[String]) -> Result<(), ApiError> {
    match arns.len() {
        0 => Err(ApiError::invalid_parameter(format!(
            "{member} cannot be empty."
        ))),
        1..=20 => Ok(()),
        _ => Err(ApiError::invalid_parameter(format!(
            "{member} may contain at most 20 elements."
        ))),
    }
}
