//! The intent of a call that changes something in ECS: its operation, its state, and its expected effect.

use jiff::Timestamp;

use crate::api::{
    operator_state::{Expected, Intent},
    status::DeploymentStatus,
};

/// Operations of an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// CreateExpressGatewayService.
    Create,
    /// UpdateExpressGatewayService.
    Update,
    /// DeleteExpressGatewayService.
    Delete,
    /// TagResource.
    Tag,
    /// UntagResource.
    Untag,
}

impl Operation {
    /// The word in the status.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Update => "Update",
            Self::Delete => "Delete",
            Self::Tag => "Tag",
            Self::Untag => "Untag",
        }
    }
}

impl Operation {
    /// Name of the API action.
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

/// What is known of the effect of an intent's call.
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

    /// The word in the status; none while the effect is unknown.
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

    /// What the call is expected to bring, if that was noted with this very intent.
    pub fn expected(&self) -> Option<&Expected> {
        self.expected
            .as_ref()
            .filter(|expected| expected.counter == self.counter)
    }

    /// The same, to be used up.
    pub(crate) fn take_expected(&mut self) -> Option<Expected> {
        let counter = self.counter;
        self.expected
            .take()
            .filter(|expected| expected.counter == counter)
    }

    /// The same intent under a later counter: no two that are stored are equal.
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

/// How far the clocks of AWS and of this machine may lie apart, in seconds.
pub(crate) const CLOCK_SKEW: i64 = 60;

/// Whether a service was made after an intent was stored, as far as two clocks can tell.
pub(crate) fn made_since(create: &Intent, made: Option<Timestamp>) -> bool {
    let earliest = create.at.0.as_second() - CLOCK_SKEW;
    made.is_none_or(|made| made.as_second() >= earliest)
}

/// Whether the newest deployment began after an intent was stored: it is another one than before, or, where none was seen
/// before, by its time as far as two clocks can tell.
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
