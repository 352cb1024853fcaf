//! The decision input: everything that a decision depends on.

use jiff::Timestamp;

use crate::{
    api::{
        operator_state::OperatorState,
        status::{DeploymentStatus, ManagedResource},
    },
    core::{
        desired::object::Desired,
        observed::{
            history::{ObservationHistory, Windows},
            service::Observed,
        },
    },
};

/// All that a decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The object.
    pub desired: &'a Desired,
    /// What ECS was seen to have.
    pub observed: &'a Observed,
    /// What is remembered, if it can be trusted.
    pub state: Option<&'a OperatorState>,
    /// The deployment in the status.
    pub deployment: Option<&'a DeploymentStatus>,
    /// What ECS made for the service, as the status has it.
    pub managed_resources: &'a [ManagedResource],
    /// What this process has seen.
    pub history: &'a ObservationHistory,
    /// How long to wait before believing.
    pub windows: &'a Windows,
    /// Whether this pass has just stored the finalizer.
    pub fence: Fence,
    /// The wall clock.
    pub now: Timestamp,
}

impl Input<'_> {
    /// Whether a retry is asked for that was not made yet.
    pub(crate) fn retry_asked(&self) -> bool {
        let asked = &self.desired.retry;
        asked.is_some() && self.state.is_some_and(|state| state.retry != *asked)
    }

    /// Whether a restart is asked for that was not made yet.
    pub(crate) fn restart_asked(&self) -> bool {
        let asked = &self.desired.restart;
        asked.is_some() && self.state.is_some_and(|state| state.restart != *asked)
    }

    /// Whether the spec has a configuration of which ECS rolled the deployment back, or may do so: the one that was last
    /// applied, or the only one that is known.
    pub(crate) fn is_baseline(&self) -> bool {
        let baseline = self.state.and_then(OperatorState::baseline);
        let configuration = &self.desired.configuration;
        baseline.is_none_or(|baseline| match baseline.rollout {
            Some(rollout) => rollout == configuration.rollout_hash(),
            None => baseline.whole == configuration.hash(),
        })
    }
}

/// Whether a write that fences this pass off from others has gone before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fence {
    /// None: a call that changes something needs one.
    Needed,
    /// This pass stored finalizer and identity: no create of this object can be in flight.
    FinalizerJustAdded,
}
