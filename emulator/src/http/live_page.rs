//! The live page, which shows the services in a browser. It is part of the program and loads nothing
//! from other sites.

use axum::{
    http::{HeaderName, header},
    response::IntoResponse,
};

/// Allows only resources from this emulator, and no embedding in other pages.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET /`
pub(super) async fn page() -> impl IntoResponse {
    (
        headers("text/html; charset=utf-8"),
        include_str!("../live/page.html"),
    )
}

/// `GET /live.css`
pub(super) async fn style() -> impl IntoResponse {
    (
        headers("text/css; charset=utf-8"),
        include_str!("../live/page.css"),
    )
}

/// `GET /live.js`
pub(super) async fn script() -> impl IntoResponse {
    (
        headers("text/javascript; charset=utf-8"),
        include_str!("../live/page.js"),
    )
}

fn headers(content_type: &'static str) -> [(HeaderName, &'static str); 5] {
    [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ]
}
