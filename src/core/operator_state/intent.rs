//! The intent of a call that changes something in ECS: its operation, its state, and its expected effect.

use jiff::Timestamp;

use crate::api::{
    operator_state::{Expected, Intent},
    status::DeploymentStatus,
};

/// The operation of a call that changes something in ECS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `CreateExpressGatewayService`.
    Create,
    /// `UpdateExpressGatewayService`.
    Update,
    /// `DeleteExpressGatewayService`.
    Delete,
    /// `TagResource`.
    Tag,
    /// `UntagResource`.
    Untag,
}

impl Operation {
    /// The word that the status stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Update => "Update",
            Self::Delete => "Delete",
            Self::Tag => "Tag",
            Self::Untag => "Untag",
        }
    }

    /// The name of the action in the ECS API.
    pub fn action(self) -> &'static str {
        match self {
            Self::Create => "CreateExpressGatewayService",
            Self::Update => "UpdateExpressGatewayService",
            Self::Delete => "DeleteExpressGatewayService",
            Self::Tag => "TagResource",
            Self::Untag => "UntagResource",
        }
    }
}

/// What is known of the effect of a call for which an intent was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IntentState {
    /// No answer arrived: the call may or may not have taken effect.
    Unknown,
    /// ECS accepted the call; its effect is not visible yet.
    Accepted,
    /// The effect of the call was observed.
    Applied,
    /// ECS rejected the call, which had no effect.
    Rejected,
    /// The settle window passed without a trace of the call.
    Expired,
}

impl IntentState {
    /// Parses the word in the status. Earlier versions wrote `Landed`, `Refused` and `Lapsed`.
    fn parse(word: Option<&str>) -> Self {
        match word {
            Some("Accepted") => Self::Accepted,
            Some("Applied" | "Landed") => Self::Applied,
            Some("Rejected" | "Refused") => Self::Rejected,
            Some("Expired" | "Lapsed") => Self::Expired,
            Some(_) | None => Self::Unknown,
        }
    }

    /// The word that the status stores; `None` while the effect is unknown.
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Unknown => None,
            Self::Accepted => Some("Accepted"),
            Self::Applied => Some("Applied"),
            Self::Rejected => Some("Rejected"),
            Self::Expired => Some("Expired"),
        }
    }

    /// Whether the call may still take effect, or its effect is still to be observed.
    pub fn is_open(self) -> bool {
        match self {
            Self::Unknown | Self::Accepted => true,
            Self::Applied | Self::Rejected | Self::Expired => false,
        }
    }
}

impl Intent {
    /// What is known of the call's effect.
    pub fn state(&self) -> IntentState {
        IntentState::parse(self.outcome.as_deref())
    }

    /// Records what is known of the call's effect.
    pub fn set_state(&mut self, state: IntentState) {
        self.outcome = state.as_str().map(str::to_owned);
    }

    /// Whether the intent is for a call of this operation.
    pub fn is_for(&self, operation: Operation) -> bool {
        self.operation == operation.as_str()
    }

    /// The expected effect of the call, if it was recorded together with this intent.
    pub fn expected(&self) -> Option<&Expected> {
        self.expected
            .as_ref()
            .filter(|expected| expected.counter == self.counter)
    }

    /// Removes and returns the expected effect, if it was recorded together with this intent.
    pub(crate) fn take_expected(&mut self) -> Option<Expected> {
        let counter = self.counter;
        self.expected
            .take()
            .filter(|expected| expected.counter == counter)
    }

    /// The same intent with a later counter, since no two stored intents are equal.
    pub(crate) fn renumbered(mut self, counter: i64) -> Self {
        let expected = self.take_expected();
        Self {
            counter,
            expected: expected.map(|expected| Expected {
                counter,
                ..expected
            }),
            ..self
        }
    }
}

/// The tolerated difference between the clocks of AWS and of the operator, in seconds.
pub(crate) const CLOCK_SKEW: i64 = 60;

/// Whether a service can have been created after an intent was stored, given the clock skew.
pub(crate) fn made_since(create: &Intent, created_at: Option<Timestamp>) -> bool {
    let earliest = create.at.0.as_second() - CLOCK_SKEW;
    created_at.is_none_or(|created_at| created_at.as_second() >= earliest)
}

/// Whether the newest deployment started after an intent was stored: it is another one than before the call, or, if none was
/// known then, it started later, given the clock skew.
pub(crate) fn is_new_deployment(newest: &DeploymentStatus, intent: &Intent) -> bool {
    let before = intent
        .expected()
        .and_then(|expected| expected.deployment_before.as_ref());
    if before.is_some() {
        return newest.arn.as_ref() != before;
    }
    let earliest = intent.at.0.as_second() - CLOCK_SKEW;
    newest
        .started_at
        .as_ref()
        .is_some_and(|started| started.0.as_second() >= earliest)
}
