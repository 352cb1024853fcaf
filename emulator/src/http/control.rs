//! The control endpoint `/_emulator/`, with which tests and demos control the emulator.

use std::{net::IpAddr, time::Duration};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Query, Request, State},
    http::{HeaderMap, StatusCode, header, uri::Authority},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::shared_model::SharedModel;
use crate::model::{Change, Fault, Outcome};

type Answer = Result<Json<Value>, (StatusCode, Json<Value>)>;

/// Returns the routes below `/_emulator`.
pub(super) fn router(hosts: Hosts) -> Router<SharedModel> {
    Router::new()
        .route("/health", get(health))
        .route("/services", get(services))
        .route("/calls", get(calls).delete(clear_calls))
        .route("/outcomes", post(outcomes))
        .route(
            "/errors",
            get(list_errors).post(errors).delete(clear_errors),
        )
        .route("/changes", post(changes))
        .route("/clock", get(show_clock).post(clock))
        .route("/settings", get(show_settings).post(settings))
        .fallback(unknown)
        .layer(middleware::from_fn_with_state(hosts, reject_other_sites))
}

/// The host names under which the control endpoint may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hosts {
    /// IP addresses and `localhost`. Any other name may be one that a web page has resolved to this
    /// machine (DNS rebinding).
    Local,
    /// Any name, because the emulator serves other machines.
    Any,
}

impl Hosts {
    fn allow(self, headers: &HeaderMap) -> bool {
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let authority = host.and_then(|host| host.parse::<Authority>().ok());
        match (self, authority) {
            (Self::Any, _) | (Self::Local, None) => true,
            (Self::Local, Some(authority)) => {
                let name = authority.host().trim_matches(['[', ']']);
                name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
            }
        }
    }
}

/// Rejects requests of web pages from other sites, which must neither read nor control the emulator.
async fn reject_other_sites(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    if is_from_other_site(request.headers()) || !hosts.allow(request.headers()) {
        let message = "web pages of other sites cannot control the emulator";
        return rejection(StatusCode::FORBIDDEN, message).into_response();
    }
    next.run(request).await
}

/// Whether the request comes from a web page of another site. Only browsers send an Origin.
fn is_from_other_site(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    text(header::ORIGIN).is_some_and(|origin| {
        let host = origin.split_once("://").map(|(_, host)| host);
        host.is_none() || host != text(header::HOST)
    })
}

async fn unknown() -> Answer {
    Err(rejection(
        StatusCode::NOT_FOUND,
        "unknown control path; there are health, services, calls, outcomes, errors, changes, clock, settings",
    ))
}

async fn health(State(shared): State<SharedModel>) -> Json<Value> {
    Json(shared.with_model(|model| {
        json!({
            "status": "ok",
            "version": env!("CARGO_PKG_VERSION"),
            "now": model.now().to_wire(),
            "nowText": model.now().to_text(),
            "timeScale": model.settings().time_scale,
        })
    }))
}

async fn services(State(shared): State<SharedModel>) -> Json<Value> {
    Json(shared.with_model(|model| model.overview()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallsQuery {
    last: Option<usize>,
}

async fn calls(State(shared): State<SharedModel>, Query(query): Query<CallsQuery>) -> Json<Value> {
    let calls = shared.with_model(|model| match query.last {
        Some(last) => model.last_calls(last),
        None => model.calls(),
    });
    Json(json!({ "calls": calls }))
}

async fn clear_calls(State(shared): State<SharedModel>) -> Json<Value> {
    shared.with_model(super::super::model::state::model::Model::clear_calls);
    Json(json!({}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutcomeRequest {
    service: String,
    outcome: Outcome,
    reason: Option<String>,
}

async fn outcomes(State(shared): State<SharedModel>, body: Bytes) -> Answer {
    let OutcomeRequest {
        service,
        outcome,
        reason,
    } = parse("outcomes", &body)?;
    shared.with_model(|model| model.set_outcome(&service, outcome, reason));
    Ok(Json(json!({ "service": service, "outcome": outcome })))
}

async fn errors(State(shared): State<SharedModel>, body: Bytes) -> Answer {
    let fault: Fault = parse("errors", &body)?;
    fault.check().map_err(bad_request)?;
    let wire = json!(fault);
    shared.with_model(|model| model.fail_next(fault));
    Ok(Json(wire))
}

async fn list_errors(State(shared): State<SharedModel>) -> Json<Value> {
    Json(shared.with_model(|model| json!({ "errors": model.faults() })))
}

async fn clear_errors(State(shared): State<SharedModel>) -> Json<Value> {
    shared.with_model(super::super::model::state::model::Model::clear_faults);
    Json(json!({}))
}

async fn changes(State(shared): State<SharedModel>, body: Bytes) -> Answer {
    let wire: Value = parse("changes", &body)?;
    let change = Change::from_wire(&wire).map_err(bad_request)?;
    shared
        .with_model(|model| model.change(change))
        .map_err(|error| bad_request(format!("changes: {error}")))?;
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClockRequest {
    advance_seconds: u64,
}

async fn clock(State(shared): State<SharedModel>, body: Bytes) -> Answer {
    let ClockRequest { advance_seconds } = parse("clock", &body)?;
    shared.with_model(|model| model.advance(Duration::from_secs(advance_seconds)));
    Ok(show_clock(State(shared)).await)
}

async fn show_clock(State(shared): State<SharedModel>) -> Json<Value> {
    Json(shared.with_model(|model| {
        let now = model.now();
        json!({ "now": now.to_wire(), "nowText": now.to_text() })
    }))
}

async fn settings(State(shared): State<SharedModel>, body: Bytes) -> Answer {
    let wire: Value = parse("settings", &body)?;
    shared
        .with_model(|model| model.change_settings(&wire))
        .map_err(bad_request)?;
    Ok(show_settings(State(shared)).await)
}

async fn show_settings(State(shared): State<SharedModel>) -> Json<Value> {
    Json(shared.with_model(|model| json!(model.settings())))
}

/// Parses a body whatever its content type, since `curl -d` declares a form.
fn parse<T: DeserializeOwned>(control: &str, body: &[u8]) -> Result<T, (StatusCode, Json<Value>)> {
    serde_json::from_slice(body).map_err(|error| bad_request(format!("{control}: {error}")))
}

fn bad_request(message: String) -> (StatusCode, Json<Value>) {
    rejection(StatusCode::BAD_REQUEST, &message)
}

fn rejection(status: StatusCode, message: &str) -> (StatusCode, Json<Value>) {
    (status, Json(json!({ "message": message })))
}
