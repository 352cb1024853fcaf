//! A decision.

use crate::core::decide::{action::Action, assessment::Assessment, reason::Reason};

/// The action and its reason, and what the look showed.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What to do.
    pub action: Action,
    /// Why, for people.
    pub reason: Reason,
    /// What the look at a present service showed.
    pub assessment: Option<Assessment>,
}
