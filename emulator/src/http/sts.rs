//! The Query protocol of AWS STS, as far as GetCallerIdentity needs it.

use axum::{
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    authorization,
    aws::{set, status, withhold},
    shared::Shared,
};
use crate::model::ApiError;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// POST / with a form body.
pub(super) async fn call(shared: &Shared, headers: &HeaderMap, body: &[u8]) -> Response {
    let request_id = shared.with_model(crate::Model::request_id);
    let mut response = match answer(shared, headers, body) {
        Ok(identity) => xml(StatusCode::OK, &identity_xml(&identity, &request_id)),
        Err(error) => match withhold(error.delivery).await {
            Some(response) => return response,
            None => xml(status(&error), &error_xml(&error, &request_id)),
        },
    };
    set(&mut response, "x-amzn-requestid", &request_id);
    response
}

fn answer(shared: &Shared, headers: &HeaderMap, body: &[u8]) -> Result<Value, ApiError> {
    let account = shared.with_model(|model| model.settings().account_id.clone());
    let action = action(body).ok_or_else(|| {
        ApiError::new(
            "MissingAction",
            "neither an X-Amz-Target header nor an Action in a form body",
        )
    })?;
    let caller = authorization::caller(headers, &account).map_err(|mut error| {
        // STS writes its codes without the suffix and answers 403.
        error.code = error.code.trim_end_matches("Exception").to_owned();
        error.status = 403;
        error
    })?;
    if action != "GetCallerIdentity" {
        return Err(ApiError::new(
            "InvalidAction",
            format!("{action} is not supported by this emulator. Supported: GetCallerIdentity."),
        ));
    }
    shared.with_model(|model| model.call(&caller, &action, &json!({})))
}

/// The value of `Action`: always plain letters, so that nothing has to be decoded.
fn action(body: &[u8]) -> Option<String> {
    let body = std::str::from_utf8(body).ok()?;
    body.split('&')
        .find_map(|pair| pair.strip_prefix("Action="))
        .map(|action| action.trim().to_owned())
}

fn xml(status: StatusCode, text: &str) -> Response {
    let mut response = (status, text.to_owned()).into_response();
    set(&mut response, "content-type", "text/xml");
    response
}

fn identity_xml(identity: &Value, request_id: &str) -> String {
    let member = |name: &str| escape(identity[name].as_str().unwrap_or_default());
    format!(
        "<GetCallerIdentityResponse xmlns=\"{NAMESPACE}\"><GetCallerIdentityResult>\
         <Arn>{}</Arn><UserId>{}</UserId><Account>{}</Account></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>\
         </GetCallerIdentityResponse>",
        member("Arn"),
        member("UserId"),
        member("Account"),
    )
}

fn error_xml(error: &ApiError, request_id: &str) -> String {
    let kind = if error.status < 500 {
        "Sender"
    } else {
        "Receiver"
    };
    format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{kind}</Type><Code>{}</Code>\
         <Message>{}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>",
        escape(&error.code),
        escape(&error.message),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
