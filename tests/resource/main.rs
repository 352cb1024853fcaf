//! The resource on a real API server: validation rules, descriptions, printed columns, and its use with kubectl.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic on the unexpected"
)]

mod client_side;
mod columns;
mod confidentiality;
mod explain;
mod finalizers;
mod harness;
mod ratcheting;
mod rules;
mod scale_and_wait;
mod status;
