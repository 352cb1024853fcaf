//! Defects that the simulation has found, each as the smallest scenarios that showed it.

use std::time::Duration;

use serde_json::json;

use super::{
    Scenario,
    act::{Act, Step},
    fault::{Fault, FaultKind, Moment, Site},
    key,
    lifecycles::{Lifecycle, scenario, spec},
    service,
};
use crate::link::Credentials;

/// All of them, each with what has to hold.
pub fn all() -> Vec<(String, Scenario)> {
    type Scenarios = fn() -> Vec<Scenario>;
    let found: [(&str, Scenarios); 10] = [
        ("an update by others during the first rollout is undone and not taken for a rollback", an_update_by_others_during_the_first_rollout_is_undone_and_not_taken_for_a_rollback),
        ("a create of one operator restarts the wait of the other", a_create_of_one_operator_restarts_the_wait_of_the_other),
        ("a late report does not move the transition times that another operator has written", a_late_report_does_not_move_the_transition_times_that_another_operator_has_written),
        ("the first status of one operator does not hide the create of another", the_first_status_of_one_operator_does_not_hide_the_create_of_another),
        ("the revision of others is not taken for that of the create", the_revision_of_others_is_not_taken_for_that_of_the_create),
        ("an edit whose update was lost before the first revision is visible is not called in sync", an_edit_whose_update_was_lost_before_the_first_revision_is_visible_is_not_called_in_sync),
        ("a create is not forgotten with an intent that an older definition dropped", a_create_is_not_forgotten_with_an_intent_that_an_older_definition_dropped),
        ("a replaced object gets no second service in another account", a_replaced_object_gets_no_second_service_in_another_account),
        ("a retained service is marked as released only once", a_retained_service_is_marked_as_released_only_once),
        ("a replaced object does not forget the create that was sent for it", a_replaced_object_does_not_forget_the_create_that_was_sent_for_it),
    ];
    let named = |(name, scenarios): (&str, Scenarios)| {
        let scenarios = scenarios().into_iter();
        scenarios
            .map(move |scenario| (name.to_owned(), scenario))
            .collect::<Vec<_>>()
    };
    found.into_iter().flat_map(named).collect()
}

/// Seed 124: between the two reads of a reconcile, ECS showed our revision, and that its deployment was replaced.
fn an_update_by_others_during_the_first_rollout_is_undone_and_not_taken_for_a_rollback()
-> Vec<Scenario> {
    let mut scenarios = Vec::new();
    for second in 100..140 {
        let mut scenario = scenario(Lifecycle::Create);
        let update = json!({
            "service": service(0), "update": {"primaryContainer": {"image": "others:2"}}
        });
        scenario.steps.push(Step::at(second, Act::Aws(update)));
        scenarios.push(scenario.clone());
    }
    scenarios
}

/// Seed 56: one operator had observed for minutes that there is no service when the other sent a create.
fn a_create_of_one_operator_restarts_the_wait_of_the_other() -> Vec<Scenario> {
    let mut scenarios = Vec::new();
    let lost = |after| Fault {
        on: Site::Named("CreateExpressGatewayService"),
        after,
        times: 1,
        kind: FaultKind::RequestLost,
    };
    let mut created = scenario(Lifecycle::Create);
    let value = "later".to_owned();
    // Faults happen until the last step.
    created
        .steps
        .push(Step::at(600, Act::Label { object: 0, value }));
    for seed in 0..20 {
        scenarios.push(Scenario {
            seed,
            operators: 2,
            faults: vec![lost(0), lost(1), lost(2)],
            ..created.clone()
        });
    }
    scenarios
}

/// Seed 10: both operators report the deletion, one of them late.
fn a_late_report_does_not_move_the_transition_times_that_another_operator_has_written()
-> Vec<Scenario> {
    let mut scenarios = Vec::new();
    let late = Fault {
        on: Site::Named("DeleteExpressGatewayService"),
        after: 0,
        times: 1,
        kind: FaultKind::LateAnswer(Duration::from_secs(7)),
    };
    for seed in 0..20 {
        scenarios.push(Scenario {
            seed,
            emulator: json!({}),
            operators: 2,
            objects: vec![key(0)],
            steps: vec![
                Step::at(
                    1,
                    Act::Apply {
                        object: 0,
                        spec: spec("shop:1"),
                    },
                ),
                Step::at(200, Act::Delete { object: 0 }),
            ],
            faults: vec![late.clone()],
        });
    }
    scenarios
}

/// Seed 1076: an operator without valid credentials wrote the first status of an object, which it had read before another
/// operator added the finalizer and sent a create.
fn the_first_status_of_one_operator_does_not_hide_the_create_of_another() -> Vec<Scenario> {
    let mut scenarios = Vec::new();
    for seed in 0..40 {
        let mut created = scenario(Lifecycle::Create);
        let credentials = Credentials::Expired("123456789012".into());
        created.steps.insert(
            0,
            Step::at(
                0,
                Act::Credentials {
                    operator: 0,
                    credentials,
                },
            ),
        );
        scenarios.push(Scenario {
            seed,
            operators: 2,
            emulator: json!({"createVisibleSeconds": 7}),
            faults: vec![Fault {
                on: Site::Named("CreateExpressGatewayService"),
                after: 0,
                times: 1,
                kind: FaultKind::ErrorAfterEffect,
            }],
            ..created
        });
    }
    scenarios
}

/// Seeds 480 and 744: others updated the service before the operator saw its first revision.
fn the_revision_of_others_is_not_taken_for_that_of_the_create() -> Vec<Scenario> {
    let mut scenarios = Vec::new();
    for (visible, second) in [(0, 4), (0, 6), (38, 20), (38, 36)] {
        let mut scenario = scenario(Lifecycle::Create);
        scenario.emulator = json!({
            "createVisibleSeconds": visible,
            "readLagSeconds": {"ListServiceDeployments": visible},
        });
        let update = json!({
            "service": service(0), "update": {"primaryContainer": {"image": "others:2"}}
        });
        scenario.steps.push(Step::at(second, Act::Aws(update)));
        scenarios.push(scenario.clone());
    }
    scenarios
}

/// Seeds 1080 and 1414: no revision was visible yet, so that nothing differed from the edited spec.
fn an_edit_whose_update_was_lost_before_the_first_revision_is_visible_is_not_called_in_sync()
-> Vec<Scenario> {
    let mut scenarios = Vec::new();
    let mut scenario = scenario(Lifecycle::Create);
    let edit = Act::Apply {
        object: 0,
        spec: spec("shop:2"),
    };
    scenario.steps.insert(1, Step::at(2, edit));
    scenarios.push(Scenario {
        faults: vec![Fault {
            on: Site::Named("UpdateExpressGatewayService"),
            after: 0,
            times: 1,
            kind: FaultKind::RequestLost,
        }],
        ..scenario
    });
    scenarios
}

/// Seed 452: the API server dropped the intent of a create, and then got the present definition.
fn a_create_is_not_forgotten_with_an_intent_that_an_older_definition_dropped() -> Vec<Scenario> {
    let mut scenarios = Vec::new();
    let mut scenario = scenario(Lifecycle::Create);
    let definition = |old| Act::Definition { old };
    scenario.steps.insert(0, Step::at(0, definition(true)));
    scenario.steps.insert(2, Step::at(60, definition(false)));
    scenarios.push(Scenario {
        faults: vec![Fault {
            on: Site::Named("CreateExpressGatewayService"),
            after: 0,
            times: 1,
            kind: FaultKind::RequestLost,
        }],
        ..scenario
    });
    scenarios
}

/// Seeds 898 and 15859: `kubectl replace` removed the claim, and the operator had the credentials of another account.
fn a_replaced_object_gets_no_second_service_in_another_account() -> Vec<Scenario> {
    let mut scenarios = Vec::new();
    let mut scenario = scenario(Lifecycle::Create);
    let replaced = Act::Replace {
        object: 0,
        spec: spec("shop:1"),
    };
    let credentials = Act::Credentials {
        operator: 0,
        credentials: Credentials::Valid("999999999999".into()),
    };
    scenario.steps.insert(1, Step::at(300, credentials));
    scenario.steps.insert(2, Step::at(400, replaced));
    scenarios.push(scenario.clone());
    // The answer to the create was lost, so that no service is known yet.
    scenario.steps[1].at = Duration::from_secs(9);
    scenarios.push(Scenario {
        faults: vec![Fault {
            on: Site::Named("CreateExpressGatewayService"),
            after: 0,
            times: 1,
            kind: FaultKind::NoAnswer(Some(Duration::from_secs(1))),
        }],
        ..scenario
    });
    scenarios
}

/// Seed 1414: two operators hindered each other, again and again, when they removed the finalizer.
fn a_retained_service_is_marked_as_released_only_once() -> Vec<Scenario> {
    let mut scenarios = Vec::new();
    let frozen = FaultKind::Freeze(Moment::AfterAnswer, Duration::from_secs(60));
    for seed in 0..20 {
        scenarios.push(Scenario {
            seed,
            operators: 2,
            faults: vec![Fault {
                on: Site::Named("TagResource"),
                after: 0,
                times: 9,
                kind: frozen.clone(),
            }],
            ..scenario(Lifecycle::Retain)
        });
    }
    scenarios
}

/// Seed 253: `kubectl replace` removed the finalizer and the claim while the answer to the create was awaited.
fn a_replaced_object_does_not_forget_the_create_that_was_sent_for_it() -> Vec<Scenario> {
    let mut scenarios = Vec::new();
    let mut scenario = scenario(Lifecycle::Create);
    let replaced = Act::Replace {
        object: 0,
        spec: spec("shop:1"),
    };
    scenario.steps.insert(1, Step::at(9, replaced));
    for effect in [None, Some(Duration::from_secs(40))] {
        scenarios.push(Scenario {
            faults: vec![Fault {
                on: Site::Named("CreateExpressGatewayService"),
                after: 0,
                times: 1,
                kind: FaultKind::NoAnswer(effect),
            }],
            ..scenario.clone()
        });
    }
    scenarios
}
