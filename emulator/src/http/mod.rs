//! The HTTP face: the AWS protocols, the control endpoint, and the pages behind service URLs.

mod authorization;
mod aws;
mod control;
mod delivery;
mod emulator;
mod keeper;
mod live;
mod page;
mod server;
mod shared;
mod sts;

use axum::{Router, routing::get};

use control::Hosts;
pub use emulator::Emulator;
use shared::Shared;

/// Every route of the emulator.
fn router(shared: Shared, hosts: Hosts) -> Router {
    Router::new()
        .route("/", get(live::page).post(aws::call))
        .route("/live.css", get(live::style))
        .route("/live.js", get(live::script))
        .route("/services/{endpoint}", get(page::show))
        .route("/services/{endpoint}/", get(page::show))
        .route("/services/{endpoint}/{*rest}", get(page::show_below))
        .nest("/_emulator", control::router(hosts))
        .with_state(shared)
}
