//! Task definitions, registered by a customer or by ECS for a service revision.

pub(crate) mod registration;
pub(crate) mod registry;
pub(crate) mod task_definition;
