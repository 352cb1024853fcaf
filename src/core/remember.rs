//! What a pass adds to the memory: first what the look taught, then what was sent and answered.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{
    decide::{Action, Case, Decision, Fence},
    desired::Life,
    failure::{Effect, Failure},
    findings::fields_in_force,
    learn::{applied, lapse, learn},
    left_in_force::note_refusal,
    memory::{Operation, SCHEME, outcome},
    observed::Observed,
    tags::{count_try, note_tags_sent},
};
use crate::api::memory::{Breaker, Intent, KnownService, LastApplied, Memory};

/// What became of the action.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// No call that changes something was made.
    Idle,
    /// ECS accepted the Create.
    Created {
        /// When the service was made.
        created_at: Option<Timestamp>,
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
pub fn intent(case: &Case<'_>, action: &Action, now: Timestamp) -> Option<Intent> {
    let operation = action.operation()?;
    Some(Intent {
        operation: operation.as_str().to_owned(),
        hash: case.desired.configuration.hash(),
        counter: case.memory.map_or(1, Memory::next_counter),
        at: Time(now),
        outcome: None,
    })
}

/// The memory that the look alone leaves; with `sent`, the fence before a call.
pub fn before_sending(
    case: &Case<'_>,
    decision: &Decision,
    sent: Option<Intent>,
    now: Timestamp,
) -> Memory {
    let mut memory = case.memory.cloned().unwrap_or_else(|| Memory {
        scheme: SCHEME,
        // What was asked before there was a memory counts as done.
        restart: case.desired.restart.clone(),
        retry: case.desired.retry.clone(),
        intent: possible_create(case, now),
        ..Memory::default()
    });
    if let (Observed::Present(service), Some(findings)) = (case.observed, &decision.findings) {
        learn(&mut memory, case, service, findings);
    }
    lapse(&mut memory, case, decision.findings.as_ref());
    if let Some(sent) = sent {
        // A restart whose answer is lost is not asked again: each costs a deployment.
        if sent.operation == Operation::Update.as_str() {
            memory.restart.clone_from(&case.desired.restart);
        }
        memory.intent = Some(sent);
    }
    memory
}

/// A finalizer without any memory: a create may be in flight, and stays so in the new memory until it is seen, or seen to
/// be missing for the whole window.
fn possible_create(case: &Case<'_>, now: Timestamp) -> Option<Intent> {
    let fenced = case.fence == Fence::FinalizerStored;
    let held = matches!(case.desired.life, Life::Living | Life::Leaving(_));
    (held && !fenced).then(|| Intent {
        operation: Operation::Create.as_str().to_owned(),
        hash: case.desired.configuration.hash(),
        counter: 0,
        at: Time(now),
        outcome: None,
    })
}

/// The memory after a pass. `sent` is the intent of the call that was made.
pub fn remember(
    case: &Case<'_>,
    decision: &Decision,
    sent: Option<Intent>,
    answer: &Outcome,
    now: Timestamp,
) -> Memory {
    let mut memory = before_sending(case, decision, None, now);
    if let Some(sent) = sent {
        record(&mut memory, case, decision, sent, answer, now);
    }
    memory
}

/// What was sent, and what ECS answered.
fn record(
    memory: &mut Memory,
    case: &Case<'_>,
    decision: &Decision,
    mut sent: Intent,
    answer: &Outcome,
    now: Timestamp,
) {
    sent.outcome = match answer {
        Outcome::Failed(failure) => match failure.effect {
            Effect::None => Some(outcome::REFUSED.to_owned()),
            Effect::Unknown => None,
        },
        Outcome::Idle => None,
        Outcome::Created { .. } | Outcome::Updated { .. } => Some(outcome::ACCEPTED.to_owned()),
        Outcome::Accepted if sent.operation == Operation::Delete.as_str() => {
            Some(outcome::ACCEPTED.to_owned())
        }
        // A tag call that ECS accepted needs no waiting: the next look compares the tags.
        Outcome::Accepted => Some(outcome::LANDED.to_owned()),
    };
    memory.intent = Some(sent);
    match answer {
        Outcome::Created { created_at } => {
            memory.service = Some(KnownService {
                arn: case.desired.arn.to_string(),
                created_at: created_at.map(Time),
            });
            memory.last_applied = Some(first_applied(case));
            memory.rolled_back = None;
            memory.breaker = None;
            memory.tag_breaker = None;
            memory.restart.clone_from(&case.desired.restart);
            memory.retry.clone_from(&case.desired.retry);
        }
        Outcome::Updated { revision } => updated(memory, case, decision, revision, now),
        Outcome::Accepted => accepted(memory, case, decision),
        // Nobody knows whether the restart was begun: it is not asked again.
        Outcome::Failed(Failure {
            effect: Effect::Unknown,
            ..
        }) if matches!(decision.action, Action::Update(_)) => {
            memory.restart.clone_from(&case.desired.restart);
        }
        Outcome::Failed(failure) => note_refusal(memory, case, decision, failure),
        Outcome::Idle => {}
    }
}

fn first_applied(case: &Case<'_>) -> LastApplied {
    let desired = case.desired;
    LastApplied {
        hash: desired.configuration.hash(),
        rollout_hash: desired.configuration.rollout_hash(),
        tags_hash: Some(desired.tags_hash()),
        mode: desired.mode.as_str().to_owned(),
        fields: fields_in_force(case, &super::diff::Diff::default()),
        tag_keys: desired.user_tags.keys().cloned().collect(),
        revision: None,
    }
}

fn updated(
    memory: &mut Memory,
    case: &Case<'_>,
    decision: &Decision,
    revision: &Option<String>,
    now: Timestamp,
) {
    let Some(findings) = &decision.findings else {
        return;
    };
    memory.breaker = findings.diff.differences.first().map(|first| {
        let (path, hash) = (first.field.path(), case.desired.configuration.hash());
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
    let mut tag_keys = memory.tag_keys_set_before();
    tag_keys.extend(case.desired.user_tags.keys().cloned());
    memory.last_applied = Some(LastApplied {
        tag_keys: tag_keys.into_iter().collect(),
        ..applied(case, findings, memory, revision.clone())
    });
    memory.restart.clone_from(&case.desired.restart);
    memory.retry.clone_from(&case.desired.retry);
    // Scaling alone was sent: the rest stays rolled back.
    if !findings.rolled_back {
        memory.rolled_back = None;
    }
}

fn accepted(memory: &mut Memory, case: &Case<'_>, decision: &Decision) {
    match &decision.action {
        Action::Adopt(_) => {
            if let Observed::Present(service) = case.observed {
                memory.service = Some(KnownService {
                    arn: service.arn.to_string(),
                    created_at: service.created_at.map(Time),
                });
            }
            memory.tag_breaker = None;
            // A confirmed difference is sent whatever the drift policy: as an edit.
            memory.last_applied = Some(LastApplied {
                mode: case.desired.mode.as_str().to_owned(),
                ..LastApplied::default()
            });
        }
        Action::Tag(request) => {
            if let Some(findings) = &decision.findings {
                count_try(memory, case, findings);
                note_tags_sent(memory, case, findings);
            }
            if let Some(applied) = &mut memory.last_applied {
                let mut keys: std::collections::BTreeSet<_> = applied.tag_keys.drain(..).collect();
                let users = |key: &&String| case.desired.user_tags.contains_key(*key);
                keys.extend(request.tags.keys().filter(users).cloned());
                applied.tag_keys = keys.into_iter().collect();
            }
        }
        Action::Untag(request) => {
            if let Some(findings) = &decision.findings {
                note_tags_sent(memory, case, findings);
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
        | Action::LookAtTags
        | Action::ReleaseFinalizer => {}
    }
}
