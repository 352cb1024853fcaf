//! Reasons for which a valid call fails: injected faults and throttling.

pub(crate) mod fault;
pub(crate) mod throttling;
