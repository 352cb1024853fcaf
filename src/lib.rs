//! Runs Amazon ECS Express Mode services from Kubernetes.
//!
//! ```text
//!   ExpressService ──▶ gather ──▶ decide ──▶ act ──▶ report ──▶ status, events
//!                        ▲          │         │
//!                        │     pure, core/    ▼
//!                        └────────────────── ECS
//! ```
//!
//! [`api`] is the resource; [`core`] decides, without any IO; [`ecs`] and [`controller::objects`] are the ports to AWS and
//! Kubernetes; [`controller`] is the loop over them.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "a test may stop at what it did not expect"
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
