//! The AWS adapter against a server on the loopback interface: requests on the wire, and the results of responses.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod caller_identity;
mod connect;
mod errors;
mod fixture;
mod log;
mod loopback;
mod related_reads;
mod requests;
mod responses;
mod transport;
