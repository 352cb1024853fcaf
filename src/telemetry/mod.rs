//! How the program reports on itself: the log, readiness, metrics, and the HTTP server for the last two.
//!
//! It knows nothing of ECS or the controller; these record what they do in the types of [`health`] and [`metrics`].

pub mod health;
pub mod log;
pub mod metrics;
pub mod server;
