//! The pure heart: no async, no clock, no randomness, no Kubernetes client, no AWS type.
//!
//! [`desired`] and [`observed`] are what is wanted and what was seen, parsed once; [`decide`] is the state machine over
//! them; [`status`] and [`events`] are what people read of it; [`remember`] is what must not be forgotten.

mod adopt;
pub mod bulk;
pub mod complete;
mod condition_list;
pub mod conditions;
pub mod configuration;
pub mod decide;
pub mod desired;
pub mod diff;
pub mod events;
pub mod explain;
pub mod failure;
pub mod field;
pub mod findings;
pub mod identity;
mod invalid;
mod learn;
mod left_in_force;
pub mod memory;
pub mod messages;
pub mod observed;
mod quotation;
pub mod reads;
pub mod recorded;
pub mod redact;
pub mod remember;
pub mod request;
pub mod retry;
pub mod rollout;
pub mod sightings;
mod sizes;
mod stable_text;
pub mod state;
pub mod status;
mod stuck;
pub mod tags;
pub mod transitions;
pub mod uncompared;
mod unsynced;
pub mod update_intent;
pub mod value;
pub mod why;
