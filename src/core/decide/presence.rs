//! Whether the service is there, and what a missing one means.

use crate::core::{
    decide::{
        assessment::Assessment,
        input::{Fence, Input},
        ownership::Owner,
        update_intent::UpdateIntent,
    },
    observed::{
        failure::Failure,
        service::{Observed, Service, StatusCode},
    },
    operator_state::intent::Operation,
};

/// A service that ECS shows, with its assessment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Present<'a> {
    pub(crate) service: &'a Service,
    pub(crate) assessment: &'a Assessment,
}

impl Present<'_> {
    /// Whether the effect of an update is still awaited, so that nothing else may be sent.
    pub(crate) fn waits(self) -> bool {
        let Assessment {
            immutable, update, ..
        } = self.assessment;
        immutable.is_none() && *update == UpdateIntent::Waiting
    }

    /// Whether tags are sent at all: not after the attempts for one of them are exhausted.
    pub(crate) fn may_tag(self) -> bool {
        self.assessment.tags.given_up.is_none()
    }
}

/// Whether there is a service under the object's ARN.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Presence<'a> {
    /// ECS could not be read.
    Unreadable(&'a Failure),
    /// ECS does not show the service, or was not asked; that it is absent is not confirmed yet.
    Missing,
    /// There is no service: its absence is confirmed, or nothing can have created one.
    Absent,
    /// ECS is deleting the service.
    Draining(Present<'a>),
    /// The service exists.
    Active(Present<'a>),
    /// The service has a status that this version does not know.
    UnknownStatus(Present<'a>),
}

impl<'a> Presence<'a> {
    /// The presence of a service that ECS shows.
    pub(crate) fn of(present: Present<'a>) -> Self {
        match present.service.code {
            StatusCode::Active => Self::Active(present),
            StatusCode::Draining => Self::Draining(present),
            StatusCode::Other(_) => Self::UnknownStatus(present),
        }
    }

    /// The presence of a service that ECS does not show.
    pub(crate) fn without_service(input: &Input<'a>) -> Self {
        match input.observed {
            Observed::Unreadable(failure) => Self::Unreadable(failure),
            Observed::Missing(_) if is_absent(input) => Self::Absent,
            Observed::Missing(_) | Observed::NotAsked | Observed::Present(_) => Self::Missing,
        }
    }

    /// The service that ECS shows, with its assessment.
    fn present(self) -> Option<Present<'a>> {
        match self {
            Self::Unreadable(_) | Self::Missing | Self::Absent => None,
            Self::Draining(present) | Self::Active(present) | Self::UnknownStatus(present) => {
                Some(present)
            }
        }
    }

    /// The service that ECS shows.
    pub(crate) fn service(self) -> Option<&'a Service> {
        self.present().map(|present| present.service)
    }

    /// The owner of a present service.
    pub(crate) fn owner(self) -> Option<&'a Owner> {
        self.present().map(|present| &present.assessment.owner)
    }
}

/// Whether a missing service is confirmed to be absent. Where no call can have created one, a single observation suffices.
fn is_absent(input: &Input<'_>) -> bool {
    let Some(state) = input.state else {
        return match input.fence {
            Fence::FinalizerJustAdded => true,
            // The object has the finalizer but no operator state: a create may be in flight.
            Fence::Needed => input.history.missing_for(input.windows.settle),
        };
    };
    // An API server whose CustomResourceDefinition is older may have dropped the intent of a call.
    if state.open(Operation::Create).is_some() || input.history.create_in_doubt() {
        input.history.missing_for(input.windows.settle)
    } else if had_service(input) {
        input.history.missing_for(input.windows.absence_gap)
    } else {
        true
    }
}

/// Whether the operator state records a service that this object created or adopted.
pub(crate) fn had_service(input: &Input<'_>) -> bool {
    input.state.is_some_and(|state| state.service.is_some())
}
