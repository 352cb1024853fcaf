//! The difference between the spec and ECS, by field and by tag, and the request that removes it.

pub mod compare;
pub mod complete;
pub mod not_comparable;
pub mod tags;
