//! Service deployments: their planned outcomes, their timelines, and their status. `services::deploy` starts them, and
//! `services::progress` carries out their steps to the end.

pub(crate) mod deployment;
pub(crate) mod outcome;
pub(crate) mod queued;
pub(crate) mod timeline;
