//! Service deployments: their planned outcomes, their timelines, and their status.

pub(crate) mod deployment;
pub(crate) mod outcome;
pub(crate) mod queued;
pub(crate) mod timeline;
