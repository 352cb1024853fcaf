//! Updates the operator state from an observation.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::{
    api::operator_state::{KnownService, OperatorState, RolledBack},
    core::{
        decide::{
            assessment::Assessment,
            input::Input,
            intent_effects::{expired, record_effects},
            ownership::Owner,
            rollout::Rollout,
        },
        observed::service::{Observed, Service, StatusCode},
        operator_state::intent::Operation,
        record::{last_applied::applied, tags::record_given_up},
    },
};

/// What a look at a service of ours teaches.
pub(crate) fn record_observation(
    state: &mut OperatorState,
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
    if service.code != StatusCode::Draining || state.service.as_ref() == Some(&known) {
        state.service = Some(known);
    }
    record_given_up(state, assessment);
    let in_sync = assessment.is_final(service);
    record_effects(state, input, service, &assessment.update);
    if let Rollout::Failed(deployment) = &assessment.rollout
        && (assessment.rolled_back || in_sync)
    {
        let rollout_hash = input.desired.configuration.rollout_hash();
        // What was sent alone since then does not change why the rest was rolled back.
        let recorded = state.rollback_of(&rollout_hash).is_some_and(|recorded| {
            recorded.status.is_some() && recorded.revision != deployment.target_revision
        });
        if !recorded {
            state.rolled_back = Some(RolledBack {
                rollout_hash,
                revision: deployment.target_revision.clone(),
                status: deployment.status.clone(),
                reason: deployment.reason.clone(),
            });
        }
    } else if in_sync {
        state.rolled_back = None;
    }
    // After a create its only revision is ECS's reading of what was sent.
    if let ([only], Some(applied), Some(intent)) = (
        &service.revisions[..],
        &mut state.last_applied,
        &state.intent,
    ) && intent.is_for(Operation::Create)
        && intent.hash == applied.hash
        && applied.revision.is_none()
    {
        applied.revision = Some(only.arn.clone());
    }
    if in_sync {
        state.initial = None;
        state.breaker = None;
        if !matches!(assessment.rollout, Rollout::Failed(_)) {
            state.retry.clone_from(&input.desired.retry);
        }
        state.last_applied = Some(applied(
            input,
            assessment,
            state,
            service.newest().map(|r| r.arn.clone()),
        ));
    }
}

/// An intent whose window has passed without a trace of it.
pub(crate) fn expire(state: &mut OperatorState, input: &Input<'_>) {
    // What has become of an update was recorded with the findings.
    let open = state
        .open_intent()
        .is_some_and(|intent| !intent.is_for(Operation::Update));
    let present = matches!(input.observed, Observed::Present(_));
    if open && present && input.history.intent_open_for(input.windows.settle) {
        expired(state);
    }
}
