//! Requests that name many things at once, answers that list those not found, and pages.

use serde_json::{Value, json};

use crate::model::api::error::ApiError;

/// An element of `failures`.
pub(crate) fn missing_failure(arn: &str) -> Value {
    json!({ "arn": arn, "reason": "MISSING" })
}

/// One page of a list, with the token of the next one where there is more.
pub(crate) fn paginate(
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
    set_member(&mut wire, "nextToken", next);
    Ok(wire)
}

/// Sets a member where there is a value; an absent member is not written at all.
pub(crate) fn set_member<T: Into<Value>>(wire: &mut Value, member: &str, value: Option<T>) {
    if let Some(value) = value {
        wire[member] = value.into();
    }
}
