//! Recording in the operator state what an observation shows of an open intent.

use std::collections::BTreeSet;

use crate::{
    api::operator_state::{Expected, InitialConfiguration, LastApplied, OperatorState},
    core::{
        decide::{input::Input, update_intent::UpdateIntent},
        observed::service::{Service, StatusCode},
        operator_state::intent::{IntentState, Operation, made_since},
    },
};

/// Records what an observation of a service of ours says of the create or update that is open.
pub(crate) fn record_effects(
    state: &mut OperatorState,
    input: &Input<'_>,
    service: &Service,
    update: &UpdateIntent,
) {
    // What drains under the name is an ancestor's.
    if let Some(create) = state.open(Operation::Create).cloned()
        && service.code != StatusCode::Draining
    {
        if made_since(&create, service.created_at) {
            landed(state, input, None);
        } else {
            was_there_before(state);
        }
    }
    match update {
        UpdateIntent::Landed(revision) => landed(state, input, Some(revision.clone())),
        UpdateIntent::Expired => expired(state),
        UpdateIntent::Closed | UpdateIntent::Waiting | UpdateIntent::Superseded => {}
    }
}

/// The create made nothing: the service is older than it.
fn was_there_before(state: &mut OperatorState) {
    let Some(create) = &mut state.intent else {
        return;
    };
    create.set_state(IntentState::Rejected);
    let applies = create.take_expected().and_then(|expected| expected.applies);
    // From then on another spec is an edit, also once another intent is stored.
    if let Some(applies) = applies.filter(|_| state.last_applied.is_none()) {
        state.initial = Some(InitialConfiguration {
            hash: applies.hash,
            rollout_hash: applies.rollout_hash,
        });
    }
}

/// The open create or update has taken effect: what it carried is what was last applied, and what it answered is done.
pub(crate) fn landed(state: &mut OperatorState, input: &Input<'_>, revision: Option<String>) {
    let former = state.last_applied.clone();
    let Some(intent) = &mut state.intent else {
        return;
    };
    let update = intent.is_for(Operation::Update);
    let lost = intent.state() == IntentState::Unknown;
    intent.set_state(IntentState::Applied);
    let same_spec = intent.hash == input.desired.configuration.hash();
    let expected = intent.take_expected();
    let unnoted = || (update && lost && same_spec).then(|| carried(input, former));
    let applies = expected
        .as_ref()
        .and_then(|expected| expected.applies.clone());
    if let Some(applies) = applies.or_else(unnoted) {
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
    // Scaling alone leaves the rest rolled back.
    let rollout = state.last_applied.as_ref().map(|it| &it.rollout_hash);
    if state.rolled_back.as_ref().map(|it| &it.rollout_hash) != rollout {
        state.rolled_back = None;
    }
    if !update {
        state.rolled_back = None;
        state.breaker = None;
        state.tag_breaker = None;
    }
    answered(state, expected);
}

/// What an intent of this very spec carried that was stored by an operator which did not note it yet.
fn carried(input: &Input<'_>, former: Option<LastApplied>) -> LastApplied {
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

/// The window of the intent has passed without a trace of it.
pub(crate) fn expired(state: &mut OperatorState) {
    let Some(intent) = &mut state.intent else {
        return;
    };
    let accepted = intent.state() == IntentState::Accepted;
    intent.set_state(IntentState::Expired);
    let expected = intent.take_expected();
    if !accepted || !intent.is_for(Operation::Update) {
        return;
    }
    // ECS accepted it, and it did not come: what is applied is not known any more, so that it counts as an edit again.
    if let Some(applied) = &mut state.last_applied
        && applied.hash == intent.hash
    {
        applied.hash.clear();
        applied.rollout_hash.clear();
        applied.revision = None;
    }
    // To ask once more for a restart that leaves no trace would never end.
    answered(state, expected);
}

/// The restart or retry for which the call was made is done.
fn answered(state: &mut OperatorState, expected: Option<Expected>) {
    let Some(Expected { restart, retry, .. }) = expected else {
        return;
    };
    state.restart = restart.or(state.restart.take());
    state.retry = retry.or(state.retry.take());
}
