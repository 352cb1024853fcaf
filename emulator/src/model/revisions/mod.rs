//! Service revisions: a configuration, its tasks, and the resources that ECS manages for them.

pub(crate) mod load_balancer;
pub(crate) mod managed_resources;
pub(crate) mod revision;
