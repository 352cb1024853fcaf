//! Runs the operator against models of Kubernetes and ECS on a virtual clock, with faults, from a seed.
//!
//! The shipped core and controller run unchanged down to their two ports. Below the ports are a model of the API server
//! and the emulator's model of ECS. One thread executes everything in the order of a virtual clock, so that a run
//! depends on its [`scenario`] alone. Checkers that share no code with the operator judge each event.
//!
//! The modules in the order in which they build on one another; none imports from one below it:
//!
//! - [`random`]: random numbers from a seed;
//! - [`request`]: the requests of a process, and their answers;
//! - [`link`]: what a process shares with the simulator: its clock, its cache and its requests;
//! - [`ecs`] and [`kubernetes`]: the two ports, and the model of the API server;
//! - [`process`]: an operator process: its watch, its work queue and its reconciles;
//! - [`scenario`]: what happens: the lives of objects, the acts of others, and the faults;
//! - [`checkers`]: the invariants;
//! - [`log`]: what the operator logs, searched for secrets;
//! - [`simulator`]: the loop over all events;
//! - [`sequences`]: chains of specs, compared with the same specs applied to fresh objects;
//! - [`story`]: the events of a run, for people.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "a failing test may panic"
    )
)]

pub mod checkers;
pub mod coverage;
pub mod ecs;
pub mod kubernetes;
pub mod link;
pub mod log;
pub mod minimise;
pub mod process;
pub mod random;
pub mod request;
pub mod scenario;
pub mod sequences;
pub mod simulator;
pub mod story;
pub mod sweep;
