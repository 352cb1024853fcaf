//! The page at the URL of a service: what runs there, or why nothing does.

use axum::{
    extract::{Path, State},
    http::StatusCode,
};

use super::shared_model::SharedModel;
use crate::model::Page;

type Answer = (StatusCode, String);

/// `GET /services/<endpoint>/`
pub(super) async fn show(
    State(shared): State<SharedModel>,
    Path(endpoint): Path<String>,
) -> Answer {
    answer(&shared, &endpoint)
}

/// `GET` of any path below; all answer alike.
pub(super) async fn show_below(
    State(shared): State<SharedModel>,
    Path((endpoint, _)): Path<(String, String)>,
) -> Answer {
    answer(&shared, &endpoint)
}

fn answer(shared: &SharedModel, endpoint: &str) -> Answer {
    match shared.with_model(|model| model.service_page(endpoint)) {
        Page::Running(text) => (StatusCode::OK, text),
        Page::NotUp(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason),
        Page::Gone => (
            StatusCode::NOT_FOUND,
            "no service has this address\n".to_owned(),
        ),
    }
}
