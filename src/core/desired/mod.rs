//! The desired state: the ExpressService parsed once. Later steps read [`object::Desired`] instead of the spec.

pub mod configuration;
pub mod field;
pub mod from_spec;
pub mod hash;
pub mod identity;
pub mod invalid;
pub mod object;
pub mod owner_tags;
pub mod phase;
pub mod policy;
pub mod quantities;
pub mod recorded_identity;
pub mod redacted;
pub mod size_limit;
pub mod value;
