//! End-to-end scenarios: the shipped program and chart, installed by helm on a real API server, against the emulator.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic on the unexpected"
)]

mod api_server_outage;
mod events;
mod examples;
mod faults;
mod fixture;
mod health;
mod large_objects;
mod malformed_objects;
mod permissions;
mod processes;
mod rejected_status;
mod release;
mod scenario;
mod start;
mod tutorial;
