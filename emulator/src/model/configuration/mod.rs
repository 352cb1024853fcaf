//! The configuration of a service revision: the request, its validation, the defaults, and how the
//! final values are resolved.

pub(crate) mod blocks;
pub(crate) mod context;
pub(crate) mod defaults;
pub(crate) mod request;
pub(crate) mod resolve;
pub(crate) mod service_configuration;
pub(crate) mod validation;
