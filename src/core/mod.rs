//! The pure core: no async, no clock, no randomness, no Kubernetes client, no AWS type.
//!
//! The folders read as the algorithm. Each imports only from those above it in this list, which `tests/layering`
//! checks:
//!
//! 1. [`desired`]: the object, parsed once.
//! 2. [`redaction`]: text from AWS without the values that the object keeps secret.
//! 3. [`observed`]: what ECS showed, now and over time.
//! 4. [`diff`]: where the two differ.
//! 5. [`operator_state`]: what the status remembers between reconciles.
//! 6. [`decide`]: the decision, one `match`.
//! 7. [`record`]: what a reconcile adds to the operator state.
//! 8. [`report`]: status, conditions, events, and when to reconcile again.

pub mod decide;
pub mod desired;
pub mod diff;
pub mod observed;
pub mod operator_state;
pub mod record;
pub mod redaction;
pub mod report;
