//! A second, independent description of the life cycle of a service, and its comparison with the model
//! over random sequences of calls.
//!
//! The model carries out steps that are scheduled in advance. The description here schedules nothing: it
//! remembers what was requested and when, and computes from the age of each deployment what can be seen,
//! by tables that follow the documentation of ECS and the README of the emulator.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod answers;
mod comparison;
mod deployment;
mod observation;
mod sequences;
mod service;
