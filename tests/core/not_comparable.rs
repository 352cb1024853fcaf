//! Fields that are not comparable count neither as different nor as equal.

use std::collections::BTreeSet;

use ecs_express_operator::core::{
    decide::{
        action::Action, assessment::Assessment, decision::Decision, reason::Reason,
        update_intent::UpdateIntent,
    },
    desired::configuration::{Configuration, Container, Network, Scaling},
    observed::{
        failure::{Effect, FailureKind},
        service::{Observed, Read, Service},
    },
};
use serde_json::{Value, json};

use crate::fixtures::*;

const GROUPS: &str = "spec.networkConfiguration.securityGroups";

fn everything() -> Value {
    json!({
        "cpu": "1024", "memory": "2048", "healthCheckPath": "/health",
        "primaryContainer": {"image": "shop:1", "containerPort": 8080},
        "networkConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]},
        "scalingTarget": {
            "minTaskCount": 1, "maxTaskCount": 2,
            "autoScalingMetric": "AVERAGE_CPU", "autoScalingTargetValue": 60,
        },
    })
}

/// A service that runs a spec which was applied, seen after a change.
fn given(spec: &Value, change: impl FnOnce(&mut Service)) -> OwnedInput {
    let wanted = desired(&[json!({ "spec": spec })]);
    let mut service = service(&wanted);
    change(&mut service);
    let state = applied_state(&wanted);
    OwnedInput::of(wanted, Observed::Present(Box::new(service)), Some(state))
}

/// Paths that differ, and paths that are not comparable.
fn compared(given: &OwnedInput) -> (Vec<&'static str>, Vec<&'static str>) {
    let Observed::Present(service) = &given.observed else {
        panic!("no service")
    };
    let diff = Assessment::of(&given.input(), service, UpdateIntent::Closed).diff;
    let differ = diff.differences.iter().map(|it| it.field.path());
    let unknown = diff.not_comparable.iter().map(|it| it.field.path());
    (differ.collect(), unknown.collect())
}

fn code(decision: &Decision) -> &str {
    match &decision.reason {
        Reason::Unreadable(failure) => &failure.code,
        other => panic!("{other:?}"),
    }
}

fn configuration(service: &mut Service) -> &mut Configuration {
    &mut service.revisions[0].configuration
}

type Loss = (fn(&mut Configuration), &'static [&'static str]);

const LOSSES: [Loss; 8] = [
    (|it| it.cpu = None, &["spec.cpu"]),
    (|it| it.memory = None, &["spec.memory"]),
    (|it| it.health_check_path = None, &["spec.healthCheckPath"]),
    (
        |it| it.scaling = Scaling::default(),
        &[
            "spec.scalingTarget.minTaskCount",
            "spec.scalingTarget.maxTaskCount",
            "spec.scalingTarget.autoScalingMetric",
            "spec.scalingTarget.autoScalingTargetValue",
        ],
    ),
    (
        |it| it.scaling.target_value = None,
        &["spec.scalingTarget.autoScalingTargetValue"],
    ),
    (
        |it| it.network = Network::default(),
        &["spec.networkConfiguration.subnets", GROUPS],
    ),
    (
        |it| it.container = None,
        &[
            "spec.primaryContainer.image",
            "spec.primaryContainer.containerPort",
        ],
    ),
    (
        |it| {
            it.container
                .get_or_insert_with(Container::default)
                .container_port = None;
        },
        &["spec.primaryContainer.containerPort"],
    ),
];

#[test]
fn a_member_that_ecs_always_fills_and_does_not_show_is_waited_for() {
    for (lose, paths) in LOSSES {
        let given = given(&everything(), |service| lose(configuration(service)));
        assert_eq!(compared(&given), (vec![], paths.to_vec()));
        let decision = given.decide();
        assert_eq!(decision.action, Action::Nothing, "{paths:?}");
        assert_eq!(code(&decision), "IncompleteAnswer", "{paths:?}");
    }
}

#[test]
fn an_idle_service_does_not_wait_for_a_member_that_the_spec_does_not_set() {
    for (lose, paths) in LOSSES {
        let given = given(&json!({}), |service| lose(configuration(service)));
        let missed = compared(&given).1;
        assert!(
            missed.is_empty() || missed == ["spec.primaryContainer.image"],
            "{paths:?}: {missed:?}"
        );
    }
}

#[test]
fn a_role_that_a_revision_lacks_is_a_difference() {
    let given = given(
        &json!({"taskRoleArn": "arn:aws:iam::123456789012:role/task"}),
        |service| configuration(service).task_role_arn = None,
    );
    assert_eq!(compared(&given), (vec!["spec.taskRoleArn"], vec![]));
}

#[test]
fn with_a_given_task_definition_a_missing_container_is_not_waited_for() {
    let spec = json!({
        "primaryContainer": null, "executionRoleArn": null,
        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:1",
    });
    let bare = given(&spec, |service| {
        configuration(service).container = None;
        configuration(service).cpu = None;
    });
    assert_eq!(compared(&bare), (vec![], vec![]));
    let none = given(&spec, |service| {
        configuration(service).task_definition_arn = None;
    });
    assert_eq!(compared(&none), (vec![], vec!["spec.taskDefinitionArn"]));
}

/// A spec with one group, and a service with others too whose managed resources were read with this result.
fn groups(
    shown: &[&str],
    managed: Read<Vec<ecs_express_operator::api::status::ManagedResource>>,
) -> OwnedInput {
    given(
        &json!({"networkConfiguration": {"securityGroups": ["sg-1"]}}),
        |service| {
            service.managed_resources = managed;
            configuration(service).network.security_groups =
                shown.iter().map(|id| (*id).to_owned()).collect();
        },
    )
}

fn denied() -> Read<Vec<ecs_express_operator::api::status::ManagedResource>> {
    Read::Failed(failure(FailureKind::AccessDenied, Effect::None))
}

#[test]
fn an_extra_group_is_not_comparable_while_the_managed_groups_are_unknown() {
    for (managed, expected) in [
        (denied(), "AccessDenied"),
        (Read::Got(vec![]), "IncompleteAnswer"),
        (Read::Skipped, "IncompleteAnswer"),
    ] {
        let given = groups(&["sg-1", "sg-2", "sg-ec5"], managed);
        assert_eq!(compared(&given), (vec![], vec![GROUPS]));
        let decision = given.decide();
        assert_eq!(decision.action, Action::Nothing);
        assert_eq!(code(&decision), expected);
    }
}

#[test]
fn the_groups_in_the_status_are_used_where_they_cannot_be_read_now() {
    let mut given = groups(&["sg-1", "sg-2", "sg-ec5"], denied());
    let Observed::Present(known) = Observed::Present(Box::new(service(&desired(&[])))) else {
        unreachable!()
    };
    given.managed_resources = known.managed_resources.got().cloned().unwrap();
    assert_eq!(compared(&given), (vec![GROUPS], vec![]));
}

#[test]
fn the_one_extra_group_of_a_spec_that_was_sent_is_the_managed_group() {
    let sent = groups(&["sg-1", "sg-ec5"], denied());
    assert_eq!(compared(&sent), (vec![], vec![]));
    let mut edited = groups(&["sg-1", "sg-2"], denied());
    edited.operator_state = Some(applied_state(&desired(&[])));
    assert_eq!(compared(&edited), (vec![], vec![GROUPS]), "an edit");
    edited.operator_state = None;
    assert_eq!(compared(&edited), (vec![], vec![GROUPS]), "without memory");
}

#[test]
fn a_missing_group_is_a_difference_whatever_is_known_of_the_managed_groups() {
    let given = groups(&["sg-ec5"], denied());
    assert_eq!(compared(&given), (vec![GROUPS], vec![]));
}

#[test]
fn a_spec_without_groups_does_not_need_the_managed_groups() {
    let given = given(&json!({}), |service| {
        service.managed_resources = denied();
        let groups: BTreeSet<String> = ["sg-2".to_owned(), "sg-ec5".to_owned()].into();
        configuration(service).network.security_groups = groups;
    });
    assert_eq!(compared(&given), (vec![], vec![]));
    assert_eq!(given.decide().reason, Reason::Available);
}

#[test]
fn a_rollback_and_reported_drift_are_reported_even_if_something_else_is_not_comparable() {
    let lose = |service: &mut Service| {
        configuration(service).scaling = Scaling::default();
        configuration(service).container.as_mut().unwrap().image = "other:1".into();
        service.revisions[0].arn = "another".into();
    };
    let mut report = everything();
    report["driftPolicy"] = json!("Report");
    assert_eq!(given(&report, lose).decide().reason, Reason::Drifted);
    let mut rolled_back = given(&everything(), lose);
    let state = rolled_back.operator_state.as_mut().unwrap();
    state.rolled_back = Some(ecs_express_operator::api::operator_state::RolledBack {
        rollout_hash: rolled_back.desired.configuration.rollout_hash(),
        revision: None,
        status: None,
        reason: None,
    });
    assert_eq!(rolled_back.decide().reason, Reason::RolledBack);
    assert_eq!(
        code(&given(&everything(), lose).decide()),
        "IncompleteAnswer"
    );
}

#[test]
fn no_extra_group_of_a_revision_that_another_client_made_is_the_managed_group() {
    let mut changed = groups(&["sg-1", "sg-2"], denied());
    let applied = changed
        .operator_state
        .as_mut()
        .unwrap()
        .last_applied
        .as_mut();
    applied.unwrap().revision = Some("another".into());
    assert_eq!(compared(&changed), (vec![], vec![GROUPS]));
    assert_eq!(changed.decide().action, Action::Nothing);
}

#[test]
fn a_restart_waits_for_the_values_in_force_that_it_has_to_carry() {
    let restart = json!({"metadata": {"annotations": {"ecs-express.dev/restart": "1"}}});
    let spec = desired(&[restart]);
    let mut shown = service(&spec);
    let container = shown.revisions[0].configuration.container.as_mut();
    container.unwrap().container_port = None;
    let given = OwnedInput::of(
        spec.clone(),
        Observed::Present(Box::new(shown)),
        Some(applied_state(&spec)),
    );
    let decision = given.decide();
    assert_eq!(decision.action, Action::Nothing);
    assert_eq!(code(&decision), "IncompleteAnswer");
}

#[test]
fn a_managed_group_that_the_spec_names_too_is_no_difference() {
    let named = json!({"networkConfiguration": {"securityGroups": ["sg-1", "sg-ec5"]}});
    let given = given(&named, |service| {
        configuration(service).network.security_groups =
            ["sg-1".to_owned(), "sg-ec5".to_owned()].into();
    });
    assert_eq!(compared(&given), (vec![], vec![]));
    assert_eq!(given.decide().reason, Reason::Available);
}
