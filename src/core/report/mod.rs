//! Reports a reconcile to users and other programs (status, conditions, events), and says when the next one is due.

pub mod commands;
pub mod condition_update;
pub mod conditions;
pub mod difference_messages;
pub mod event;
pub mod events;
pub mod facts;
pub mod failure_message;
pub mod left_in_force;
pub mod messages;
pub mod ownership_messages;
pub mod progress_messages;
pub mod ready;
pub mod reconciled;
pub mod requeue;
pub mod state;
pub mod status;
pub mod status_change;
pub mod synced;
pub mod transitions;
