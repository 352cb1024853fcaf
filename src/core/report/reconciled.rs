//! A reconcile, ready to be reported: the input, the decision, and the result of the call.

use crate::core::{
    decide::{decision::Decision, input::Input, reason::Reason},
    observed::failure::Failure,
    record::call_result::CallResult,
};

/// A reconcile after its call, ready to be reported.
#[derive(Clone, Copy, Debug)]
pub struct Reconciled<'a> {
    /// The input of the decision.
    pub input: &'a Input<'a>,
    /// What was decided.
    pub decision: &'a Decision,
    /// The result of the call that the decision asked for.
    pub result: &'a CallResult,
}

impl<'a> Reconciled<'a> {
    /// The failure of this reconcile, as in [`Decision::failure`].
    pub fn failure(self) -> Option<&'a Failure> {
        self.decision.failure(self.result)
    }
}

impl Decision {
    /// The failure of a reconcile: that of its call, or of the observation that could not be made.
    pub fn failure<'a>(&'a self, result: &'a CallResult) -> Option<&'a Failure> {
        match (result, &self.reason) {
            (CallResult::Failed(failure), _) | (_, Reason::Unreadable(failure)) => Some(failure),
            (
                CallResult::Idle
                | CallResult::Created { .. }
                | CallResult::Updated { .. }
                | CallResult::Accepted,
                _,
            ) => None,
        }
    }
}
