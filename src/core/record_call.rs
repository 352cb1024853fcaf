//! What a pass adds to the memory: first what the look taught, then what was sent and answered.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{
    assessment::{Assessment, fields_in_force},
    decide::{Action, Decision, Fence, Input},
    desired::Phase,
    failure::{Effect, Failure},
    left_in_force::record_rejection,
    memory::{IntentState, Operation, SCHEME},
    observed::Observed,
    record_observation::{applied, expire, made_since, record_observation},
    tags::{count_attempt, record_tags_sent},
};
use crate::api::memory::{
    Breaker, Expected, InitialConfiguration, Intent, KnownService, LastApplied, OperatorState,
};

/// What became of the action.
#[derive(Clone, Debug, PartialEq)]
pub enum CallResult {
    /// No call that changes something was made.
    Idle,
    /// ECS accepted the Create.
    Created {
        /// When the service was made.
        created_at: Option<Timestamp>,
        /// Whether the answer carries the owner tags of the request.
        tagged: bool,
    },
    /// ECS accepted the Update.
    Updated {
        /// ARN of the revision that it makes.
        revision: Option<String>,
    },
    /// ECS accepted another call.
    Accepted,
    /// The call failed.
    Failed(Failure),
}

/// The intent of an action, to be stored before it is sent.
pub fn intent(input: &Input<'_>, decision: &Decision, now: Timestamp) -> Option<Intent> {
    let Decision {
        action, assessment, ..
    } = decision;
    let operation = action.operation()?;
    let assessment = assessment.as_ref();
    let redeploys = matches!(operation, Operation::Create | Operation::Update);
    let counter = input.memory.map_or(1, OperatorState::next_counter);
    Some(Intent {
        operation: operation.as_str().to_owned(),
        hash: input.desired.configuration.hash(),
        counter,
        at: Time(now),
        outcome: None,
        expected: redeploys.then(|| {
            let applies = match assessment {
                Some(assessment) => {
                    let memory = state_before_call(input, decision, None, now);
                    sent_configuration(input, assessment, &memory)
                }
                None => first_applied(input),
            };
            expected(input, counter, applies)
        }),
    })
}

/// What a call that makes a revision is expected to bring, beside what is there before it.
fn expected(input: &Input<'_>, counter: i64, applies: LastApplied) -> Expected {
    let service = match input.observed {
        Observed::Present(service) => Some(service),
        Observed::NotAsked | Observed::Missing(_) | Observed::Unreadable(_) => None,
    };
    let newest = service.and_then(|service| service.newest());
    let listed = service
        .and_then(|service| service.deployments.got())
        .and_then(|deployments| deployments.first());
    Expected {
        counter,
        applies: Some(applies),
        revision_before: newest.map(|newest| newest.arn.clone()),
        revision_made_at: newest.and_then(|newest| newest.created_at).map(Time),
        deployment_before: listed
            .or(input.deployment)
            .and_then(|deployment| deployment.arn.clone()),
        restart: input.desired.restart.clone(),
        retry: input.desired.retry.clone(),
    }
}

/// The memory that the look alone leaves; with `sent`, the fence before a call.
pub fn state_before_call(
    input: &Input<'_>,
    decision: &Decision,
    sent: Option<Intent>,
    now: Timestamp,
) -> OperatorState {
    let mut memory = input.memory.cloned().unwrap_or_else(|| OperatorState {
        scheme: SCHEME,
        // What was asked before there was a memory counts as done.
        restart: input.desired.restart.clone(),
        retry: input.desired.retry.clone(),
        intent: possible_create(input, now),
        ..OperatorState::default()
    });
    if memory.last_applied.is_none() && memory.initial.is_none() {
        memory.initial = Some(InitialConfiguration::of(&input.desired.configuration));
    }
    if let (Observed::Present(service), Some(assessment)) = (input.observed, &decision.assessment) {
        record_observation(&mut memory, input, service, assessment);
    }
    expire(&mut memory, input);
    if let Some(sent) = sent {
        memory.intent = Some(sent);
        // Also if the answer is lost, a confirmed difference is sent whatever the drift policy: as an edit.
        if is_confirmed_adoption(decision) {
            memory.last_applied = Some(adopted(input));
        }
    }
    memory
}

fn is_confirmed_adoption(decision: &Decision) -> bool {
    let differs = |assessment: &Assessment| !assessment.diff.is_empty();
    matches!(decision.action, Action::Adopt(_)) && decision.assessment.as_ref().is_some_and(differs)
}

/// Nothing was applied to an adopted service: its configuration is another than any spec's.
fn adopted(input: &Input<'_>) -> LastApplied {
    LastApplied {
        mode: input.desired.mode.as_str().to_owned(),
        ..LastApplied::default()
    }
}

/// A finalizer without any memory: a create may be in flight, and stays so in the new memory until it is seen, or seen to
/// be missing for the whole window.
fn possible_create(input: &Input<'_>, now: Timestamp) -> Option<Intent> {
    let fenced = input.fence == Fence::FinalizerJustAdded;
    let held = matches!(input.desired.phase, Phase::Active | Phase::Deleting(_));
    (held && !fenced).then(|| Intent {
        operation: Operation::Create.as_str().to_owned(),
        hash: input.desired.configuration.hash(),
        counter: 0,
        at: Time(now),
        outcome: None,
        expected: None,
    })
}

/// The memory after a pass. `sent` is the intent of the call that was made.
pub fn record_call(
    input: &Input<'_>,
    decision: &Decision,
    sent: Option<Intent>,
    answer: &CallResult,
    now: Timestamp,
) -> OperatorState {
    let mut memory = state_before_call(input, decision, None, now);
    if let Some(sent) = sent {
        record(&mut memory, input, decision, sent, answer, now);
    }
    memory
}

/// What was sent, and what ECS answered.
fn record(
    memory: &mut OperatorState,
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
    let former = memory.open_intent().cloned();
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
    memory.intent = Some(sent);
    // What is not open any more tells nothing of the create or update that was open before it.
    if let Some(former) = former.filter(|former| closed && is_kept(former, answer)) {
        memory.intent = Some(former.renumbered(counter));
    }
    match answer {
        CallResult::Created { created_at, .. } if made_by_it => {
            memory.service = Some(KnownService {
                arn: input.desired.arn.to_string(),
                created_at: created_at.map(Time),
            });
            memory.last_applied = applies;
            memory.initial = None;
            memory.rolled_back = None;
            memory.breaker = None;
            memory.tag_breaker = None;
            memory.restart.clone_from(&input.desired.restart);
            memory.retry.clone_from(&input.desired.retry);
        }
        CallResult::Created { .. } => {}
        CallResult::Updated { revision } => {
            if let Some(applies) = applies {
                memory.last_applied = Some(LastApplied {
                    revision: revision.clone(),
                    ..applies
                });
                memory.initial = None;
            }
            updated(memory, input, decision, now);
        }
        CallResult::Accepted => accepted(memory, input, decision),
        CallResult::Failed(_) if !refused && is_confirmed_adoption(decision) => {
            memory.last_applied = Some(adopted(input));
        }
        CallResult::Failed(failure) => record_rejection(memory, input, decision, failure),
        CallResult::Idle => {}
    }
}

fn first_applied(input: &Input<'_>) -> LastApplied {
    let desired = input.desired;
    LastApplied {
        hash: desired.configuration.hash(),
        rollout_hash: desired.configuration.rollout_hash(),
        tags_hash: Some(desired.tags_hash()),
        mode: desired.mode.as_str().to_owned(),
        fields: fields_in_force(input, &super::diff::Diff::default()),
        tag_keys: desired.user_tags.keys().cloned().collect(),
        revision: None,
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

/// What an update of the spec makes of what was last applied.
fn sent_configuration(
    input: &Input<'_>,
    assessment: &Assessment,
    memory: &OperatorState,
) -> LastApplied {
    let mut tag_keys = memory.tag_keys_set_before();
    tag_keys.extend(input.desired.user_tags.keys().cloned());
    LastApplied {
        tag_keys: tag_keys.into_iter().collect(),
        ..applied(input, assessment, memory, None)
    }
}

fn updated(memory: &mut OperatorState, input: &Input<'_>, decision: &Decision, now: Timestamp) {
    let Some(assessment) = &decision.assessment else {
        return;
    };
    memory.breaker = assessment.diff.differences.first().map(|first| {
        let (path, hash) = (first.field.path(), input.desired.configuration.hash());
        match &memory.breaker {
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
        memory.rolled_back = None;
    }
}

fn accepted(memory: &mut OperatorState, input: &Input<'_>, decision: &Decision) {
    match &decision.action {
        Action::Adopt(_) => {
            if let Observed::Present(service) = input.observed {
                memory.service = Some(KnownService {
                    arn: service.arn.to_string(),
                    created_at: service.created_at.map(Time),
                });
            }
            memory.tag_breaker = None;
            if is_confirmed_adoption(decision) {
                memory.last_applied = Some(adopted(input));
            }
        }
        Action::Tag(request) => {
            if let Some(assessment) = &decision.assessment {
                count_attempt(memory, input, assessment);
                record_tags_sent(memory, input, assessment);
            }
            if let Some(applied) = &mut memory.last_applied {
                let mut keys: std::collections::BTreeSet<_> = applied.tag_keys.drain(..).collect();
                let users = |key: &&String| input.desired.user_tags.contains_key(*key);
                keys.extend(request.tags.keys().filter(users).cloned());
                applied.tag_keys = keys.into_iter().collect();
            }
        }
        Action::Untag(request) => {
            if let Some(assessment) = &decision.assessment {
                record_tags_sent(memory, input, assessment);
            }
            if let Some(applied) = &mut memory.last_applied {
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
