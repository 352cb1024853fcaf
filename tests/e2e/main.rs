//! End to end: the shipped program with the chart that ships, installed by helm, on a real API server, against the emulator.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at what it did not expect"
)]

mod bad_days;
mod examples;
mod health;
mod large;
mod malformed;
mod outage;
mod permissions;
mod rejected;
mod release;
mod stage;
mod start;
mod story;
mod tutorial;
