//! What became of a run.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

use crate::{
    checkers::{Violation, truth::ServiceState},
    coverage::Coverage,
    story::Story,
};

/// What became of a run.
#[derive(Debug)]
pub struct Outcome {
    /// The first broken invariant.
    pub violation: Option<Violation>,
    /// What happened, if it was kept.
    pub story: Story,
    /// The requests of all operators, in the order in which they were sent.
    pub requests: Vec<RequestMade>,
    /// How many requests met a fault.
    pub faults_met: usize,
    /// What was reached.
    pub coverage: Coverage,
    /// What was the case at each [`crate::scenario::act::Act::Observe`].
    pub observations: Vec<Observation>,
    /// The objects at the end, as JSON by their keys, for comparison between runs.
    pub objects: BTreeMap<String, Value>,
}

/// What is the case at a moment.
#[derive(Clone, Debug)]
pub struct Observation {
    /// The object as stored, or null.
    pub object: Value,
    /// Its service, if there is one.
    pub service: Option<ServiceState>,
    /// The tags of the service.
    pub tags: BTreeMap<String, String>,
    /// How many requests the operators have made so far that may change something in AWS.
    pub changes: usize,
}

/// A request that an operator has made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestMade {
    /// When it was made.
    pub at: Duration,
    /// Its name.
    pub name: &'static str,
    /// Whether it goes to AWS.
    pub aws: bool,
    /// Whether it may change something.
    pub write: bool,
    /// Stands for the state in which it was made: requests with the same number are alike.
    pub state: u64,
}
