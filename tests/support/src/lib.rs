//! What the tests share.
//!
//! - [`api_server`] is a model of the API server, without IO and without a clock;
//! - [`manifest`] builds manifests of ExpressServices, and [`merge_patch`] changes them;
//! - [`fixtures`] are objects, services and operator states for the tests of the pure core;
//! - [`message_examples`] has an example for each reason of a condition or an event;
//! - [`harness`] is a simulated cluster: the shipped loop and AWS adapter, the model of the API server, the emulator.

#![recursion_limit = "256"]

pub mod api_server;
#[allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "fixtures are named by what they are, and a test may panic on the unexpected"
)]
pub mod fixtures;
#[allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "fixtures are named by what they are, and a test may panic on the unexpected"
)]
pub mod harness;
pub mod manifest;
pub mod merge_patch;
#[allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "fixtures are named by what they are, and a test may panic on the unexpected"
)]
pub mod message_examples;
