//! What tests and demos use besides the API: changes as by another user, an overview, service
//! pages, and views of single services.

pub(crate) mod apply;
pub(crate) mod change;
pub(crate) mod overview;
pub(crate) mod service_page;
pub(crate) mod service_view;
