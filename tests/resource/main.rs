//! The resource on a real API server: what it refuses, explains, prints, and how it lives with kubectl.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends where it fails"
)]

mod client_side;
mod columns;
mod confidentiality;
mod explain;
mod harness;
mod ratcheting;
mod rules;
mod scale_and_wait;
mod status;
