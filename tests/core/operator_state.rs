//! What a reconcile records in the operator state, and what it must not.

use ecs_express_operator::{
    api::{
        annotations,
        operator_state::{Breaker, OperatorState},
    },
    core::{
        decide::{action::Action, input::Fence},
        observed::{
            failure::{Effect, FailureKind},
            service::{Observed, StatusCode},
        },
        record::{
            call::record_call,
            call_result::CallResult,
            intent::{intent, state_before_call},
        },
    },
};
use serde_json::json;

use crate::fixtures::*;

/// The operator state after a reconcile that sends nothing.
fn after(given: &OwnedInput) -> OperatorState {
    record_call(
        &given.input(),
        &given.decide(),
        None,
        &CallResult::Idle,
        at(0),
    )
}

#[test]
fn a_breaker_with_the_highest_count_still_counts_a_retry() {
    let wanted = desired(&[json!({
        "metadata": {"annotations": {(annotations::RETRY): "again"}}, "spec": {"cpu": "512"},
    })]);
    let mut state = applied_state(&wanted);
    state.breaker = Some(Breaker {
        path: "spec.cpu".into(),
        hash: wanted.configuration.hash(),
        count: i32::MAX,
        since: None,
    });
    let mut drifted = service(&wanted);
    drifted.revisions[0].configuration.cpu = Some("4096".into());
    drifted.revisions[0].arn = "another".into();
    let observed = Observed::Present(Box::new(drifted));
    let given = OwnedInput::of(wanted, observed, Some(state));
    let updated = CallResult::Updated { revision: None };
    let breaker = state_after_call(&given, &updated).breaker.unwrap();
    assert_eq!(breaker.count, i32::MAX);
}

#[test]
fn the_intent_after_the_one_with_the_last_number_has_another_number() {
    let deleting = desired(&[deleting("Delete")]);
    for counter in [i64::MAX, i64::MIN, -1, 0] {
        let mut state = applied_state(&deleting);
        let mut last = crate::fixtures::intent("Update", "0", Some("Applied"));
        last.counter = counter;
        state.intent = Some(last);
        let observed = Observed::Present(Box::new(service(&deleting)));
        let given = OwnedInput::of(deleting.clone(), observed, Some(state));
        let next = intent(&given.input(), &given.decide(), at(0)).unwrap();
        assert_ne!(next.counter, counter, "the fence must change something");
    }
}

/// The operator state after the decided call, with this result.
fn state_after_call(given: &OwnedInput, result: &CallResult) -> OperatorState {
    let decision = given.decide();
    let sent = intent(&given.input(), &decision, at(0));
    assert!(sent.is_some(), "{:?}", decision.action);
    record_call(&given.input(), &decision, sent, result, at(0))
}

fn unknown() -> CallResult {
    CallResult::Failed(failure(FailureKind::Unavailable, Effect::Unknown))
}

#[test]
fn a_finalizer_without_operator_state_keeps_its_whole_window_after_the_first_status_is_written() {
    for wanted in [desired(&[]), desired(&[deleting("Delete")])] {
        let first = OwnedInput::of(wanted.clone(), MISSING, None);
        let state = after(&first);
        let at_seconds = |seconds| {
            OwnedInput::of(wanted.clone(), MISSING, Some(state.clone()))
                .observed_for(seconds)
                .decide()
                .action
        };
        assert_eq!(at_seconds(0), Action::Nothing);
        assert_eq!(at_seconds(119), Action::Nothing);
        assert_ne!(at_seconds(120), Action::Nothing);
    }
}

#[test]
fn a_finalizer_added_in_this_reconcile_leaves_no_create_in_doubt() {
    let mut given = OwnedInput::of(
        desired(&[json!({"spec": {"suspend": true}})]),
        MISSING,
        None,
    );
    given.fence = Fence::FinalizerJustAdded;
    assert_eq!(after(&given).open_intent(), None);
}

#[test]
fn observing_the_service_resolves_a_create_in_doubt() {
    let wanted = desired(&[]);
    let given = OwnedInput::of(
        wanted.clone(),
        Observed::Present(Box::new(service(&wanted))),
        None,
    );
    assert_eq!(after(&given).open_intent(), None);
}

#[test]
fn the_revision_of_the_previous_update_does_not_resolve_a_lost_one() {
    let before = desired(&[]);
    let edited = desired(&[json!({"spec": {"primaryContainer": {"image": "shop:2"}}})]);
    let observed = Observed::Present(Box::new(service(&before)));
    let lost = state_after_call(
        &OwnedInput::of(
            edited.clone(),
            observed.clone(),
            Some(applied_state(&before)),
        ),
        &unknown(),
    );
    assert!(lost.open_intent().is_some());
    let next = OwnedInput::of(edited, observed, Some(lost));
    assert_eq!(next.decide().action, Action::Nothing);
    assert!(
        after(&next).open_intent().is_some(),
        "it is still open after the observation"
    );
}

#[test]
fn a_restart_whose_response_is_lost_is_not_repeated_and_one_that_is_rejected_is() {
    let restart = json!({"metadata": {"annotations": {(annotations::RESTART): "1"}}});
    let wanted = desired(&[restart]);
    let observed = Observed::Present(Box::new(service(&wanted)));
    let given = OwnedInput::of(wanted, observed, Some(applied_state(&desired(&[]))));
    let decision = given.decide();
    assert!(matches!(decision.action, Action::Update(_)));
    let sent = intent(&given.input(), &decision, at(0));
    let fence = state_before_call(&given.input(), &decision, sent, at(0));
    let open = |state: &OperatorState| {
        state
            .open_intent()
            .and_then(|intent| intent.expected()?.restart.clone())
    };
    assert_eq!(
        open(&fence).as_deref(),
        Some("1"),
        "a process that dies after the fence does not repeat it"
    );
    let lost = state_after_call(&given, &unknown());
    assert_eq!(open(&lost).as_deref(), Some("1"));
    let next = OwnedInput::of(
        given.desired.clone(),
        given.observed.clone(),
        Some(lost.clone()),
    );
    assert_eq!(next.decide().action, Action::Nothing);
    assert_eq!(next.observed_for(119).decide().action, Action::Nothing);
    let next = OwnedInput::of(given.desired.clone(), given.observed.clone(), Some(lost));
    let expired = next.observed_for(120).decide().action;
    assert!(matches!(expired, Action::Update(_)), "it leaves no trace");
    let refused = CallResult::Failed(failure(FailureKind::Throttled, Effect::None));
    assert_eq!(state_after_call(&given, &refused).restart, None);
}

#[test]
fn a_draining_service_is_not_recorded_as_ours() {
    let wanted = desired(&[json!({"spec": {"driftPolicy": "Report"}})]);
    let mut ancestor = service(&wanted);
    ancestor.code = StatusCode::Draining;
    let given = OwnedInput::of(
        wanted.clone(),
        Observed::Present(Box::new(ancestor)),
        Some(empty_state()),
    );
    let state = after(&given);
    assert_eq!(state.service, None);
    let gone = OwnedInput::of(wanted, MISSING, Some(state));
    assert!(matches!(gone.decide().action, Action::Create(_)));
}

#[test]
fn the_only_revision_after_a_create_is_how_ecs_read_the_spec() {
    let wanted = desired(&[]);
    let mut created = state_after_call(
        &OwnedInput::of(wanted.clone(), MISSING, Some(empty_state())),
        &CallResult::Created {
            created_at: Some(at(0)),
            tagged: true,
        },
    );
    let mut read_otherwise = service(&wanted);
    read_otherwise.revisions[0]
        .configuration
        .container
        .as_mut()
        .unwrap()
        .image = "docker.io/shop:1".into();
    let observed = Observed::Present(Box::new(read_otherwise));
    created = after(&OwnedInput::of(
        wanted.clone(),
        observed.clone(),
        Some(created),
    ));
    let decision = OwnedInput::of(wanted, observed, Some(created)).decide();
    assert_eq!(
        decision.action,
        Action::Nothing,
        "no chain of deployments: {:?}",
        decision.reason
    );
}

#[test]
fn a_retry_is_kept_until_it_is_done() {
    let wanted = desired(&[json!({"metadata": {"annotations": {(annotations::RETRY): "1"}}})]);
    let mut stopped = service(&wanted);
    stopped.deployments =
        ecs_express_operator::core::observed::service::Read::Got(vec![deployment(
            REVISION, "STOPPED",
        )]);
    let given = OwnedInput::of(
        wanted,
        Observed::Present(Box::new(stopped)),
        Some(applied_state(&desired(&[]))),
    );
    assert_eq!(after(&given).retry, None);
}

#[test]
fn a_draining_predecessor_does_not_resolve_a_create_whose_response_is_lost() {
    let wanted = desired(&[]);
    let mut ancestor = service(&wanted);
    ancestor.code = StatusCode::Draining;
    let mut lost = empty_state();
    lost.intent = Some(crate::fixtures::intent("Create", "h", None));
    let given = OwnedInput::of(wanted, Observed::Present(Box::new(ancestor)), Some(lost));
    assert!(after(&given).open_intent().is_some());
}

#[test]
fn a_transient_failure_to_list_deployments_hides_nothing_that_holds_an_update_back() {
    let wanted = desired(&[]);
    let mut read_otherwise = service(&wanted);
    let configuration = &mut read_otherwise.revisions[0].configuration;
    configuration.container.as_mut().unwrap().image = "docker.io/shop:1".into();
    let throttled = failure(FailureKind::Throttled, Effect::None);
    read_otherwise.deployments =
        ecs_express_operator::core::observed::service::Read::Failed(throttled);
    let observed = Observed::Present(Box::new(read_otherwise));
    let given = OwnedInput::of(wanted.clone(), observed, Some(applied_state(&wanted)));
    let decision = given.decide();
    assert_eq!(decision.action, Action::Nothing);
    assert_eq!(decision.reason.as_str(), "NotConverging");
}
