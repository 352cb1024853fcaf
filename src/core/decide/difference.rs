//! Whether the spec was edited, and where the newest revision differs from it.

use std::collections::BTreeSet;

use crate::{
    api::operator_state::OperatorState,
    core::{
        decide::{input::Input, left_in_force::give_up_emptying, security_groups::managed_groups},
        desired::{field::WhenUnset, owner_tags},
        diff::compare::{Diff, diff},
        observed::service::Service,
        operator_state::intent::{IntentState, Operation},
    },
};

/// Whether the newest revision matches the spec.
pub(crate) fn shows_the_spec(input: &Input<'_>, service: &Service) -> bool {
    let (diff, mode_switched) = difference(input, service, is_edited(input, service));
    diff.is_empty() && !mode_switched && service.newest().is_some()
}

/// Returns the differences between the spec and the newest revision, and whether the spec switched between a task definition
/// of the user's and one that ECS makes.
pub(crate) fn difference(input: &Input<'_>, service: &Service, edited: bool) -> (Diff, bool) {
    let (desired, state) = (input.desired, input.state);
    let managed = managed_groups(input, service);
    let set_before = state
        .map(|state| state.fields_set_before(desired.mode))
        .unwrap_or_default();
    let mut diff = service.newest().map_or_else(Diff::default, |newest| {
        diff(
            &desired.configuration,
            desired.mode,
            &newest.configuration,
            managed.as_ref(),
            &set_before,
        )
    });
    give_up_emptying(&mut diff, input, service, edited);
    let applied = state.and_then(|state| state.last_applied.as_ref());
    let mode_switched = applied.is_some_and(|applied| {
        !applied.mode.is_empty()
            && applied.mode != desired.mode.as_str()
            && !(diff.is_empty() && lost_update_runs(input, service))
    });
    (diff, mode_switched)
}

/// Whether the spec differs from the baseline, or a retry is asked for. Otherwise a difference in ECS is drift.
pub(crate) fn is_edited(input: &Input<'_>, service: &Service) -> bool {
    let (hash, state) = (input.desired.configuration.hash(), input.state);
    let other = state
        .and_then(OperatorState::baseline)
        .is_some_and(|baseline| baseline.whole != hash);
    // A service that its former object released is taken back with the spec of the new object.
    let released = service.tags.get(owner_tags::UID).map(String::as_str);
    let never_applied = state.is_none_or(|state| state.last_applied.is_none());
    let taken_back = never_applied && released == Some(owner_tags::RELEASED);
    input.retry_asked() || other || taken_back
}

/// Whether the newest revision can be the effect of a lost update to the present spec.
fn lost_update_runs(input: &Input<'_>, service: &Service) -> bool {
    let hash = input.desired.configuration.hash();
    let lost = input
        .state
        .and_then(|state| state.open(Operation::Update))
        .is_some_and(|intent| intent.state() == IntentState::Unknown && intent.hash == hash);
    let applied = input.state.and_then(|state| state.last_applied.as_ref());
    let revision = applied.and_then(|applied| applied.revision.as_deref());
    let newest = service.newest().map(|newest| newest.arn.as_str());
    lost && newest.is_some() && newest != revision
}

/// The paths of the fields that count as set: those of the spec, those left in force, and those that an update empties until
/// its effect is observed.
pub fn fields_in_force(input: &Input<'_>, diff: &Diff) -> Vec<String> {
    let mut fields: BTreeSet<_> = input.desired.configuration.values().into_keys().collect();
    fields.extend(diff.left_in_force.iter().map(|left| left.field));
    let emptied = diff.differences.iter().map(|difference| difference.field);
    fields.extend(emptied.filter(|field| field.when_unset() == WhenUnset::Emptied));
    fields
        .into_iter()
        .map(|field| field.path().to_owned())
        .collect()
}
