//! The life of a service: the shipped loop and the shipped AWS adapter against the emulator, on a clock of the test's.
#![recursion_limit = "256"]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may stop at what it did not expect, and tells the counts that it bounds"
)]

mod api_server;
mod bad_days;
mod cache;
mod create;
mod delete;
mod drift;
mod edits;
mod errors;
mod fences;
mod open_updates;
mod ownership;
mod process;
mod reading;
mod refusals;
mod restarts;
mod rollback;
mod secrecy;
mod tags;
mod update;
mod update_modes;
mod world;
