//! IAM roles, as far as it matters whether ECS can assume them, and the sessions that STS begins.

pub(crate) mod roles;
pub(crate) mod sessions;
