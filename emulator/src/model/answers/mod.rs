//! Services, revisions and deployments in the shapes of the API.

pub(crate) mod deployment;
pub(crate) mod express_service;
pub(crate) mod managed_resources;
pub(crate) mod member_lag;
pub(crate) mod revision;
pub(crate) mod service;
