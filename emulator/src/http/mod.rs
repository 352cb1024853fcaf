//! The emulator over HTTP: the AWS protocols, the control endpoint, the pages, and the state file.
//!
//! Each file imports only from those above it in this list: `shared_model`; `server`, `response`,
//! `authorization`; `delivery`; `aws_json`, `sts`; `aws`, `control`, `live_page`, `service_page`;
//! `routes`, `state_writer`; `emulator`.

mod authorization;
mod aws;
mod aws_json;
mod control;
mod delivery;
mod emulator;
mod live_page;
mod response;
mod routes;
mod server;
mod service_page;
mod shared_model;
mod state_writer;
mod sts;

pub use emulator::Emulator;
