//! What a look teaches the memory.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{
    assessment::{Assessment, Owner, fields_in_force},
    decide::Input,
    memory::{IntentState, Operation},
    observed::{Observed, Service, StatusCode},
    rollout::{CLOCK_SKEW, Rollout},
    tags::record_given_up,
    update_intent::{UpdateIntent, expired, landed},
};
use crate::api::memory::{
    InitialConfiguration, Intent, KnownService, LastApplied, OperatorState, RolledBack,
};

/// What a look at a service of ours teaches.
pub(super) fn record_observation(
    memory: &mut OperatorState,
    input: &Input<'_>,
    service: &Service,
    assessment: &Assessment,
) {
    if !matches!(assessment.owner, Owner::Ours | Owner::TagsLost) {
        return;
    }
    let known = KnownService {
        arn: service.arn.to_string(),
        created_at: service.created_at.map(Time),
    };
    // A service that drains before this object ever had one is its ancestor's.
    if service.code != StatusCode::Draining || memory.service.as_ref() == Some(&known) {
        memory.service = Some(known);
    }
    record_given_up(memory, assessment);
    let in_sync = assessment.is_final(service);
    record_effects(memory, input, service, &assessment.update);
    if let Rollout::Failed(deployment) = &assessment.rollout
        && (assessment.rolled_back || in_sync)
    {
        let rollout_hash = input.desired.configuration.rollout_hash();
        // What was sent alone since then does not change why the rest was rolled back.
        let recorded = memory.rollback_of(&rollout_hash).is_some_and(|recorded| {
            recorded.status.is_some() && recorded.revision != deployment.target_revision
        });
        if !recorded {
            memory.rolled_back = Some(RolledBack {
                rollout_hash,
                revision: deployment.target_revision.clone(),
                status: deployment.status.clone(),
                reason: deployment.reason.clone(),
            });
        }
    } else if in_sync {
        memory.rolled_back = None;
    }
    // After a create its only revision is ECS's reading of what was sent.
    if let ([only], Some(applied), Some(intent)) = (
        &service.revisions[..],
        &mut memory.last_applied,
        &memory.intent,
    ) && intent.is_for(Operation::Create)
        && intent.hash == applied.hash
        && applied.revision.is_none()
    {
        applied.revision = Some(only.arn.clone());
    }
    if in_sync {
        memory.initial = None;
        memory.breaker = None;
        if !matches!(assessment.rollout, Rollout::Failed(_)) {
            memory.retry.clone_from(&input.desired.retry);
        }
        memory.last_applied = Some(applied(
            input,
            assessment,
            memory,
            service.newest().map(|r| r.arn.clone()),
        ));
    }
}

/// Records what an observation of a service of ours says of the create or update that is open.
pub(super) fn record_effects(
    memory: &mut OperatorState,
    input: &Input<'_>,
    service: &Service,
    update: &UpdateIntent,
) {
    // What drains under the name is an ancestor's.
    if let Some(create) = memory.open(Operation::Create).cloned()
        && service.code != StatusCode::Draining
    {
        if made_since(&create, service.created_at) {
            landed(memory, input, None);
        } else {
            was_there_before(memory);
        }
    }
    update.record(memory, input);
}

/// Whether a service was made after an intent was stored, as far as two clocks can tell.
pub(super) fn made_since(create: &Intent, made: Option<Timestamp>) -> bool {
    let earliest = create.at.0.as_second() - CLOCK_SKEW;
    made.is_none_or(|made| made.as_second() >= earliest)
}

/// The create made nothing: the service is older than it.
fn was_there_before(memory: &mut OperatorState) {
    let Some(create) = &mut memory.intent else {
        return;
    };
    create.set_state(IntentState::Rejected);
    let applies = create.take_expected().and_then(|expected| expected.applies);
    // From then on another spec is an edit, also once another intent is stored.
    if let Some(applies) = applies.filter(|_| memory.last_applied.is_none()) {
        memory.initial = Some(InitialConfiguration {
            hash: applies.hash,
            rollout_hash: applies.rollout_hash,
        });
    }
}

/// The configuration of the spec, as applied.
pub(super) fn applied(
    input: &Input<'_>,
    assessment: &Assessment,
    memory: &OperatorState,
    revision: Option<String>,
) -> LastApplied {
    let desired = input.desired;
    let mut tag_keys = memory.tag_keys_set_before();
    tag_keys.retain(|key| assessment.tags.remove.contains(key));
    tag_keys.extend(desired.user_tags.keys().cloned());
    LastApplied {
        hash: desired.configuration.hash(),
        rollout_hash: desired.configuration.rollout_hash(),
        tags_hash: if assessment.tags.is_empty() {
            Some(desired.tags_hash())
        } else {
            memory
                .last_applied
                .as_ref()
                .and_then(|applied| applied.tags_hash.clone())
        },
        mode: desired.mode.as_str().to_owned(),
        fields: fields_in_force(input, &assessment.diff),
        tag_keys: tag_keys.into_iter().collect(),
        revision,
    }
}

/// An intent whose window has passed without a trace of it.
pub(super) fn expire(memory: &mut OperatorState, input: &Input<'_>) {
    // What has become of an update was recorded with the findings.
    let open = memory
        .open_intent()
        .is_some_and(|intent| !intent.is_for(Operation::Update));
    let present = matches!(input.observed, Observed::Present(_));
    if open && present && input.history.intent_open_for(input.windows.settle) {
        expired(memory);
    }
}
