//! The pure core: its decision table as a reviewed snapshot, its invariants over every combination, its properties.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at what it did not expect"
)]

mod difference_table;
mod differences;
mod fixtures;
mod invalid;
mod invariants;
mod looks;
mod memories;
mod not_comparable;
mod properties;
mod reports;
mod statuses;
mod table;
mod update_intents;
mod walls;
