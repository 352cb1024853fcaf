//! The lifecycle of services: the shipped reconcile loop and AWS adapter against the emulator, in a simulated cluster.
#![recursion_limit = "256"]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may panic on the unexpected, and prints the counts that it bounds"
)]

mod aws_faults;
mod create_and_delete;
mod drift;
mod kubernetes_faults;
mod log_capture;
mod reporting;
mod updates;

use test_support::harness;
