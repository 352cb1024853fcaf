//! The object, parsed once: nothing below this folder reads the custom resource again.

pub mod configuration;
pub mod field;
pub mod from_spec;
pub mod hash;
pub mod identity;
pub mod invalid;
pub mod object;
pub mod owner_tags;
pub mod policy;
pub mod quantities;
pub mod recorded_identity;
pub mod redacted;
pub mod size_limit;
pub mod value;
