//! End to end: the shipped program with the RBAC that ships, on a real API server, against the emulator.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at what it did not expect"
)]

mod bad_days;
mod health;
mod malformed;
mod stage;
mod start;
mod story;
