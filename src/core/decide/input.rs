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

/// Everything that a decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The object, parsed.
    pub desired: &'a Desired,
    /// The observation of ECS.
    pub observed: &'a Observed,
    /// The operator state, if it is trusted.
    pub state: Option<&'a OperatorState>,
    /// The deployment that the status shows.
    pub deployment: Option<&'a DeploymentStatus>,
    /// The managed resources that the status shows.
    pub managed_resources: &'a [ManagedResource],
    /// Earlier observations by this process.
    pub history: &'a ObservationHistory,
    /// How long observations must last to count.
    pub windows: &'a Windows,
    /// Whether this reconcile has just added the finalizer.
    pub fence: Fence,
    /// The time by the wall clock.
    pub now: Timestamp,
}

impl Input<'_> {
    /// Whether the user asked for a retry that has not been made yet.
    pub(crate) fn retry_asked(&self) -> bool {
        let asked = &self.desired.retry;
        asked.is_some() && self.state.is_some_and(|state| state.retry != *asked)
    }

    /// Whether the user asked for a restart that has not been made yet.
    pub(crate) fn restart_asked(&self) -> bool {
        let asked = &self.desired.restart;
        asked.is_some() && self.state.is_some_and(|state| state.restart != *asked)
    }

    /// Whether the configuration of the spec is the baseline (apart from scaling, if the hash without it is known), or no
    /// baseline is known. Only then can a deployment in ECS be one of the present spec.
    pub(crate) fn is_baseline(&self) -> bool {
        let baseline = self.state.and_then(OperatorState::baseline);
        let configuration = &self.desired.configuration;
        baseline.is_none_or(|baseline| match baseline.rollout {
            Some(rollout) => rollout == configuration.rollout_hash(),
            None => baseline.whole == configuration.hash(),
        })
    }
}

/// Whether this reconcile has already made a fencing write, which makes the writes of all others fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fence {
    /// It has not: an intent must be stored before a call that changes something.
    Needed,
    /// It has just added the finalizer, so no create for this object can be in flight.
    FinalizerJustAdded,
}
