//! The controller: reconciles objects of the API server with services of ECS, which it reaches through two ports.
//!
//! The files in the order in which they build on one another; none imports from one below it:
//!
//! - [`objects`] is the port to Kubernetes; that to AWS is [`crate::ecs::Ecs`];
//! - `triggers` lists what triggers a reconcile;
//! - `reconcile_state` is what the process knows about each object, [`context`] what all reconciles share,
//!   `reconciliation` the state of one reconcile, `log` its log lines;
//! - `gather` observes ECS;
//! - `status` lists what is written to the status and when, `finalizer` and `fence` are the writes that precede a call,
//!   `act` makes the call, `report` writes status and events;
//! - `reconcile` is the sequence of these steps;
//! - [`watch`] is the stream of changed objects with its cache, [`kubernetes`] the adapter of the port, `credentials` asks
//!   whether AWS still accepts them, and [`run`] is the loop over all of them on kube-runtime.

mod act;
pub mod context;
mod credentials;
mod fence;
mod finalizer;
mod gather;
pub mod kubernetes;
mod log;
pub mod objects;
mod reconcile;
mod reconcile_state;
mod reconciliation;
mod report;
pub mod run;
mod status;
mod triggers;
pub mod watch;

pub use self::{reconcile::reconcile, triggers::Requeue};
