//! IAM roles and STS sessions, as far as ECS depends on them.

pub(crate) mod roles;
pub(crate) mod sessions;
