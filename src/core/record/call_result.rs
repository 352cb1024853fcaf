//! The result of the call of a reconcile.

use jiff::Timestamp;

use crate::core::observed::failure::Failure;

/// What became of the action.
#[derive(Clone, Debug, PartialEq)]
pub enum CallResult {
    /// No call that changes something was made.
    Idle,
    /// ECS accepted the Create.
    Created {
        /// When the service was made.
        created_at: Option<Timestamp>,
        /// Whether the answer carries the owner tags of the request.
        tagged: bool,
    },
    /// ECS accepted the Update.
    Updated {
        /// ARN of the revision that it makes.
        revision: Option<String>,
    },
    /// ECS accepted another call.
    Accepted,
    /// The call failed.
    Failed(Failure),
}
