//! The pure core: its decision table as a reviewed snapshot, its invariants over every combination, its properties.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at what it did not expect"
)]

mod decision_table;
mod difference_table;
mod differences;
mod fixtures;
mod invalid;
mod invariants;
mod messages;
mod not_comparable;
mod operator_state;
mod properties;
mod requeue;
mod status;
mod update_intent;
