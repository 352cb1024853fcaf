//! The life of a service: the shipped loop and the shipped AWS adapter against the emulator, on a clock of the test's.
#![recursion_limit = "256"]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may stop at what it did not expect, and tells the counts that it bounds"
)]

mod after_rollbacks;
mod api_server;
mod aws_texts;
mod bad_days;
mod cache;
mod callers;
mod create;
mod delete;
mod drift;
mod edits;
mod errors;
mod fences;
mod former_field;
mod images;
mod incomplete;
mod large;
mod left_in_force;
mod log;
mod managed_resources;
mod open_updates;
mod outages;
mod ownership;
mod process;
mod proofs;
mod quick_edits;
mod refusals;
mod restarts;
mod restores;
mod rollback;
mod secrecy;
mod security_groups;
mod stuck;
mod tag_drift;
mod tags;
mod taken_names;
mod told;
mod unobserved;
mod unwritable;
mod update;
mod update_modes;
mod version_skew;
mod world;
