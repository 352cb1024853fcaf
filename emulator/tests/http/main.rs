//! Tests of the emulator over HTTP on a real socket: the AWS protocols, the control endpoint, the pages.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod aws;
mod client;
mod control;
mod sts;
