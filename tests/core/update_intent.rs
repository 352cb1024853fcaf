//! What an observation shows about an update in doubt.

use ecs_express_operator::{
    api::{
        annotations,
        operator_state::{Expected, OperatorState},
        status::DeploymentStatus,
    },
    core::{
        decide::{action::Action, reason::Reason, update_intent::UpdateIntent},
        desired::object::Desired,
        observed::{
            failure::{Effect, FailureKind},
            service::{Observed, Read, Service},
        },
    },
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde_json::{Value, json};

use crate::fixtures::*;

const NEW: &str = "arn:aws:ecs:eu-west-1:123456789012:service-revision/default/team-a_shop/2";

/// The spec with this image.
fn image(image: &str) -> Desired {
    desired(&[json!({"spec": {"primaryContainer": {"image": image}}})])
}

/// The operator state after an update to `shop:2` was sent while `shop:1` ran.
fn sent(outcome: Option<&str>) -> OperatorState {
    let (before, sent) = (image("shop:1"), image("shop:2"));
    let mut state = applied_state(&before);
    let mut intent = intent("Update", &sent.configuration.hash(), outcome);
    let mut expected = Expected {
        counter: intent.counter,
        revision_before: Some(REVISION.into()),
        revision_made_at: Some(Time(at(10))),
        deployment_before: Some(format!("{REVISION}/deployment")),
        ..Expected::default()
    };
    if outcome.is_some() {
        state = applied_state(&sent);
        if let Some(applied) = &mut state.last_applied {
            applied.revision = Some(NEW.into());
        }
    } else {
        expected.applies = applied_state(&sent).last_applied;
    }
    intent.expected = Some(expected);
    state.intent = Some(intent);
    state
}

/// A service that runs `shop:1`, with a change.
fn runs(change: impl FnOnce(&mut Service)) -> Service {
    let mut service = service(&image("shop:1"));
    change(&mut service);
    service
}

/// A service that shows a new revision with this image beside the previous one.
fn shows(image: &str) -> Service {
    runs(|service| {
        let mut newest = service.revisions[0].clone();
        newest.arn = NEW.into();
        newest.created_at = Some(at(20));
        newest.configuration.container.as_mut().unwrap().image = image.into();
        service.revisions.push(newest);
    })
}

fn began(revision: &str, status: &str) -> DeploymentStatus {
    DeploymentStatus {
        started_at: Some(Time(at(5))),
        ..deployment(revision, status)
    }
}

fn deploys(service: Service, deployments: Vec<DeploymentStatus>) -> Service {
    Service {
        deployments: Read::Got(deployments),
        ..service
    }
}

/// The state of the update intent for a spec and a service after this many seconds.
fn state_after(
    spec: &Desired,
    state: OperatorState,
    service: &Service,
    seconds: u64,
) -> UpdateIntent {
    let observed = Observed::Present(Box::new(service.clone()));
    let given = OwnedInput::of(spec.clone(), observed, Some(state)).observed_for(seconds);
    UpdateIntent::of(&given.input(), service)
}

fn new() -> UpdateIntent {
    UpdateIntent::Applied(NEW.into())
}

#[test]
fn an_accepted_update_is_applied_when_its_revision_or_the_end_of_its_deployment_is_observed() {
    let accepted = || sent(Some("Accepted"));
    let spec = image("shop:2");
    assert_eq!(state_after(&spec, accepted(), &shows("shop:2"), 0), new());
    for status in ["SUCCESSFUL", "ROLLBACK_SUCCESSFUL", "STOPPED"] {
        let ended = deploys(runs(|_| ()), vec![began(NEW, status)]);
        assert_eq!(state_after(&spec, accepted(), &ended, 0), new(), "{status}");
    }
    let coming = deploys(runs(|_| ()), vec![began(NEW, "IN_PROGRESS")]);
    assert_eq!(
        state_after(&spec, accepted(), &coming, 0),
        UpdateIntent::Waiting
    );
}

/// The state after an update whose answer names no revision.
fn accepted_without_revision() -> OperatorState {
    let mut state = sent(Some("Accepted"));
    state.last_applied.as_mut().unwrap().revision = None;
    state
}

#[test]
fn a_revision_that_differs_from_an_accepted_update_without_one_is_of_another_client() {
    let state = accepted_without_revision;
    let spec = image("shop:2");
    assert_eq!(state_after(&spec, state(), &shows("shop:2"), 0), new());
    let theirs = shows("shop:9");
    assert_eq!(
        state_after(&spec, state(), &theirs, 0),
        UpdateIntent::Waiting
    );
    assert_eq!(
        state_after(&spec, state(), &theirs, 120),
        UpdateIntent::Expired
    );
    // It is sent again, and not taken for how ECS reads the spec.
    for seconds in [0, 119, 120] {
        let observed = Observed::Present(Box::new(theirs.clone()));
        let given = OwnedInput::of(spec.clone(), observed, Some(state())).observed_for(seconds);
        let decision = given.decide();
        let sends = matches!(decision.action, Action::Update(_));
        assert_eq!(sends, seconds == 120, "{seconds}: {:?}", decision.reason);
    }
    // Whatever it is, an edit does not wait for it.
    let edited = image("shop:3");
    assert_eq!(state_after(&edited, state(), &shows("shop:2"), 0), new());
}

#[test]
fn an_accepted_update_without_a_revision_that_reads_differently_than_it_was_sent_is_sent_once() {
    let spec = image("shop:2");
    let before = || began(REVISION, "SUCCESSFUL");
    let decide = |deployments: Vec<DeploymentStatus>, seconds| {
        let observed = Observed::Present(Box::new(deploys(shows("registry/shop:2"), deployments)));
        let state = accepted_without_revision();
        let given = OwnedInput::of(spec.clone(), observed, Some(state)).observed_for(seconds);
        given.decide()
    };
    // The only deployment since the call is that of the update.
    let own = || vec![began(NEW, "SUCCESSFUL"), before()];
    assert_eq!(decide(own(), 119).reason, Reason::WaitingForUpdate);
    for deployments in [own(), vec![began(NEW, "SUCCESSFUL")]] {
        let decision = decide(deployments, 120);
        assert_eq!(decision.action, Action::Nothing);
        assert_eq!(decision.reason, Reason::NotConverging);
    }
    // Nothing shows which of two deployments is that of another client.
    let third = format!("{REVISION}3");
    let two = vec![began(NEW, "SUCCESSFUL"), began(&third, "STOPPED"), before()];
    assert_eq!(decide(two, 120).reason, Reason::Updating);
}

#[test]
fn an_accepted_update_without_a_revision_is_applied_even_if_ecs_rolled_its_revision_back() {
    let spec = image("shop:2");
    let ended = vec![
        began(NEW, "ROLLBACK_SUCCESSFUL"),
        began(REVISION, "SUCCESSFUL"),
    ];
    let rolled_back = deploys(runs(|_| ()), ended);
    let awaited = state_after(&spec, accepted_without_revision(), &rolled_back, 120);
    assert_eq!(awaited, new());
}

#[test]
fn an_accepted_update_is_not_given_up_while_another_deployment_runs() {
    let spec = image("shop:2");
    let after =
        |service: &Service, seconds| state_after(&spec, sent(Some("Accepted")), service, seconds);
    let busy = deploys(runs(|_| ()), vec![began(REVISION, "IN_PROGRESS")]);
    assert_eq!(after(&busy, 24 * 3600), UpdateIntent::Waiting);
    let busy = runs(|service| service.current_deployment = Some("deployment".into()));
    assert_eq!(after(&busy, 24 * 3600), UpdateIntent::Waiting);
    let idle = runs(|_| ());
    assert_eq!(after(&idle, 119), UpdateIntent::Waiting);
    assert_eq!(after(&idle, 120), UpdateIntent::Expired);
}

#[test]
fn an_edit_need_not_wait_for_an_accepted_update_and_a_revert_must() {
    let accepted = || sent(Some("Accepted"));
    let service = runs(|_| ());
    let superseded = state_after(&image("shop:3"), accepted(), &service, 0);
    assert_eq!(superseded, UpdateIntent::Superseded);
    let reverted = |seconds| state_after(&image("shop:1"), accepted(), &service, seconds);
    assert_eq!(reverted(119), UpdateIntent::Waiting);
    assert_eq!(reverted(120), UpdateIntent::Expired);
}

#[test]
fn a_lost_update_is_applied_when_a_new_revision_is_observed_whatever_the_spec_says_by_now() {
    for spec in ["shop:2", "shop:1", "shop:3"] {
        let shown = shows("shop:2");
        assert_eq!(
            state_after(&image(spec), sent(None), &shown, 0),
            new(),
            "{spec}"
        );
        let ended = deploys(runs(|_| ()), vec![began(NEW, "ROLLBACK_SUCCESSFUL")]);
        assert_eq!(
            state_after(&image(spec), sent(None), &ended, 0),
            new(),
            "{spec}"
        );
    }
}

#[test]
fn a_new_revision_that_differs_from_what_was_sent_is_of_another_client() {
    let spec = image("shop:2");
    let others = deploys(shows("registry/shop:2"), vec![began(NEW, "IN_PROGRESS")]);
    assert_eq!(
        state_after(&spec, sent(None), &others, 0),
        UpdateIntent::Waiting
    );
}

#[test]
fn a_revision_that_is_older_or_of_the_previous_update_is_no_trace_of_a_lost_update() {
    let spec = image("shop:3");
    let mut older = shows("shop:2");
    older.revisions[1].created_at = Some(at(9));
    older.revisions.remove(0);
    assert_eq!(
        state_after(&spec, sent(None), &older, 0),
        UpdateIntent::Waiting
    );
    let mut behind = sent(None);
    if let Some(applied) = &mut behind.last_applied {
        applied.revision = Some(NEW.into());
    }
    let shown = deploys(shows("shop:2"), vec![began(NEW, "IN_PROGRESS")]);
    assert_eq!(state_after(&spec, behind, &shown, 0), UpdateIntent::Waiting);
}

#[test]
fn a_deployment_that_existed_before_is_no_trace_of_a_lost_update() {
    let mut state = sent(None);
    if let Some(expected) = state.intent.as_mut().unwrap().expected.as_mut() {
        expected.deployment_before = Some(format!("{NEW}/deployment"));
    }
    let ended = deploys(runs(|_| ()), vec![began(NEW, "ROLLBACK_SUCCESSFUL")]);
    let awaited = state_after(&image("shop:2"), state, &ended, 0);
    assert_eq!(awaited, UpdateIntent::Waiting);
}

#[test]
fn expectations_of_another_intent_are_not_trusted() {
    let mut state = sent(None);
    if let Some(expected) = state.intent.as_mut().unwrap().expected.as_mut() {
        expected.counter += 1;
        expected.revision_before = Some(NEW.into());
    }
    assert_eq!(
        state_after(&image("shop:2"), state, &shows("shop:2"), 0),
        new()
    );
}

#[test]
fn a_deployment_of_a_revision_that_ran_before_is_no_trace_of_a_lost_update() {
    let spec = image("shop:2");
    let former = deploys(runs(|_| ()), vec![began(REVISION, "SUCCESSFUL")]);
    assert_eq!(
        state_after(&spec, sent(None), &former, 0),
        UpdateIntent::Waiting
    );
}

#[test]
fn a_lost_update_without_a_trace_is_given_up_after_its_window_and_behind_a_deployment_later() {
    let retry = |value: &str| -> Value {
        json!({"metadata": {"annotations": {(annotations::RETRY): value}}})
    };
    let busy = deploys(runs(|_| ()), vec![began(REVISION, "IN_PROGRESS")]);
    let idle = runs(|_| ());
    let (same, other) = (image("shop:2"), image("shop:3"));
    let edit = json!({"spec": {"primaryContainer": {"image": "shop:2"}}});
    let retried = desired(&[edit, retry("1")]);
    for (what, spec, service, seconds) in [
        ("idle", &same, &idle, 120),
        ("the same behind a deployment", &same, &busy, 1800),
        ("another behind a deployment", &other, &busy, 120),
        ("a retry behind a deployment", &retried, &busy, 120),
    ] {
        let after = |seconds| state_after(spec, sent(None), service, seconds);
        assert_eq!(after(seconds - 1), UpdateIntent::Waiting, "{what}");
        assert_eq!(after(seconds), UpdateIntent::Expired, "{what}");
    }
    let mut answered = sent(None);
    if let Some(intent) = &mut answered.intent {
        let expected = intent.expected.as_mut().unwrap();
        expected.retry = Some("1".into());
    }
    assert_eq!(
        state_after(&retried, answered, &busy, 120),
        UpdateIntent::Waiting,
        "a retry frees an update once"
    );
}

#[test]
fn where_no_revision_was_shown_before_only_one_that_equals_what_was_sent_is_its_trace() {
    let unknown = || {
        let mut state = sent(None);
        state.last_applied = None;
        if let Some(intent) = &mut state.intent {
            let expected = intent.expected.as_mut().unwrap();
            expected.revision_before = None;
        }
        state
    };
    let created = deploys(runs(|_| ()), vec![began(REVISION, "IN_PROGRESS")]);
    let spec = image("shop:2");
    assert_eq!(
        state_after(&spec, unknown(), &created, 0),
        UpdateIntent::Waiting
    );
    assert_eq!(state_after(&spec, unknown(), &shows("shop:2"), 0), new());
}

#[test]
fn a_lost_update_that_took_effect_counts_as_applied_in_the_decision_of_the_same_reconcile() {
    // The spec is back at 1 after the lost update to 2, which ECS now shows: 1 is an edit, not a correction of drift.
    let given = OwnedInput::of(
        image("shop:1"),
        Observed::Present(Box::new(shows("shop:2"))),
        Some(sent(None)),
    );
    let decision = given.decide();
    assert_eq!(decision.reason, Reason::Updating);
    // The spec still is 2: nothing is left to send, and the update is not awaited any more.
    let given = OwnedInput::of(
        image("shop:2"),
        Observed::Present(Box::new(shows("shop:2"))),
        Some(sent(None)),
    );
    let decision = given.decide();
    assert_eq!(decision.action, Action::Nothing);
    assert_ne!(decision.reason, Reason::WaitingForUpdate);
}

#[test]
fn lost_owner_tags_are_set_while_an_update_is_in_doubt_only_where_no_update_can_follow() {
    let service_with = |role: &str| {
        runs(|service| {
            remove_owner_tags(service);
            service.infrastructure_role_arn = Some(role.into());
        })
    };
    let decide = |service: Service| {
        let observed = Observed::Present(Box::new(service));
        OwnedInput::of(image("shop:2"), observed, Some(sent(Some("Accepted")))).decide()
    };
    let own = decide(service_with("arn:aws:iam::123456789012:role/infra"));
    assert_eq!(own.reason, Reason::WaitingForUpdate);
    let other = decide(service_with("arn:aws:iam::123456789012:role/other"));
    assert_eq!(other.reason, Reason::TagsLost);
    assert!(matches!(other.action, Action::Tag(_)));
}

#[test]
fn an_accepted_update_that_expires_makes_the_spec_an_edit_in_the_decision_of_the_same_reconcile() {
    let observed = Observed::Present(Box::new(runs(|_| ())));
    let given = OwnedInput::of(image("shop:2"), observed, Some(sent(Some("Accepted"))));
    let decision = given.observed_for(120).decide();
    assert_eq!(decision.reason, Reason::Updating);
}

#[test]
fn no_update_is_sent_while_the_deployments_cannot_be_read_whatever_it_is_for() {
    let throttled = || Read::Failed(failure(FailureKind::Throttled, Effect::None));
    let decide = |spec: &Desired, before: &Desired, deployments| {
        let service = Service {
            deployments,
            ..service(&image("shop:1"))
        };
        let observed = Observed::Present(Box::new(service));
        let mut state = applied_state(before);
        // Another client made the revision that runs.
        state.last_applied.as_mut().unwrap().revision = Some(NEW.into());
        OwnedInput::of(spec.clone(), observed, Some(state)).decide()
    };
    let restart = json!({"metadata": {"annotations": {(annotations::RESTART): "1"}}});
    let (one, two) = (image("shop:1"), image("shop:2"));
    for (what, spec, before) in [
        ("an edit", &two, &one),
        ("drift", &two, &two),
        ("a restart", &desired(&[restart]), &one),
    ] {
        let ended = Read::Got(vec![deployment(REVISION, "SUCCESSFUL")]);
        let known = decide(spec, before, ended);
        assert!(matches!(known.action, Action::Update(_)), "{what}");
        let unknown = decide(spec, before, throttled());
        assert_eq!(unknown.action, Action::Nothing, "{what}");
        assert!(matches!(unknown.reason, Reason::Unreadable(_)), "{what}");
    }
}
