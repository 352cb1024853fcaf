//! What the program says of itself: log, health, metrics, and the port that serves the last two.

pub mod health;
pub mod log;
pub mod metrics;
pub mod server;
