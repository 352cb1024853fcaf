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
mod glossary;
mod links;
mod manifests;
mod markdown;
mod messages;
mod metrics;
mod names;
mod policy;
mod reference;
mod refusals;
mod repository;
mod retired;
mod scenes;
mod schema;
