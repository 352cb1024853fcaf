//! Service deployments: their planned outcomes, the timeline that follows, and their status.

pub(crate) mod deployment;
pub(crate) mod outcome;
pub(crate) mod queued;
pub(crate) mod timeline;
