//! What makes a call fail though nothing is wrong with it: injected faults and throttling.

pub(crate) mod fault;
pub(crate) mod throttling;
