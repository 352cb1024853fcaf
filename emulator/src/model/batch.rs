//! Requests that name many things at once, answers that list those not found, and pages.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Model, arn::ServiceArn, deployment::set, error::ApiError, service::Service};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ArnsRequest {
    #[serde(default)]
    pub(crate) service_deployment_arns: Vec<String>,
    #[serde(default)]
    pub(crate) service_revision_arns: Vec<String>,
}

impl Model {
    /// A service that reads see already.
    pub(super) fn seen(&self, arn: &ServiceArn) -> Option<&Service> {
        self.services
            .get(arn)
            .filter(|service| service.visible_at <= self.now)
    }
}

/// At least one and at most twenty.
pub(crate) fn limit(member: &str, arns: &[String]) -> Result<(), ApiError> {
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

/// An element of `failures`.
pub(crate) fn missing(arn: &str) -> Value {
    json!({ "arn": arn, "reason": "MISSING" })
}

/// One page of a list, with the token of the next one where there is more.
pub(crate) fn page(
    member: &str,
    list: Vec<Value>,
    length: usize,
    token: Option<&str>,
) -> Result<Value, ApiError> {
    if !(1..=100).contains(&length) {
        return Err(ApiError::invalid_parameter(
            "maxResults must be between 1 and 100.",
        ));
    }
    let from: usize = token
        .unwrap_or("0")
        .parse()
        .map_err(|_| ApiError::invalid_parameter("Invalid token."))?;
    let to = from.saturating_add(length);
    let next = (list.len() > to).then(|| to.to_string());
    let shown: Vec<Value> = list.into_iter().skip(from).take(length).collect();
    let mut wire = json!({ member: shown });
    set(&mut wire, "nextToken", next);
    Ok(wire)
}
