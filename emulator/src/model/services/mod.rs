//! Services: what they are made of, how they deploy and drain, and when each of them changes next.

pub(crate) mod deploy;
pub(crate) mod progress;
pub(crate) mod registry;
pub(crate) mod service;
