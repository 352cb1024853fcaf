//! The life of a service: the shipped loop and the shipped AWS adapter against the emulator, on a clock of the test's.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at what it did not expect"
)]

mod create;
mod world;
