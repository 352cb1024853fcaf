//! The life of a service: the shipped loop and the shipped AWS adapter against the emulator, on a clock of the test's.
#![recursion_limit = "256"]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may stop at what it did not expect, and tells the counts that it bounds"
)]

mod aws_faults;
mod create_and_delete;
mod drift;
mod harness;
mod kubernetes_faults;
mod log_capture;
mod reporting;
mod updates;
