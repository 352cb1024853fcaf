//! The intent of an action, and the operator state that is stored with it before the call is sent.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::{
    api::operator_state::{Expected, InitialConfiguration, Intent, LastApplied, OperatorState},
    core::{
        decide::{
            action::Action,
            assessment::Assessment,
            decision::Decision,
            input::{Fence, Input},
        },
        desired::policy::Phase,
        observed::service::Observed,
        operator_state::{intent::Operation, state::SCHEME},
        record::{
            last_applied::{adopted, first_applied, sent_configuration},
            observation::{expire_intent, record_observation},
        },
    },
};

/// Returns the intent of an action, or `None` if the action changes nothing in ECS.
pub fn intent(input: &Input<'_>, decision: &Decision, now: Timestamp) -> Option<Intent> {
    let Decision {
        action, assessment, ..
    } = decision;
    let operation = action.operation()?;
    let assessment = assessment.as_ref();
    let redeploys = matches!(operation, Operation::Create | Operation::Update);
    let counter = input.state.map_or(1, OperatorState::next_counter);
    Some(Intent {
        operation: operation.as_str().to_owned(),
        hash: input.desired.configuration.hash(),
        counter,
        at: Time(now),
        outcome: None,
        expected: redeploys.then(|| {
            let applies = match assessment {
                Some(assessment) => {
                    let state = state_before_call(input, decision, None, now);
                    sent_configuration(input, assessment, &state)
                }
                None => first_applied(input),
            };
            expected(input, counter, applies)
        }),
    })
}

/// The expected effect of a call that creates a revision, and what ECS shows before the call.
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

/// Returns the operator state after the observation alone. With `sent`, it is what is stored before the call goes out.
pub fn state_before_call(
    input: &Input<'_>,
    decision: &Decision,
    sent: Option<Intent>,
    now: Timestamp,
) -> OperatorState {
    let mut state = input.state.cloned().unwrap_or_else(|| OperatorState {
        scheme: SCHEME,
        // A restart or retry that was asked for before there was an operator state counts as done.
        restart: input.desired.restart.clone(),
        retry: input.desired.retry.clone(),
        intent: possible_create(input, now),
        ..OperatorState::default()
    });
    if state.last_applied.is_none() && state.initial.is_none() {
        state.initial = Some(InitialConfiguration::of(&input.desired.configuration));
    }
    if let (Observed::Present(service), Some(assessment)) = (input.observed, &decision.assessment) {
        record_observation(&mut state, input, service, assessment);
    }
    expire_intent(&mut state, input);
    if let Some(sent) = sent {
        state.intent = Some(sent);
        // Even if the answer is lost, a confirmed difference is then sent as an edit, whatever the drift policy.
        if is_confirmed_adoption(decision) {
            state.last_applied = Some(adopted(input));
        }
    }
    state
}

/// Whether the action adopts a service that differs from the spec, which the user confirmed.
pub(crate) fn is_confirmed_adoption(decision: &Decision) -> bool {
    let differs = |assessment: &Assessment| !assessment.diff.is_empty();
    matches!(decision.action, Action::Adopt(_)) && decision.assessment.as_ref().is_some_and(differs)
}

/// An open create, for an object that has the finalizer but no operator state: a create may be in flight. It stays open until
/// the service is observed, or is missing for the whole settle window.
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
