//! Updates the operator state from a call and its result.

use std::collections::BTreeSet;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::{
    api::operator_state::{Breaker, Intent, KnownService, LastApplied, OperatorState},
    core::{
        decide::{
            action::Action,
            breaker::MAX_ATTEMPTS,
            decision::Decision,
            input::Input,
            requests::{TagRequest, UntagRequest},
        },
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

/// Returns the operator state after a reconcile. `sent` is the intent of the call that was made, if any.
pub fn record_call(
    input: &Input<'_>,
    decision: &Decision,
    sent: Option<Intent>,
    result: &CallResult,
    now: Timestamp,
) -> OperatorState {
    let mut state = state_before_call(input, decision, None, now);
    if let Some(sent) = sent {
        let call = Call {
            input,
            decision,
            result,
            now,
        };
        let created = is_created_by(&sent, result);
        let applies = record_intent(&mut state, sent, result);
        call.record_result(&mut state, applies, created);
    }
    state
}

/// Records an intent with what its result says, and returns the configuration that ECS is known to have accepted.
fn record_intent(
    state: &mut OperatorState,
    mut sent: Intent,
    result: &CallResult,
) -> Option<LastApplied> {
    sent.set_state(intent_state(&sent, result));
    let rejected = sent.state() == IntentState::Rejected;
    let created = is_created_by(&sent, result);
    let applies = match result {
        CallResult::Updated { .. } => sent.expected.as_mut().and_then(|it| it.applies.take()),
        CallResult::Created { .. } if created => {
            sent.expected.as_mut().and_then(|it| it.applies.take())
        }
        // The effect, if any, is still to be observed: ECS may have answered with a service that existed before.
        CallResult::Created { .. } => None,
        CallResult::Failed(_) if !rejected => None,
        CallResult::Failed(_) | CallResult::Idle | CallResult::Accepted => {
            sent.expected = None;
            None
        }
    };
    let counter = sent.counter;
    let former = state.open_intent().cloned();
    let closed = rejected || sent.state() == IntentState::Applied;
    state.intent = Some(sent);
    // A call that is over says nothing about the create or update that was open before it.
    if let Some(former) = former.filter(|former| closed && stays_open(former, result)) {
        state.intent = Some(former.renumbered(counter));
    }
    applies
}

fn intent_state(sent: &Intent, result: &CallResult) -> IntentState {
    match result {
        CallResult::Failed(failure) => match failure.effect {
            Effect::None => IntentState::Rejected,
            Effect::Unknown => IntentState::Unknown,
        },
        CallResult::Idle => IntentState::Unknown,
        CallResult::Created { .. } | CallResult::Updated { .. } => IntentState::Accepted,
        CallResult::Accepted if sent.is_for(Operation::Delete) => IntentState::Accepted,
        // The effect of a tag call needs no waiting: the next observation compares the tags.
        CallResult::Accepted => IntentState::Applied,
    }
}

/// Whether the answer to a create describes a service that this very call created: it carries the owner tags of the request
/// and, given the clock skew, is not older than the intent. ECS may answer with a service that existed before.
fn is_created_by(sent: &Intent, result: &CallResult) -> bool {
    matches!(result, CallResult::Created { created_at, tagged: true } if made_since(sent, *created_at))
}

/// Whether a create or update that was open before a call stays open after it.
fn stays_open(former: &Intent, result: &CallResult) -> bool {
    let create = former.is_for(Operation::Create);
    let update = former.is_for(Operation::Update);
    // Only the rejection that the name is taken may be caused by an earlier create.
    let name_taken = matches!(result, CallResult::Failed(failure) if failure.kind.holds_the_name());
    update || create && name_taken
}

/// A call that was made, with its result.
struct Call<'a> {
    input: &'a Input<'a>,
    decision: &'a Decision,
    result: &'a CallResult,
    now: Timestamp,
}

impl Call<'_> {
    /// Records the result. `created` says whether a create is known to have created the service.
    fn record_result(
        &self,
        state: &mut OperatorState,
        applies: Option<LastApplied>,
        created: bool,
    ) {
        match self.result {
            CallResult::Created { created_at, .. } if created => {
                self.record_created(state, *created_at, applies);
            }
            CallResult::Created { .. } | CallResult::Idle => {}
            CallResult::Updated { revision } => {
                if let Some(applies) = applies {
                    state.last_applied = Some(LastApplied {
                        revision: revision.clone(),
                        ..applies
                    });
                    state.initial = None;
                }
                self.record_updated(state);
            }
            CallResult::Accepted => self.record_accepted(state),
            CallResult::Failed(failure) => match failure.effect {
                Effect::Unknown if is_confirmed_adoption(self.decision) => {
                    state.last_applied = Some(adopted(self.input));
                }
                Effect::Unknown | Effect::None => self.record_failure(state, failure),
            },
        }
    }

    fn record_created(
        &self,
        state: &mut OperatorState,
        created_at: Option<Timestamp>,
        applies: Option<LastApplied>,
    ) {
        let desired = self.input.desired;
        state.service = Some(KnownService {
            arn: desired.arn.to_string(),
            created_at: created_at.map(Time),
        });
        state.last_applied = applies;
        state.initial = None;
        state.rolled_back = None;
        state.breaker = None;
        state.tag_breaker = None;
        state.restart.clone_from(&desired.restart);
        state.retry.clone_from(&desired.retry);
    }

    /// Counts an accepted update, for the circuit breaker.
    fn record_updated(&self, state: &mut OperatorState) {
        let Some(assessment) = &self.decision.assessment else {
            return;
        };
        state.breaker = assessment.diff.differences.first().map(|first| {
            let path = first.field.path();
            let hash = self.input.desired.configuration.hash();
            match &state.breaker {
                Some(breaker) if breaker.path == path && breaker.hash == hash => Breaker {
                    count: breaker.count.saturating_add(1),
                    ..breaker.clone()
                },
                Some(_) | None => Breaker {
                    path: path.to_owned(),
                    hash,
                    count: 1,
                    since: Some(Time(self.now)),
                },
            }
        });
        // An update of scaling alone leaves the rest rolled back.
        if !assessment.rolled_back {
            state.rolled_back = None;
        }
    }

    /// Records a call that ECS accepted and that creates no revision.
    fn record_accepted(&self, state: &mut OperatorState) {
        match &self.decision.action {
            Action::Adopt(_) => self.record_adopted(state),
            Action::Tag(request) => self.record_tagged(state, request),
            Action::Untag(request) => self.record_untagged(state, request),
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

    fn record_adopted(&self, state: &mut OperatorState) {
        if let Observed::Present(service) = self.input.observed {
            state.service = Some(KnownService {
                arn: service.arn.to_string(),
                created_at: service.created_at.map(Time),
            });
        }
        state.tag_breaker = None;
        if is_confirmed_adoption(self.decision) {
            state.last_applied = Some(adopted(self.input));
        }
    }

    fn record_tagged(&self, state: &mut OperatorState, request: &TagRequest) {
        if let Some(assessment) = &self.decision.assessment {
            count_attempt(state, self.input, assessment);
            record_tags_sent(state, self.input, assessment);
        }
        if let Some(applied) = &mut state.last_applied {
            let mut keys: BTreeSet<_> = applied.tag_keys.drain(..).collect();
            let of_spec = |key: &&String| self.input.desired.user_tags.contains_key(*key);
            keys.extend(request.tags.keys().filter(of_spec).cloned());
            applied.tag_keys = keys.into_iter().collect();
        }
    }

    fn record_untagged(&self, state: &mut OperatorState, request: &UntagRequest) {
        if let Some(assessment) = &self.decision.assessment {
            record_tags_sent(state, self.input, assessment);
        }
        if let Some(applied) = &mut state.last_applied {
            applied.tag_keys.retain(|key| !request.keys.contains(key));
        }
    }

    /// Records that ECS rejected an update with an empty list of security groups: the next one goes without it.
    fn record_failure(&self, state: &mut OperatorState, failure: &Failure) {
        let clears = matches!(
            &self.decision.action,
            Action::Update(request) if request.cleared.contains(&Field::SecurityGroups)
        );
        if clears && failure.kind == FailureKind::InvalidParameter {
            state.breaker = Some(Breaker {
                path: Field::SecurityGroups.path().to_owned(),
                hash: self.input.desired.configuration.hash(),
                count: MAX_ATTEMPTS,
                since: Some(Time(self.input.now)),
            });
        }
    }
}
