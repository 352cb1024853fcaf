//! The program: how it starts and stops, what it keeps, its command line and its page.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod ctl;
mod live;
mod running;
mod start;
mod state;
