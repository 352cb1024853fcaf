//! The port to Kubernetes, and the model of the API server behind it.

pub mod objects;

pub use test_support::api_server;
