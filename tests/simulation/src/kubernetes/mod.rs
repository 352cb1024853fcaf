//! The port to Kubernetes, and the model of the API server behind it.

pub mod api_server;
pub mod objects;
