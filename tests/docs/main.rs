//! The documents: the reference is generated, the vocabulary is that of the code, links resolve, manifests are
//! accepted, flags and paths exist.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic on the unexpected"
)]

mod conditions;
mod examples;
mod glossary;
mod links;
mod manifests;
mod markdown;
mod mentions;
mod messages;
mod metrics;
mod policy;
mod reference;
mod repository;
mod retired_words;
mod schema;
mod vocabulary;
