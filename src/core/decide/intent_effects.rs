//! What becomes of an open intent, recorded in the operator state.

use std::collections::BTreeSet;

use crate::{
    api::operator_state::{Expected, InitialConfiguration, LastApplied, OperatorState},
    core::{
        decide::{input::Input, update_intent::UpdateIntent},
        observed::service::{Service, StatusCode},
        operator_state::intent::{IntentState, Operation, made_since},
    },
};

/// Records what the observation of a service of this object shows of the create or update that is open.
pub(crate) fn record_effects(
    state: &mut OperatorState,
    input: &Input<'_>,
    service: &Service,
    update: &UpdateIntent,
) {
    // A draining service under this name is an earlier one.
    if let Some(create) = state.open(Operation::Create).cloned()
        && service.code != StatusCode::Draining
    {
        if made_since(&create, service.created_at) {
            record_applied(state, input, None);
        } else {
            record_older_service(state);
        }
    }
    match update {
        UpdateIntent::Applied(revision) => record_applied(state, input, Some(revision.clone())),
        UpdateIntent::Expired => record_expired(state),
        UpdateIntent::Closed | UpdateIntent::Waiting | UpdateIntent::Superseded => {}
    }
}

/// Records that the create had no effect, because the service is older than it.
fn record_older_service(state: &mut OperatorState) {
    let Some(create) = &mut state.intent else {
        return;
    };
    create.set_state(IntentState::Rejected);
    let applies = create.take_expected().and_then(|expected| expected.applies);
    // From now on another spec counts as an edit, even after another intent is stored.
    if let Some(applies) = applies.filter(|_| state.last_applied.is_none()) {
        state.initial = Some(InitialConfiguration {
            hash: applies.hash,
            rollout_hash: applies.rollout_hash,
        });
    }
}

/// Records that the open create or update took effect: its configuration is the one last applied, and the restart or retry
/// that it answers is done.
fn record_applied(state: &mut OperatorState, input: &Input<'_>, revision: Option<String>) {
    let former = state.last_applied.clone();
    let Some(intent) = &mut state.intent else {
        return;
    };
    let update = intent.is_for(Operation::Update);
    let lost = intent.state() == IntentState::Unknown;
    intent.set_state(IntentState::Applied);
    let same_spec = intent.hash == input.desired.configuration.hash();
    let expected = intent.take_expected();
    let reconstructed =
        || (update && lost && same_spec).then(|| sent_by_earlier_version(input, former));
    let applies = expected
        .as_ref()
        .and_then(|expected| expected.applies.clone());
    if let Some(applies) = applies.or_else(reconstructed) {
        state.last_applied = Some(LastApplied {
            revision,
            ..applies
        });
        state.initial = None;
    } else if let Some(applied) = &mut state.last_applied
        && applied.revision.is_none()
        && update
    {
        applied.revision = revision;
    }
    // An update of scaling alone leaves the rest rolled back.
    let rollout = state.last_applied.as_ref().map(|it| &it.rollout_hash);
    if state.rolled_back.as_ref().map(|it| &it.rollout_hash) != rollout {
        state.rolled_back = None;
    }
    if !update {
        state.rolled_back = None;
        state.breaker = None;
        state.tag_breaker = None;
    }
    record_answered(state, expected);
}

/// The configuration of an intent for the present spec that was stored by a version which did not record it.
fn sent_by_earlier_version(input: &Input<'_>, former: Option<LastApplied>) -> LastApplied {
    let former = former.unwrap_or_default();
    let configuration = &input.desired.configuration;
    let mut fields: BTreeSet<String> = former.fields.into_iter().collect();
    let set = configuration.values().into_keys();
    fields.extend(set.map(|field| field.path().to_owned()));
    LastApplied {
        hash: configuration.hash(),
        rollout_hash: configuration.rollout_hash(),
        mode: input.desired.mode.as_str().to_owned(),
        fields: fields.into_iter().collect(),
        tags_hash: former.tags_hash,
        tag_keys: former.tag_keys,
        revision: None,
    }
}

/// Records that the settle window passed without a trace of the call.
pub(crate) fn record_expired(state: &mut OperatorState) {
    let Some(intent) = &mut state.intent else {
        return;
    };
    let accepted = intent.state() == IntentState::Accepted;
    intent.set_state(IntentState::Expired);
    let expected = intent.take_expected();
    if !accepted || !intent.is_for(Operation::Update) {
        return;
    }
    // ECS accepted the update, but it did not take effect: what is applied is unknown, so the spec counts as edited.
    if let Some(applied) = &mut state.last_applied
        && applied.hash == intent.hash
    {
        applied.hash.clear();
        applied.rollout_hash.clear();
        applied.revision = None;
    }
    // Repeating a restart that leaves no trace would never end.
    record_answered(state, expected);
}

/// Records that the restart or retry for which the call was made is done.
fn record_answered(state: &mut OperatorState, expected: Option<Expected>) {
    let Some(Expected { restart, retry, .. }) = expected else {
        return;
    };
    state.restart = restart.or(state.restart.take());
    state.retry = retry.or(state.retry.take());
}
