//! Tests of the program in a process of its own: start and stop, state file, command line, live page.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod ctl;
mod live;
mod running;
mod start;
mod state;
