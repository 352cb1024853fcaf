//! Objects as no user of this version writes them: words of a newer schema, identities that were stripped, copied or
//! damaged, and an operator that runs elsewhere than before.

use std::time::Duration;

use ecs_express_operator::{
    api::{ExpressService, annotations},
    core::{
        decide::{action::Action, input::Fence},
        desired::{
            identity::OperatorIdentity,
            object::Desired,
            phase::Phase,
            policy::{AdoptionPolicy, DeletionPolicy, DriftPolicy},
            recorded_identity::IdentityCheck,
        },
        observed::{history::ObservedAt, service::Observed},
    },
};
use serde_json::{Value, json};

use crate::fixtures::*;

const ARN: &str = "arn:aws:ecs:eu-west-1:123456789012:service/default/team-a_shop";

#[test]
fn a_policy_word_of_a_newer_schema_means_the_policy_that_changes_least() {
    let policies = |patch: Value| {
        let desired = desired(&[deleting("Delete"), patch]);
        (desired.phase, desired.drift, desired.adoption)
    };
    let usual = (
        Phase::Deleting(DeletionPolicy::Delete),
        DriftPolicy::Correct,
        AdoptionPolicy::Never,
    );
    assert_eq!(policies(json!({})), usual);
    let newer = json!({"spec": {
        "deletionPolicy": "Snapshot", "driftPolicy": "Ask", "adoptionPolicy": "Force",
    }});
    assert_eq!(
        policies(newer),
        (
            Phase::Deleting(DeletionPolicy::Retain),
            DriftPolicy::Report,
            AdoptionPolicy::Never
        )
    );
    // Words are compared as a whole and by case.
    for word in ["delete", "Delete ", ""] {
        let patch = json!({"spec": {"deletionPolicy": word}});
        assert_eq!(
            policies(patch).0,
            Phase::Deleting(DeletionPolicy::Retain),
            "{word:?}"
        );
    }
}

/// The object with these identity annotations, parsed by an operator in this place.
fn parsed(object: &ExpressService, operator: &OperatorIdentity) -> Desired {
    Desired::parse(object, operator)
}

fn annotated(arn: Option<&str>, cluster_id: Option<&str>) -> ExpressService {
    object(&json!({"metadata": {"annotations": {
        (annotations::SERVICE_ARN): arn, (annotations::CLUSTER_ID): cluster_id,
    }}}))
}

/// The action for the object over all that ECS may show of its service.
fn actions(desired: &Desired) -> Vec<Action> {
    let there = Observed::Present(Box::new(service(&crate::fixtures::desired(&[]))));
    let mut actions = Vec::new();
    for observed in [MISSING, unreadable(), Observed::NotAsked, there] {
        for state in [None, Some(applied_state(desired)), Some(empty_state())] {
            for fence in [Fence::Needed, Fence::FinalizerJustAdded] {
                let given = OwnedInput::of(desired.clone(), observed.clone(), state.clone());
                let mut given = given.observed_for(1000);
                given.fence = fence;
                actions.push(given.decide().action);
            }
        }
    }
    actions
}

#[test]
fn a_recorded_identity_that_is_another_ones_or_unreadable_stops_every_call() {
    let other_account = ARN.replace("123456789012", "210987654321");
    let other_name = ARN.replace("team-a_shop", "team-a_blog");
    for (arn, cluster_id) in [
        // Copied from another object, cluster or account, by hand or by a restore.
        (Some(other_name.as_str()), Some("cluster-1")),
        (Some(ARN), Some("cluster-2")),
        (Some(other_account.as_str()), Some("cluster-1")),
        // Damaged.
        (Some("shop"), Some("cluster-1")),
        (Some(""), Some("cluster-1")),
        (
            Some("arn:aws:ecs:eu-west-1:123456789012:cluster/default"),
            Some("cluster-1"),
        ),
        (Some(ARN), Some("")),
    ] {
        let mut object = annotated(arn, cluster_id);
        for deleted in [false, true] {
            if deleted {
                object.metadata.deletion_timestamp =
                    Some(k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(at(0)));
            }
            let desired = parsed(&object, &operator());
            assert!(
                matches!(desired.identity, IdentityCheck::Changed { .. }),
                "{arn:?} {cluster_id:?}"
            );
            for action in actions(&desired) {
                assert_eq!(action, Action::Nothing, "{arn:?} {cluster_id:?} {deleted}");
            }
        }
    }
}

#[test]
fn stripped_identity_annotations_are_stored_again_before_anything_else() {
    for (arn, cluster_id) in [(None, None), (Some(ARN), None), (None, Some("cluster-1"))] {
        let desired = parsed(&annotated(arn, cluster_id), &operator());
        assert_eq!(desired.phase, Phase::Unclaimed, "{arn:?} {cluster_id:?}");
        for action in actions(&desired) {
            assert!(
                matches!(action, Action::AddFinalizer | Action::Nothing),
                "{action:?}"
            );
        }
    }
    // The ARN in the status still counts.
    let mut stripped = annotated(None, None);
    let status = json!({"serviceArn": ARN.replace("eu-west-1", "eu-west-2")});
    stripped.status = Some(serde_json::from_value(status).unwrap());
    let desired = parsed(&stripped, &operator());
    assert!(matches!(desired.identity, IdentityCheck::Changed { .. }));
    assert!(
        actions(&desired)
            .iter()
            .all(|action| *action == Action::Nothing)
    );
}

#[test]
fn an_operator_in_another_region_partition_account_or_cluster_sends_nothing() {
    let mut elsewhere = [operator(), operator(), operator(), operator()];
    elsewhere[0].region = "eu-west-2".into();
    elsewhere[1].caller.partition = "aws-cn".into();
    elsewhere[2].caller.account = "210987654321".into();
    elsewhere[3].cluster_id = "cluster-2".into();
    for operator in &elsewhere {
        for patch in [json!({}), deleting("Delete"), deleting("Retain")] {
            let desired = parsed(&object(&patch), operator);
            let retained = patch["spec"]["deletionPolicy"] == "Retain";
            for action in actions(&desired) {
                // A service that is to be retained needs no call: its object is released.
                let expected = if retained {
                    Action::ReleaseFinalizer
                } else {
                    Action::Nothing
                };
                assert_eq!(action, expected, "{operator:?} {patch}");
            }
        }
    }
}

#[test]
fn a_copied_manifest_with_the_identity_of_another_object_is_claimed_for_itself() {
    let copied = object(&json!({"metadata": {
        "name": "blog", "uid": "u-2", "finalizers": null,
        "annotations": {(annotations::SERVICE_ARN): ARN, (annotations::CLUSTER_ID): "cluster-2"},
    }}));
    let desired = parsed(&copied, &operator());
    assert_eq!(
        (desired.phase, &desired.identity),
        (Phase::Unclaimed, &IdentityCheck::Same)
    );
    assert_eq!(
        desired.arn.to_string(),
        ARN.replace("team-a_shop", "team-a_blog")
    );
}

#[test]
fn an_unreadable_observation_between_two_that_miss_the_service_proves_and_interrupts_nothing() {
    let wanted = desired(&[]);
    let state = applied_state(&wanted);
    let mut given = OwnedInput::of(wanted, MISSING, Some(state));
    let mut observe = |observed: &Observed, second| {
        let at = ObservedAt::at(Duration::from_secs(second));
        given.history.record(observed, None, at);
        let observed = observed.clone();
        let now = OwnedInput {
            observed,
            desired: given.desired.clone(),
            operator_state: given.operator_state.clone(),
            history: given.history.clone(),
            ..OwnedInput::of(given.desired.clone(), MISSING, None)
        };
        now.decide().action
    };
    // The first one was recorded at second 0.
    assert_eq!(observe(&unreadable(), 5), Action::Nothing);
    assert_eq!(
        observe(&unreadable(), 30),
        Action::Nothing,
        "it was not missing"
    );
    assert!(matches!(observe(&MISSING, 31), Action::Create(_)));
}

#[test]
fn a_service_whose_tags_the_second_reading_shows_as_ours_is_never_left_behind() {
    let wanted = desired(&[deleting("Delete")]);
    let mut untagged = service(&wanted);
    remove_owner_tags(&mut untagged);
    untagged.created_at = Some(at(99));
    let observed = Observed::Present(Box::new(untagged));
    let mut given = OwnedInput::of(wanted, observed, Some(empty_state()));
    for second in 0..100 {
        assert_eq!(given.decide().action, Action::VerifyOwnerTags, "{second}");
        // Now and then it shows another owner, but never twice in a row.
        let other = second % 2 == 1;
        let at = ObservedAt::at(Duration::from_secs(20 * second));
        given.history.record_owner(other, at);
    }
}

/// The identity of an object without finalizer and annotations that has this status.
fn identity_of_unclaimed(status: Value) -> IdentityCheck {
    let mut object = object(&new_object());
    object.status = Some(serde_json::from_value(status).unwrap());
    parsed(&object, &operator()).identity
}

#[test]
fn an_unclaimed_object_keeps_to_the_service_that_the_former_field_of_the_state_knows() {
    let elsewhere = ARN.replace("123456789012", "210987654321");
    for scheme in [1, 2] {
        let knows = |arn: &str| json!({"scheme": scheme, "service": {"arn": arn}});
        let identities = [
            ("memory alone", json!({"memory": knows(&elsewhere)})),
            // An older operator has written it since.
            (
                "memory first",
                json!({"memory": knows(&elsewhere), "operatorState": knows(ARN)}),
            ),
            ("alone", json!({"operatorState": knows(&elsewhere)})),
        ];
        for (name, status) in identities {
            let identity = identity_of_unclaimed(status);
            let is_changed = matches!(identity, IdentityCheck::Changed { .. });
            assert!(is_changed, "{name}, scheme {scheme}");
        }
    }
}

#[test]
fn an_unclaimed_object_keeps_to_the_account_of_a_call_that_is_still_open() {
    let elsewhere = ARN.replace("123456789012", "210987654321");
    for (outcome, is_kept) in [
        (json!(null), true),
        (json!("Accepted"), true),
        (json!("SaidByANewerVersion"), true),
        (json!("Rejected"), false),
        (json!("Refused"), false),
    ] {
        for field in ["memory", "operatorState"] {
            let intent = json!({
                "operation": "Create", "hash": "h", "counter": 1, "at": "2026-11-24T00:00:00Z",
                "outcome": outcome,
            });
            let state = json!({"scheme": 1, "intent": intent});
            let status = json!({"serviceArn": elsewhere, (field): state});
            let identity = identity_of_unclaimed(status);
            let changed = matches!(identity, IdentityCheck::Changed { .. });
            assert_eq!(changed, is_kept, "{field} {outcome}");
        }
    }
}
