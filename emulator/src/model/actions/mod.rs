//! The API actions, as methods of the model: a file for each kind of resource, and one for each large
//! action.

pub(crate) mod clusters;
pub(crate) mod create;
pub(crate) mod deployments;
pub(crate) mod express;
pub(crate) mod revisions;
pub(crate) mod rollout;
pub(crate) mod services;
pub(crate) mod stop_deployment;
pub(crate) mod sts;
pub(crate) mod tags;
pub(crate) mod task_definitions;
pub(crate) mod update;
pub(crate) mod update_service;
