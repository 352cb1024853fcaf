//! The record of calls, so that a test can say what was asked of ECS and what was not.

use serde::Serialize;
use serde_json::Value;

/// A call and how it was answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// The action.
    pub action: String,
    /// When, in seconds of the virtual clock.
    pub at: f64,
    /// When, as people read it.
    pub at_text: String,
    /// The caller's Region.
    pub region: String,
    /// The caller's account.
    pub account: String,
    /// The name of the first service that the request names.
    pub service_name: Option<String>,
    /// Its ARN, as far as the request tells.
    pub service_arn: Option<String>,
    /// The error code of the answer; none for a success.
    pub code: Option<String>,
    /// The message of an error.
    pub message: Option<String>,
    /// The request.
    pub request: Value,
}

/// The names of the services that a request is about.
pub(crate) fn named_services(request: &Value) -> Vec<String> {
    let mut names: Vec<String> = identifiers(request)
        .filter_map(|identifier| name(identifier).map(str::to_owned))
        .collect();
    names.dedup();
    names
}

/// The first ARN in a request.
pub(crate) fn named_arn(request: &Value) -> Option<String> {
    identifiers(request)
        .find(|identifier| identifier.starts_with("arn:") && identifier.contains(":service/"))
        .map(str::to_owned)
}

fn identifiers(request: &Value) -> impl Iterator<Item = &str> {
    const MEMBERS: [&str; 8] = [
        "serviceName",
        "serviceArn",
        "service",
        "resourceArn",
        "services",
        "serviceDeploymentArns",
        "serviceRevisionArns",
        "serviceDeploymentArn",
    ];
    MEMBERS.iter().flat_map(|member| match &request[*member] {
        Value::String(text) => vec![text.as_str()],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    })
}

/// The service's name in a name, a service ARN, or an ARN below a service.
fn name(identifier: &str) -> Option<&str> {
    if !identifier.starts_with("arn:") {
        return Some(identifier);
    }
    identifier.split('/').nth(2)
}
