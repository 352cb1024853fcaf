//! The Helm chart: what it renders and rejects, and its behavior with a real API server and real helm.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic on the unexpected"
)]

mod admission;
mod chart;
mod image;
mod lifecycle;
mod policy;
mod rbac;
mod sources;
mod values;
mod wait_for_ready;
