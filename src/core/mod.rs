//! The pure heart: no async, no clock, no randomness, no Kubernetes client, no AWS type.
//!
//! [`desired`] and [`observed`] are what is wanted and what was seen, parsed once; [`decide`] is the state machine over
//! them; [`status`] and [`events`] are what people read of it; [`record_call`] is what must not be forgotten.

mod adopt;
pub mod assessment;
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
pub mod history;
pub mod identity;
mod invalid;
mod left_in_force;
pub mod memory;
pub mod messages;
pub mod not_comparable;
pub mod observed;
mod quotation;
pub mod reads;
pub mod reason;
pub mod record_call;
mod record_observation;
pub mod recorded;
pub mod redact;
pub mod request;
pub mod retry;
pub mod rollout;
mod sizes;
mod stable_text;
pub mod state;
pub mod status;
mod stuck;
pub mod tags;
pub mod transitions;
mod unsynced;
pub mod update_intent;
pub mod value;
