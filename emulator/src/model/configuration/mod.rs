//! The configuration of a service: what a request says, its validation, the defaults, and the result.

pub(crate) mod blocks;
pub(crate) mod context;
pub(crate) mod defaults;
pub(crate) mod request;
pub(crate) mod resolve;
pub(crate) mod service_configuration;
pub(crate) mod validation;
