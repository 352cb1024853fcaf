//! Whether the service is there, and what a missing one proves.

use crate::core::{
    decide::input::{Fence, Input},
    observed::{
        failure::Failure,
        service::{Observed, Service, StatusCode},
    },
    operator_state::intent::Operation,
};

/// What is seen of the service, with what it proves.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Presence<'a> {
    Unreadable(&'a Failure),
    Missing,
    Absent,
    Draining,
    Active(&'a Service),
    UnknownStatus(&'a Service),
}

pub(crate) fn presence<'a>(input: &Input<'a>) -> Presence<'a> {
    match input.observed {
        Observed::Unreadable(failure) => Presence::Unreadable(failure),
        Observed::Missing(_) if is_absent(input) => Presence::Absent,
        Observed::Missing(_) | Observed::NotAsked => Presence::Missing,
        Observed::Present(service) => match service.code {
            StatusCode::Active => Presence::Active(service),
            StatusCode::Draining => Presence::Draining,
            StatusCode::Other(_) => Presence::UnknownStatus(service),
        },
    }
}

/// Whether what is missing is proved to be absent, or, where nothing can have been there, just not seen.
fn is_absent(input: &Input<'_>) -> bool {
    let Some(state) = input.state else {
        return match input.fence {
            Fence::FinalizerJustAdded => true,
            // A finalizer without any memory: a create may be in flight.
            Fence::Needed => input.history.missing_for(input.windows.settle),
        };
    };
    if state.open(Operation::Create).is_some() {
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
