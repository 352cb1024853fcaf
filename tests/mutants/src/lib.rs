//! A bank of deliberate bugs, and what is needed to show that the tests notice each of them.
//!
//! A mutant is a small change of the operator's source that re-creates a known bug. It is *killed* if a test suite fails
//! with it, and it *survives* if the suite passes.
//!
//! The modules in the order in which they build on one another; none imports from one below it:
//!
//! - [`error`]: what can go wrong, in words for people;
//! - [`bank`]: the mutants, as they are kept in the repository;
//! - [`checkout`]: the copy of the repository in which a mutant is built;
//! - [`suites`]: the test suites that are expected to kill it;
//! - [`results`]: what became of each mutant, kept between runs.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "a failing test may panic"
    )
)]

pub mod bank;
pub mod checkout;
pub mod error;
pub mod results;
pub mod suites;
