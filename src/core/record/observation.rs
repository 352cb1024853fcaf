//! Updates the operator state from an observation.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::{
    api::{
        operator_state::{KnownService, OperatorState, RolledBack},
        status::DeploymentStatus,
    },
    core::{
        decide::{
            assessment::Assessment,
            input::Input,
            intent_effects::{record_effects, record_expired},
            ownership::Owner,
            rollout::Rollout,
        },
        observed::service::{Observed, Revision, Service, StatusCode},
        operator_state::intent::Operation,
        record::{last_applied::applied, tags::record_given_up},
    },
};

/// Updates the operator state from the observation of a service of this object.
pub(crate) fn record_observation(
    state: &mut OperatorState,
    input: &Input<'_>,
    service: &Service,
    assessment: &Assessment,
) {
    if !matches!(assessment.owner, Owner::Ours | Owner::TagsLost) {
        return;
    }
    record_service(state, service);
    record_given_up(state, assessment);
    record_effects(state, input, service, &assessment.update);
    record_rollback(state, input, assessment);
    record_first_revision(state, service);
    if assessment.is_final() {
        state.initial = None;
        state.breaker = None;
        // While the rollout is unknown, it may have failed, and a retry may be due.
        if !matches!(
            assessment.rollout,
            Rollout::Failed(_) | Rollout::Unreadable(_)
        ) {
            state.retry.clone_from(&input.desired.retry);
        }
        let newest = service.newest().map(|newest| newest.arn.clone());
        state.last_applied = Some(applied(input, assessment, state, newest));
    }
}

/// Records the identity of the service.
fn record_service(state: &mut OperatorState, service: &Service) {
    let known = KnownService {
        arn: service.arn.to_string(),
        created_at: service.created_at.map(Time),
    };
    // A service that is already draining before this object had one belongs to an earlier object.
    if service.code != StatusCode::Draining || state.service.as_ref() == Some(&known) {
        state.service = Some(known);
    }
}

/// Records that ECS rolled the configuration back, or that it no longer is rolled back.
fn record_rollback(state: &mut OperatorState, input: &Input<'_>, assessment: &Assessment) {
    let in_sync = assessment.is_final();
    let rollout_hash = input.desired.configuration.rollout_hash();
    let deployment = match &assessment.rollout {
        Rollout::Failed(deployment) if assessment.rolled_back || in_sync => deployment,
        Rollout::Pending
        | Rollout::InProgress(_)
        | Rollout::Stopped(_)
        | Rollout::Succeeded(_)
        | Rollout::Failed(_) => {
            if in_sync {
                state.rolled_back = None;
            }
            return;
        }
        Rollout::Unreadable(_) => {
            // Whether the recorded rollback still stands is unknown, unless it is one of another configuration.
            if in_sync && state.rollback_of(&rollout_hash).is_none() {
                state.rolled_back = None;
            }
            return;
        }
    };
    // A later update of scaling alone does not change why the rest was rolled back.
    let is_recorded = state.rollback_of(&rollout_hash).is_some_and(|recorded| {
        recorded.status.is_some() && recorded.revision != deployment.target_revision
    });
    if !is_recorded {
        state.rolled_back = Some(RolledBack {
            rollout_hash,
            revision: deployment.target_revision.clone(),
            status: deployment.status.clone(),
            reason: deployment.reason.clone(),
        });
    }
}

/// Records the revision of a create: the only one of the service, and the target of its only deployment, whatever ECS made
/// of the configuration. An update by others may have replaced it before ECS showed it.
fn record_first_revision(state: &mut OperatorState, service: &Service) {
    if let ([only], Some(applied), Some(intent)) = (
        &service.revisions[..],
        &mut state.last_applied,
        &state.intent,
    ) && intent.is_for(Operation::Create)
        && intent.hash == applied.hash
        && applied.revision.is_none()
        && is_first(only, service)
    {
        applied.revision = Some(only.arn.clone());
    }
}

/// Whether the service has no deployment of any other revision.
fn is_first(revision: &Revision, service: &Service) -> bool {
    let targets = |deployment: &DeploymentStatus| {
        deployment.target_revision.as_deref() == Some(revision.arn.as_str())
    };
    let deployments = service.deployments.got();
    deployments.is_some_and(|all| !all.is_empty() && all.iter().all(targets))
}

/// Records that an intent is no longer open because the settle window passed without a trace of the call.
pub(crate) fn expire_intent(state: &mut OperatorState, input: &Input<'_>) {
    // What became of an update is recorded with the assessment.
    let open = state
        .open_intent()
        .is_some_and(|intent| !intent.is_for(Operation::Update));
    let present = matches!(input.observed, Observed::Present(_));
    if open && present && input.history.intent_open_for(input.windows.settle) {
        record_expired(state);
    }
}
