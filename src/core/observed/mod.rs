//! What ECS showed: the service, the failures of calls, and the history of observations that confirms an absence.

pub mod deployment;
pub mod failure;
pub mod history;
pub mod service;
