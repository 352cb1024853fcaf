//! The awsJson 1.1 protocol of Amazon ECS, and the way to STS, which shares the port.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{authorization, delivery::deliver, shared::Shared, sts};
use crate::model::{Answered, ApiError, Caller, Delivery};

const TARGET: &str = "x-amz-target";
const PREFIX: &str = "AmazonEC2ContainerServiceV20141113.";

/// POST /: awsJson where there is a target, else the Query protocol.
pub(super) async fn call(
    State(shared): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match headers.get(TARGET).and_then(|target| target.to_str().ok()) {
        Some(target) => {
            let Answered { answer, delivery } = json_call(&shared, &headers, target, &body);
            let response = response(&shared, answer);
            deliver(delivery, response).await
        }
        None => sts::call(&shared, &headers, &body).await,
    }
}

fn json_call(shared: &Shared, headers: &HeaderMap, target: &str, body: &[u8]) -> Answered {
    let action = target.strip_prefix(PREFIX).unwrap_or(target);
    match understood(shared, headers, body) {
        Ok((caller, body)) => {
            let answered = shared.with_model(|model| model.serve(&caller, action, &body));
            log(action, &caller, &answered);
            answered
        }
        Err(error) => Answered {
            answer: Err(error),
            delivery: Delivery::Answered,
        },
    }
}

fn understood(
    shared: &Shared,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(Caller, Value), ApiError> {
    let account = shared.with_model(|model| model.settings().account_id.clone());
    let caller = authorization::signer(headers, &account)?.caller;
    let body = if body.is_empty() {
        json!({})
    } else {
        serde_json::from_slice(body)
            .map_err(|error| ApiError::new("SerializationException", error.to_string()))?
    };
    Ok((caller, body))
}

pub(super) fn log(action: &str, caller: &Caller, answered: &Answered) {
    let error = answered.answer.as_ref().err();
    tracing::info!(
        action,
        account = caller.account,
        region = caller.region,
        code = error.map(|error| error.code.as_str()),
        "call"
    );
}

fn response(shared: &Shared, answer: Result<Value, ApiError>) -> Response {
    let request_id = shared.with_model(crate::Model::request_id);
    let mut response = match answer {
        Ok(body) => Json(body).into_response(),
        Err(error) => {
            let mut response = (status(&error), Json(error.to_wire())).into_response();
            set(&mut response, "x-amzn-errortype", &error.code);
            response
        }
    };
    set(
        &mut response,
        header::CONTENT_TYPE.as_str(),
        "application/x-amz-json-1.1",
    );
    set(&mut response, "x-amzn-requestid", &request_id);
    response
}

pub(super) fn status(error: &ApiError) -> StatusCode {
    StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST)
}

/// Sets a header; a value that cannot be one is left out.
pub(super) fn set(response: &mut Response, name: &str, value: &str) {
    let name = HeaderName::try_from(name);
    let value = HeaderValue::try_from(value);
    if let (Ok(name), Ok(value)) = (name, value) {
        response.headers_mut().insert(name, value);
    }
}
