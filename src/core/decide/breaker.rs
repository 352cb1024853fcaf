//! The circuit breaker: when sending the same configuration again is futile.

use crate::core::{decide::input::Input, diff::compare::Diff, observed::service::Service};

/// The number of updates, or of calls to set tags, after which an unchanged difference is no longer sent. A revision that ECS
/// made from the present spec counts at once.
pub(crate) const MAX_ATTEMPTS: i32 = 3;

/// Whether ECS made the newest revision from the present spec, so that a difference is how ECS reads the spec.
pub(crate) fn made_from_this_spec(input: &Input<'_>, service: &Service, edited: bool) -> bool {
    let applied = input.state.and_then(|state| state.last_applied.as_ref());
    let revision = applied.and_then(|applied| applied.revision.as_deref());
    !edited && revision.is_some() && service.newest().map(|newest| newest.arn.as_str()) == revision
}

/// Whether sending the spec again would change nothing: ECS reads it in this way, or the attempts are exhausted. Scaling is
/// not part of a revision, so ECS's reading of a spec says nothing about it.
pub(crate) fn not_converging(
    input: &Input<'_>,
    service: &Service,
    diff: &Diff,
    edited: bool,
) -> bool {
    let Some(first) = diff.differences.first() else {
        return false;
    };
    let own = made_from_this_spec(input, service, edited) && !first.field.is_scaling();
    let exhausted = input
        .state
        .and_then(|state| state.breaker.as_ref())
        .is_some_and(|breaker| {
            !input.retry_asked()
                && breaker.count >= MAX_ATTEMPTS
                && breaker.path == first.field.path()
                && breaker.hash == input.desired.configuration.hash()
        });
    own || exhausted
}
