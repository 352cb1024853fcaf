//! What a pass adds to the memory: first what the look taught, then what was sent and answered.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{
    decide::{Action, Case, Decision, Fence},
    desired::Life,
    failure::{Effect, Failure},
    findings::{Findings, fields_in_force},
    learn::{applied, lapse, learn, made_since},
    left_in_force::note_refusal,
    memory::{Operation, SCHEME, outcome},
    observed::Observed,
    tags::{count_try, note_tags_sent},
};
use crate::api::memory::{
    Breaker, Expected, InitialConfiguration, Intent, KnownService, LastApplied, Memory,
};

/// What became of the action.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
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
pub fn intent(case: &Case<'_>, decision: &Decision, now: Timestamp) -> Option<Intent> {
    let Decision {
        action, findings, ..
    } = decision;
    let operation = action.operation()?;
    let findings = findings.as_ref();
    let redeploys = matches!(operation, Operation::Create | Operation::Update);
    let counter = case.memory.map_or(1, Memory::next_counter);
    Some(Intent {
        operation: operation.as_str().to_owned(),
        hash: case.desired.configuration.hash(),
        counter,
        at: Time(now),
        outcome: None,
        expected: redeploys.then(|| {
            let applies = match findings {
                Some(findings) => {
                    let memory = before_sending(case, decision, None, now);
                    sent_configuration(case, findings, &memory)
                }
                None => first_applied(case),
            };
            expected(case, counter, applies)
        }),
    })
}

/// What a call that makes a revision is expected to bring, beside what is there before it.
fn expected(case: &Case<'_>, counter: i64, applies: LastApplied) -> Expected {
    let service = match case.observed {
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
            .or(case.deployment)
            .and_then(|deployment| deployment.arn.clone()),
        restart: case.desired.restart.clone(),
        retry: case.desired.retry.clone(),
    }
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
    if memory.last_applied.is_none() && memory.initial.is_none() {
        memory.initial = Some(InitialConfiguration::of(&case.desired.configuration));
    }
    if let (Observed::Present(service), Some(findings)) = (case.observed, &decision.findings) {
        learn(&mut memory, case, service, findings);
    }
    lapse(&mut memory, case);
    if let Some(sent) = sent {
        memory.intent = Some(sent);
        // Also if the answer is lost, a confirmed difference is sent whatever the drift policy: as an edit.
        if is_confirmed_adoption(decision) {
            memory.last_applied = Some(adopted(case));
        }
    }
    memory
}

fn is_confirmed_adoption(decision: &Decision) -> bool {
    let differs = |findings: &Findings| !findings.diff.is_empty();
    matches!(decision.action, Action::Adopt(_)) && decision.findings.as_ref().is_some_and(differs)
}

/// Nothing was applied to an adopted service: its configuration is another than any spec's.
fn adopted(case: &Case<'_>) -> LastApplied {
    LastApplied {
        mode: case.desired.mode.as_str().to_owned(),
        ..LastApplied::default()
    }
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
        expected: None,
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
    let refused = sent.outcome.as_deref() == Some(outcome::REFUSED);
    let former = memory.open_intent().cloned();
    let (counter, made_by_it) = (sent.counter, is_made_by(&sent, answer));
    let applies = match answer {
        Outcome::Updated { .. } => sent.expected.as_mut().and_then(|it| it.applies.take()),
        Outcome::Created { .. } if made_by_it => {
            sent.expected.as_mut().and_then(|it| it.applies.take())
        }
        // Its effect, if any, is still to be seen: the answer may speak of a service that was there.
        Outcome::Created { .. } => None,
        Outcome::Failed(_) if !refused => None,
        Outcome::Failed(_) | Outcome::Idle | Outcome::Accepted => {
            sent.expected = None;
            None
        }
    };
    let closed = refused || sent.outcome.as_deref() == Some(outcome::LANDED);
    memory.intent = Some(sent);
    // What is not open any more tells nothing of the create or update that was open before it.
    if let Some(former) = former.filter(|former| closed && is_kept(former, answer)) {
        memory.intent = Some(former.renumbered(counter));
    }
    match answer {
        Outcome::Created { created_at, .. } if made_by_it => {
            memory.service = Some(KnownService {
                arn: case.desired.arn.to_string(),
                created_at: created_at.map(Time),
            });
            memory.last_applied = applies;
            memory.initial = None;
            memory.rolled_back = None;
            memory.breaker = None;
            memory.tag_breaker = None;
            memory.restart.clone_from(&case.desired.restart);
            memory.retry.clone_from(&case.desired.retry);
        }
        Outcome::Created { .. } => {}
        Outcome::Updated { revision } => {
            if let Some(applies) = applies {
                memory.last_applied = Some(LastApplied {
                    revision: revision.clone(),
                    ..applies
                });
                memory.initial = None;
            }
            updated(memory, case, decision, now);
        }
        Outcome::Accepted => accepted(memory, case, decision),
        Outcome::Failed(_) if !refused && is_confirmed_adoption(decision) => {
            memory.last_applied = Some(adopted(case));
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

/// Whether the answer to a create speaks of a service that this very call made: it carries the owner tags of the call, and
/// is no older than the intent, as far as two clocks can tell. ECS may answer with a service that was there.
fn is_made_by(sent: &Intent, answer: &Outcome) -> bool {
    matches!(answer, Outcome::Created { created_at, tagged: true } if made_since(sent, *created_at))
}

/// Whether a create or update that was open before stays open after a call that is over.
fn is_kept(former: &Intent, answer: &Outcome) -> bool {
    let create = former.operation == Operation::Create.as_str();
    let update = former.operation == Operation::Update.as_str();
    // Only the refusal that the name is taken speaks of an earlier create.
    let name_taken = matches!(answer, Outcome::Failed(failure) if failure.kind.holds_the_name());
    update || create && name_taken
}

/// What an update of the spec makes of what was last applied.
fn sent_configuration(case: &Case<'_>, findings: &Findings, memory: &Memory) -> LastApplied {
    let mut tag_keys = memory.tag_keys_set_before();
    tag_keys.extend(case.desired.user_tags.keys().cloned());
    LastApplied {
        tag_keys: tag_keys.into_iter().collect(),
        ..applied(case, findings, memory, None)
    }
}

fn updated(memory: &mut Memory, case: &Case<'_>, decision: &Decision, now: Timestamp) {
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
            if is_confirmed_adoption(decision) {
                memory.last_applied = Some(adopted(case));
            }
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
