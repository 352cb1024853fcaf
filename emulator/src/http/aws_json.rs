//! The awsJson 1.1 protocol of Amazon ECS.

use axum::{
    Json,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    authorization,
    delivery::deliver,
    response::{log_call, set_header, status},
    shared_model::SharedModel,
};
use crate::model::{Answered, ApiError, Caller, Delivery, Model};

const PREFIX: &str = "AmazonEC2ContainerServiceV20141113.";

/// Answers a call whose action is in the header `x-amz-target`.
pub(super) async fn call(
    shared: &SharedModel,
    headers: &HeaderMap,
    target: &str,
    body: &[u8],
) -> Response {
    let Answered { answer, delivery } = answer(shared, headers, target, body);
    let response = response(shared, answer);
    deliver(delivery, response).await
}

fn answer(shared: &SharedModel, headers: &HeaderMap, target: &str, body: &[u8]) -> Answered {
    let action = target.strip_prefix(PREFIX).unwrap_or(target);
    match parse(shared, headers, body) {
        Ok((caller, body)) => {
            let answered = shared.with_model(|model| model.serve(&caller, action, &body));
            log_call(action, &caller, &answered);
            answered
        }
        Err(error) => Answered {
            answer: Err(error),
            delivery: Delivery::Answered,
        },
    }
}

fn parse(
    shared: &SharedModel,
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

fn response(shared: &SharedModel, answer: Result<Value, ApiError>) -> Response {
    let request_id = shared.with_model(Model::request_id);
    let mut response = match answer {
        Ok(body) => Json(body).into_response(),
        Err(error) => {
            let mut response = (status(&error), Json(error.to_wire())).into_response();
            if !error.code.is_empty() {
                set_header(&mut response, "x-amzn-errortype", &error.code);
            }
            response
        }
    };
    set_header(
        &mut response,
        header::CONTENT_TYPE.as_str(),
        "application/x-amz-json-1.1",
    );
    set_header(&mut response, "x-amzn-requestid", &request_id);
    response
}
