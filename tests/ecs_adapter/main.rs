//! The AWS adapter against a server on the loopback interface: what goes over the wire, and what becomes of the answers.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod answers;
mod caller;
mod connect;
mod fixture;
mod log;
mod loopback;
mod neighbours;
mod refusals;
mod requests;
mod transport;
