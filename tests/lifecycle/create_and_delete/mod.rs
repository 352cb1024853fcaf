//! Creating, deleting and owning a service: one create per object, no service left behind, nothing of others touched.

mod absence;
mod create;
mod delete;
mod name_conflicts;
mod ownership;
mod rejected_creates;
mod shared_names;
