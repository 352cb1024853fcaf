//! Updates the operator state from a call and its result.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::{
    api::operator_state::{Breaker, Intent, KnownService, LastApplied, OperatorState},
    core::{
        decide::{action::Action, breaker::MAX_ATTEMPTS, decision::Decision, input::Input},
        desired::field::Field,
        observed::{
            failure::{Effect, Failure, FailureKind},
            service::Observed,
        },
        operator_state::intent::{IntentState, Operation, made_since},
        record::{
            call_result::CallResult,
            intent::{is_confirmed_adoption, state_before_call},
            last_applied::adopted,
            tags::{count_attempt, record_tags_sent},
        },
    },
};

/// The memory after a pass. `sent` is the intent of the call that was made.
pub fn record_call(
    input: &Input<'_>,
    decision: &Decision,
    sent: Option<Intent>,
    answer: &CallResult,
    now: Timestamp,
) -> OperatorState {
    let mut state = state_before_call(input, decision, None, now);
    if let Some(sent) = sent {
        record(&mut state, input, decision, sent, answer, now);
    }
    state
}

/// What was sent, and what ECS answered.
fn record(
    state: &mut OperatorState,
    input: &Input<'_>,
    decision: &Decision,
    mut sent: Intent,
    answer: &CallResult,
    now: Timestamp,
) {
    sent.set_state(match answer {
        CallResult::Failed(failure) => match failure.effect {
            Effect::None => IntentState::Rejected,
            Effect::Unknown => IntentState::Unknown,
        },
        CallResult::Idle => IntentState::Unknown,
        CallResult::Created { .. } | CallResult::Updated { .. } => IntentState::Accepted,
        CallResult::Accepted if sent.is_for(Operation::Delete) => IntentState::Accepted,
        // A tag call that ECS accepted needs no waiting: the next observation compares the tags.
        CallResult::Accepted => IntentState::Applied,
    });
    let refused = sent.state() == IntentState::Rejected;
    let former = state.open_intent().cloned();
    let (counter, made_by_it) = (sent.counter, is_made_by(&sent, answer));
    let applies = match answer {
        CallResult::Updated { .. } => sent.expected.as_mut().and_then(|it| it.applies.take()),
        CallResult::Created { .. } if made_by_it => {
            sent.expected.as_mut().and_then(|it| it.applies.take())
        }
        // Its effect, if any, is still to be seen: the answer may speak of a service that was there.
        CallResult::Created { .. } => None,
        CallResult::Failed(_) if !refused => None,
        CallResult::Failed(_) | CallResult::Idle | CallResult::Accepted => {
            sent.expected = None;
            None
        }
    };
    let closed = refused || sent.state() == IntentState::Applied;
    state.intent = Some(sent);
    // What is not open any more tells nothing of the create or update that was open before it.
    if let Some(former) = former.filter(|former| closed && is_kept(former, answer)) {
        state.intent = Some(former.renumbered(counter));
    }
    match answer {
        CallResult::Created { created_at, .. } if made_by_it => {
            state.service = Some(KnownService {
                arn: input.desired.arn.to_string(),
                created_at: created_at.map(Time),
            });
            state.last_applied = applies;
            state.initial = None;
            state.rolled_back = None;
            state.breaker = None;
            state.tag_breaker = None;
            state.restart.clone_from(&input.desired.restart);
            state.retry.clone_from(&input.desired.retry);
        }
        CallResult::Created { .. } => {}
        CallResult::Updated { revision } => {
            if let Some(applies) = applies {
                state.last_applied = Some(LastApplied {
                    revision: revision.clone(),
                    ..applies
                });
                state.initial = None;
            }
            updated(state, input, decision, now);
        }
        CallResult::Accepted => accepted(state, input, decision),
        CallResult::Failed(_) if !refused && is_confirmed_adoption(decision) => {
            state.last_applied = Some(adopted(input));
        }
        CallResult::Failed(failure) => record_rejection(state, input, decision, failure),
        CallResult::Idle => {}
    }
}

/// Whether the answer to a create speaks of a service that this very call made: it carries the owner tags of the call, and
/// is no older than the intent, as far as two clocks can tell. ECS may answer with a service that was there.
fn is_made_by(sent: &Intent, answer: &CallResult) -> bool {
    matches!(answer, CallResult::Created { created_at, tagged: true } if made_since(sent, *created_at))
}

/// Whether a create or update that was open before stays open after a call that is over.
fn is_kept(former: &Intent, answer: &CallResult) -> bool {
    let create = former.is_for(Operation::Create);
    let update = former.is_for(Operation::Update);
    // Only the refusal that the name is taken speaks of an earlier create.
    let name_taken = matches!(answer, CallResult::Failed(failure) if failure.kind.holds_the_name());
    update || create && name_taken
}

fn updated(state: &mut OperatorState, input: &Input<'_>, decision: &Decision, now: Timestamp) {
    let Some(assessment) = &decision.assessment else {
        return;
    };
    state.breaker = assessment.diff.differences.first().map(|first| {
        let (path, hash) = (first.field.path(), input.desired.configuration.hash());
        match &state.breaker {
            Some(breaker) if breaker.path == path && breaker.hash == hash => Breaker {
                count: breaker.count + 1,
                ..breaker.clone()
            },
            _ => Breaker {
                path: path.to_owned(),
                hash,
                count: 1,
                since: Some(Time(now)),
            },
        }
    });
    // Scaling alone was sent: the rest stays rolled back.
    if !assessment.rolled_back {
        state.rolled_back = None;
    }
}

fn accepted(state: &mut OperatorState, input: &Input<'_>, decision: &Decision) {
    match &decision.action {
        Action::Adopt(_) => {
            if let Observed::Present(service) = input.observed {
                state.service = Some(KnownService {
                    arn: service.arn.to_string(),
                    created_at: service.created_at.map(Time),
                });
            }
            state.tag_breaker = None;
            if is_confirmed_adoption(decision) {
                state.last_applied = Some(adopted(input));
            }
        }
        Action::Tag(request) => {
            if let Some(assessment) = &decision.assessment {
                count_attempt(state, input, assessment);
                record_tags_sent(state, input, assessment);
            }
            if let Some(applied) = &mut state.last_applied {
                let mut keys: std::collections::BTreeSet<_> = applied.tag_keys.drain(..).collect();
                let users = |key: &&String| input.desired.user_tags.contains_key(*key);
                keys.extend(request.tags.keys().filter(users).cloned());
                applied.tag_keys = keys.into_iter().collect();
            }
        }
        Action::Untag(request) => {
            if let Some(assessment) = &decision.assessment {
                record_tags_sent(state, input, assessment);
            }
            if let Some(applied) = &mut state.last_applied {
                applied.tag_keys.retain(|key| !request.keys.contains(key));
            }
        }
        Action::Nothing
        | Action::AddFinalizer
        | Action::Create(_)
        | Action::Update(_)
        | Action::Delete
        | Action::Retain(_)
        | Action::VerifyOwnerTags
        | Action::ReleaseFinalizer => {}
    }
}

/// Remembers that ECS refused an update that sends an empty list: the next one goes without it.
pub(crate) fn record_rejection(
    state: &mut OperatorState,
    input: &Input<'_>,
    decision: &Decision,
    failure: &Failure,
) {
    let clears = matches!(
        &decision.action,
        Action::Update(request) if request.cleared.contains(&Field::SecurityGroups)
    );
    if clears && failure.kind == FailureKind::InvalidParameter {
        state.breaker = Some(Breaker {
            path: Field::SecurityGroups.path().to_owned(),
            hash: input.desired.configuration.hash(),
            count: MAX_ATTEMPTS,
            since: Some(Time(input.now)),
        });
    }
}
