//! The documents: the reference is generated, the vocabulary is that of the code, links resolve, manifests are
//! accepted, flags and paths exist.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic on the unexpected"
)]

mod conditions;
mod constants;
mod examples;
#[path = "../core/fixtures.rs"]
#[allow(dead_code, reason = "the pure core's tests use the rest")]
mod fixtures;
mod glossary;
mod links;
mod manifests;
mod markdown;
mod mentions;
mod message_examples;
mod messages;
mod metrics;
mod policy;
mod reference;
mod rejection_examples;
mod repository;
mod retired_words;
mod schema;
mod vocabulary;
