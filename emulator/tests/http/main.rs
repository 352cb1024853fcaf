//! The emulator over a real socket, spoken to in plain HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod aws;
mod control;
mod sts;
mod wire;
