//! The documents say what is so: the reference is generated, the words are those of the code, links lead somewhere,
//! manifests are accepted, flags and paths exist.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends where it fails"
)]

mod conditions;
mod constants;
mod examples;
#[path = "../core/fixtures.rs"]
#[allow(dead_code, reason = "the pure core's tests use the rest")]
mod fixtures;
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
mod retired;
mod schema;
mod vocabulary;
