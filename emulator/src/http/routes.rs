//! The routes of the emulator.

use axum::{Router, routing::get};

use super::{
    aws,
    control::{self, Hosts},
    live_page, service_page,
    shared_model::SharedModel,
};

/// Routes every request to its handler.
pub(super) fn router(shared: SharedModel, hosts: Hosts) -> Router {
    Router::new()
        .route("/", get(live_page::page).post(aws::call))
        .route("/live.css", get(live_page::style))
        .route("/live.js", get(live_page::script))
        .route("/services/{endpoint}", get(service_page::show))
        .route("/services/{endpoint}/", get(service_page::show))
        .route(
            "/services/{endpoint}/{*rest}",
            get(service_page::show_below),
        )
        .nest("/_emulator", control::router(hosts))
        .with_state(shared)
}
