//! Services: their parts, how they deploy, progress, wait for roles, degrade and drain, and the schedule of their next events.

pub(crate) mod degradation;
pub(crate) mod deploy;
pub(crate) mod holds;
pub(crate) mod progress;
pub(crate) mod registry;
pub(crate) mod service;
