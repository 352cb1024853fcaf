//! The AWS endpoint: ECS and STS share it, and the protocol tells them apart.

use axum::{body::Bytes, extract::State, http::HeaderMap, response::Response};

use super::{aws_json, shared_model::SharedModel, sts};

const TARGET: &str = "x-amz-target";

/// `POST /`: awsJson if there is a target header, else the Query protocol of STS.
pub(super) async fn call(
    State(shared): State<SharedModel>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match headers.get(TARGET).and_then(|target| target.to_str().ok()) {
        Some(target) => aws_json::call(&shared, &headers, target, &body).await,
        None => sts::call(&shared, &headers, &body).await,
    }
}
