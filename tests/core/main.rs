//! The pure core: the decision table as reviewed snapshots, invariants over every combination of inputs, properties.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic on the unexpected"
)]

mod decision_table;
mod difference_table;
mod differences;
mod emulated;
mod forgotten_deployments;
mod invalid;
mod invariants;
mod messages;
mod not_comparable;
mod operator_state;
mod properties;
mod recorded_calls;
mod replaced_deployments;
mod requeue;
mod status;
mod stored_hashes;
mod unusual_objects;
mod update_intent;

use test_support::fixtures;
