//! The result of the call that a reconcile makes.

use jiff::Timestamp;

use crate::core::observed::failure::Failure;

/// The result of the call of an action.
#[derive(Clone, Debug, PartialEq)]
pub enum CallResult {
    /// The action makes no call that changes something in ECS.
    Idle,
    /// ECS accepted a create.
    Created {
        /// The time at which ECS created the service.
        created_at: Option<Timestamp>,
        /// Whether the answer contains the owner tags of the request.
        tagged: bool,
    },
    /// ECS accepted an update.
    Updated {
        /// ARN of the revision that ECS creates for it.
        revision: Option<String>,
    },
    /// ECS accepted a call of another operation.
    Accepted,
    /// The call failed.
    Failed(Failure),
}
