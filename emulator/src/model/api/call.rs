//! The record of calls, from which a test sees which calls were made and which were not.

use serde::Serialize;
use serde_json::Value;

/// A recorded API call and its answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// The name of the action, whether or not the emulator supports it.
    pub action: String,
    /// The time of the call: seconds of the virtual clock since the epoch.
    pub at: f64,
    /// The time of the call in ISO 8601.
    pub at_text: String,
    /// The Region in which the call was signed.
    pub region: String,
    /// The account id of the caller.
    pub account: String,
    /// The name of the first service in the request.
    pub service_name: Option<String>,
    /// The ARN of that service, from the request or from the answer to a create.
    pub service_arn: Option<String>,
    /// The error code of the answer; `None` if the call succeeded.
    pub code: Option<String>,
    /// The error message of the answer, if any.
    pub message: Option<String>,
    /// The body of the request.
    pub request: Value,
}

/// Returns the names of the services in a request.
pub(crate) fn named_services(request: &Value) -> Vec<String> {
    let mut names: Vec<String> = identifiers(request)
        .filter_map(|identifier| name(identifier).map(str::to_owned))
        .collect();
    names.dedup();
    names
}

/// Returns the first service ARN in a request.
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

/// Returns the service name in a name, a service ARN, or the ARN of a deployment or revision.
fn name(identifier: &str) -> Option<&str> {
    if !identifier.starts_with("arn:") {
        return Some(identifier);
    }
    identifier.split('/').nth(2)
}
