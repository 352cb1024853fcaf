//! The decision of one reconcile.

use crate::core::decide::{action::Action, assessment::Assessment, reason::Reason};

/// The action of a reconcile, the reason for it, and the assessment on which both rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The action to take.
    pub action: Action,
    /// The reason, which conditions and events report.
    pub reason: Reason,
    /// The assessment of the service, if ECS shows one.
    pub assessment: Option<Assessment>,
}
