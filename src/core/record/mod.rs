//! What a reconcile adds to the operator state: first from its observation, then from its call.

pub mod call;
pub mod call_result;
pub mod intent;
pub mod last_applied;
pub mod observation;
pub mod tags;
