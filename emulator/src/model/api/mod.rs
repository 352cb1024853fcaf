//! Building blocks of every ECS call: actions, ARNs, errors, identifiers, pages, tags, and checks of
//! single request members.

pub(crate) mod action;
pub(crate) mod answer;
pub(crate) mod arn;
pub(crate) mod call;
pub(crate) mod error;
pub(crate) mod identifiers;
pub(crate) mod request;
pub(crate) mod tag;
pub(crate) mod validation;
