//! What a call and an observation leave in the operator state: what stays open, and what is forgotten.

use ecs_express_operator::{
    api::{
        annotations,
        operator_state::{Breaker, Expected, OperatorState, RolledBack},
    },
    core::{
        decide::action::Action,
        desired::object::Desired,
        observed::{
            failure::{Effect, FailureKind},
            service::{Observed, Read, Service},
        },
        operator_state::intent::Operation,
        record::{call::record_call, call_result::CallResult, intent::intent as intent_of},
    },
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde_json::json;

use crate::fixtures::*;

/// The operator state after the decided call with this result, or after the observation alone if nothing is sent.
fn after(given: &OwnedInput, result: &CallResult) -> OperatorState {
    let decision = given.decide();
    let sent = intent_of(&given.input(), &decision, at(0));
    record_call(&given.input(), &decision, sent, result, at(0))
}

fn rejected(kind: FailureKind) -> CallResult {
    CallResult::Failed(failure(kind, Effect::None))
}

fn present(service: Service) -> Observed {
    Observed::Present(Box::new(service))
}

fn image(image: &str) -> Desired {
    desired(&[json!({"spec": {"primaryContainer": {"image": image}}})])
}

fn breaker(path: &str) -> Breaker {
    Breaker {
        path: path.into(),
        hash: "h".into(),
        count: 4,
        since: Some(Time(at(0))),
    }
}

/// A create without an answer, over whose whole window the service was missing.
fn create_in_doubt() -> OwnedInput {
    let mut state = empty_state();
    state.intent = Some(intent("Create", "h", None));
    OwnedInput::of(desired(&[]), MISSING, Some(state)).observed_for(120)
}

#[test]
fn a_create_in_doubt_stays_open_only_if_the_next_one_finds_its_name_taken() {
    let given = create_in_doubt();
    assert!(matches!(given.decide().action, Action::Create(_)));
    let taken = after(&given, &rejected(FailureKind::NameTaken));
    assert!(
        taken.open(Operation::Create).is_some(),
        "it may be the first one's"
    );
    for kind in [
        FailureKind::Throttled,
        FailureKind::AccessDenied,
        FailureKind::InvalidParameter,
    ] {
        let state = after(&given, &rejected(kind));
        assert_eq!(state.open_intent(), None, "{kind:?}");
    }
}

#[test]
fn a_create_in_doubt_is_not_given_up_while_the_service_is_missing() {
    let given = create_in_doubt();
    let suspended = OwnedInput {
        desired: desired(&[json!({"spec": {"suspend": true}})]),
        ..given
    };
    assert_eq!(suspended.decide().action, Action::Nothing);
    let state = after(&suspended, &CallResult::Idle);
    assert!(state.open(Operation::Create).is_some());
}

#[test]
fn a_new_service_starts_without_the_breakers_of_the_previous_one() {
    let mut state = applied_state(&desired(&[]));
    state.breaker = Some(breaker("spec.cpu"));
    state.tag_breaker = Some(breaker("spec.tags[team]"));
    let given = OwnedInput::of(desired(&[]), MISSING, Some(state)).observed_for(10);
    let created = CallResult::Created {
        created_at: Some(at(0)),
        tagged: true,
    };
    let state = after(&given, &created);
    assert_eq!((state.breaker, state.tag_breaker), (None, None));
}

/// A service that another infrastructure role made immutable and whose owner tags are lost, with an open update: only its
/// tags can be set.
fn tags_lost_with_open_update() -> OwnedInput {
    let wanted = image("shop:2");
    let mut state = applied_state(&image("shop:1"));
    let mut update = intent("Update", &wanted.configuration.hash(), None);
    update.expected = Some(Expected {
        counter: update.counter,
        applies: applied_state(&wanted).last_applied,
        revision_before: Some(REVISION.into()),
        ..Expected::default()
    });
    state.intent = Some(update);
    let mut service = service(&image("shop:1"));
    remove_owner_tags(&mut service);
    service.infrastructure_role_arn = Some("arn:aws:iam::123456789012:role/other".into());
    OwnedInput::of(wanted, present(service), Some(state))
}

#[test]
fn tags_that_are_set_meanwhile_leave_an_update_in_doubt_open() {
    let given = tags_lost_with_open_update();
    assert!(matches!(given.decide().action, Action::Tag(_)));
    for result in [CallResult::Accepted, rejected(FailureKind::Throttled)] {
        let state = after(&given, &result);
        let update = state.open(Operation::Update).expect("it is still in doubt");
        assert!(
            update.expected().is_some(),
            "its effect can still be recognised"
        );
    }
}

#[test]
fn a_restart_that_took_effect_is_done_also_on_a_service_whose_owner_tags_cannot_be_set() {
    let restart = json!({"metadata": {"annotations": {(annotations::RESTART): "1"}}});
    let wanted = desired(&[restart]);
    let mut state = applied_state(&desired(&[]));
    let mut update = intent("Update", &wanted.configuration.hash(), None);
    update.expected = Some(Expected {
        counter: update.counter,
        applies: state.last_applied.clone(),
        revision_before: Some(REVISION.into()),
        revision_made_at: Some(Time(at(10))),
        restart: Some("1".into()),
        ..Expected::default()
    });
    state.intent = Some(update);
    state.tag_breaker = Some(Breaker {
        hash: wanted.tags_hash(),
        ..breaker("tags[ecs-express.dev/cluster-id]")
    });
    let mut service = service(&wanted);
    remove_owner_tags(&mut service);
    let newest = &mut service.revisions[0];
    newest.arn = "arn:aws:ecs:eu-west-1:123456789012:service-revision/default/team-a_shop/2".into();
    newest.created_at = Some(at(20));
    service.deployments = Read::Got(vec![deployment(&service.revisions[0].arn, "SUCCESSFUL")]);
    let given = OwnedInput::of(wanted, present(service), Some(state));
    assert_eq!(
        given.decide().action,
        Action::Nothing,
        "{:?}",
        given.decide().reason
    );
    let state = after(&given, &CallResult::Idle);
    assert_eq!(state.restart.as_deref(), Some("1"));
}

#[test]
fn an_invalid_update_opens_the_breaker_of_the_security_groups_only_if_it_cleared_them() {
    let groups = json!({"spec": {"networkConfiguration": {"securityGroups": ["sg-1"]}}});
    let before = desired(&[groups]);
    let observed = present(service(&before));
    let state = || Some(applied_state(&before));
    let invalid = rejected(FailureKind::InvalidParameter);

    let cleared = OwnedInput::of(desired(&[]), observed.clone(), state());
    let Action::Update(request) = cleared.decide().action else {
        panic!("{:?}", cleared.decide());
    };
    assert!(!request.cleared.is_empty());
    assert!(after(&cleared, &invalid).breaker.is_some());
    let throttled = rejected(FailureKind::Throttled);
    assert_eq!(after(&cleared, &throttled).breaker, None);

    let other = json!({"spec": {"networkConfiguration": {"securityGroups": ["sg-2"]}}});
    let replaced = OwnedInput::of(desired(&[other]), observed, state());
    assert!(matches!(replaced.decide().action, Action::Update(_)));
    assert_eq!(after(&replaced, &invalid).breaker, None);
}

#[test]
fn the_end_of_a_rollback_is_recorded_once_it_is_known_and_not_replaced_by_a_later_one() {
    let wanted = image("shop:2");
    let recorded = |status: Option<&str>| RolledBack {
        rollout_hash: wanted.configuration.rollout_hash(),
        revision: Some("former".into()),
        status: status.map(str::to_owned),
        reason: None,
    };
    let after_rollback = |status| {
        let mut state = applied_state(&wanted);
        state.rolled_back = Some(recorded(status));
        let mut runs = service(&image("shop:1"));
        runs.revisions[0].arn = "first".into();
        runs.deployments = Read::Got(vec![deployment(REVISION, "ROLLBACK_SUCCESSFUL")]);
        let given = OwnedInput::of(wanted.clone(), present(runs), Some(state));
        after(&given, &CallResult::Idle).rolled_back.unwrap()
    };
    assert_eq!(
        after_rollback(Some("ROLLBACK_FAILED")),
        recorded(Some("ROLLBACK_FAILED"))
    );
    // An earlier version recorded no status.
    let now = after_rollback(None);
    assert_eq!(now.status.as_deref(), Some("ROLLBACK_SUCCESSFUL"));
    assert_eq!(now.revision.as_deref(), Some(REVISION));
}

#[test]
fn the_only_revision_is_that_of_a_create_only_if_the_create_sent_what_was_applied_last() {
    let (created, wanted) = (image("shop:1"), image("shop:2"));
    for (hash, known) in [
        (created.configuration.hash(), true),
        ("other".to_owned(), false),
    ] {
        let mut state = applied_state(&created);
        state.last_applied.as_mut().unwrap().revision = None;
        state.intent = Some(intent("Create", &hash, Some("Applied")));
        let mut runs = service(&image("shop:9"));
        runs.deployments = Read::Got(vec![in_progress(REVISION, "SCALE_UP")]);
        let given = OwnedInput::of(wanted.clone(), present(runs), Some(state));
        let state = after(&given, &CallResult::Idle);
        let revision = state.last_applied.unwrap().revision;
        assert_eq!(revision.is_some(), known, "{hash}");
    }
}
