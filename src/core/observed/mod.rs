//! The observed state: the service as ECS returns it, failures of calls, and the observation history, which confirms an
//! absence.

pub mod deployment;
pub mod failure;
pub mod history;
pub mod managed_resources;
pub(crate) mod mentions;
pub mod service;
