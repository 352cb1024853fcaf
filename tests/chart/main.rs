//! The Helm chart: what it renders, what it refuses, and what a real API server and real helm make of it.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at what it did not expect"
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
