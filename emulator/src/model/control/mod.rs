//! What tests and demos do and see beside the API: changes behind its back, an overview, service pages.

pub(crate) mod apply;
pub(crate) mod change;
pub(crate) mod overview;
pub(crate) mod service_page;
