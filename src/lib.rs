//! Runs Amazon ECS Express Mode services from Kubernetes.
//!
//! The modules in the order in which they build on one another; none imports from one below it:
//!
//! - [`api`]: the custom resource `ExpressService`;
//! - [`core`]: the decision, as pure functions without IO, clock or client;
//! - [`telemetry`]: log, readiness and metrics;
//! - [`ecs`]: the port to AWS and its adapter on the AWS SDK;
//! - [`controller`]: the port to Kubernetes and the loop: gather, decide, act, report;
//! - [`cli`]: the command line and the exit codes;
//! - `served_crd` and [`start`]: the checks at start, and the wiring of all of the above.

#![warn(clippy::missing_errors_doc, clippy::too_many_lines)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "a failing test may panic"
    )
)]

pub mod api;
pub mod cli;
pub mod controller;
pub mod core;
pub mod ecs;
mod served_crd;
pub mod start;
pub mod telemetry;
