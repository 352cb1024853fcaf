//! Parts that several answers share: failures, pages, optional members.

use serde_json::{Value, json};

use crate::model::api::error::ApiError;

/// Returns an element of `failures` for something that was not found.
pub(crate) fn missing_failure(arn: &str) -> Value {
    json!({ "arn": arn, "reason": "MISSING" })
}

/// Returns one page of a list, with the token of the next page if there is one.
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

/// Sets a member if there is a value; otherwise the member stays absent.
pub(crate) fn set_member<T: Into<Value>>(wire: &mut Value, member: &str, value: Option<T>) {
    if let Some(value) = value {
        wire[member] = value.into();
    }
}
