//! Where ECS differs from the spec, field by field and tag by tag.

pub mod compare;
pub mod complete;
pub mod not_comparable;
pub mod tags;
