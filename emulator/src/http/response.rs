//! What the answers of all AWS protocols have in common: their status, their headers, their log line.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode},
    response::Response,
};

use crate::model::{Answered, ApiError, Caller};

/// Logs a call and the error code of its answer.
pub(super) fn log_call(action: &str, caller: &Caller, answered: &Answered) {
    let error = answered.answer.as_ref().err();
    tracing::info!(
        action,
        account = caller.account,
        region = caller.region,
        code = error.map(|error| error.code.as_str()),
        "call"
    );
}

/// The HTTP status of an error.
pub(super) fn status(error: &ApiError) -> StatusCode {
    StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST)
}

/// Sets a header; an invalid name or value is left out.
pub(super) fn set_header(response: &mut Response, name: &str, value: &str) {
    let name = HeaderName::try_from(name);
    let value = HeaderValue::try_from(value);
    if let (Ok(name), Ok(value)) = (name, value) {
        response.headers_mut().insert(name, value);
    }
}
