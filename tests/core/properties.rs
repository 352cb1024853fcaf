//! Properties over generated specs.

use std::collections::BTreeSet;

use ecs_express_operator::api::ExpressServiceStatus;
use ecs_express_operator::core::{
    decide::action::Action,
    diff::{compare::diff, complete::complete},
    observed::service::Observed,
    record::{call::record_call, call_result::CallResult, intent::intent},
    report::{reconciled::Reconciled, status::project, status_change::is_status_change},
};
use proptest::{collection::btree_map, option, prelude::*, sample::select};
use serde_json::{Value, json};

use crate::fixtures::*;

/// Any valid spec in managed mode.
fn spec() -> impl Strategy<Value = Value> {
    let word = || "[A-Za-z0-9]{1,12}";
    let container = (
        word(),
        option::of(1..=65535i32),
        option::of(prop::collection::vec(word(), 0..4)),
        btree_map("[A-M][A-Z_]{0,8}", option::of(".{0,12}"), 0..5),
        btree_map("[N-Z][A-Z_]{0,8}", word(), 0..4),
        option::of((word(), word())),
        option::of(word()),
    );
    let quantities = option::of(select(vec![
        ("256", "512"),
        ("1024", "2048"),
        ("2 vCPU", "4 GB"),
        ("0.5", "1024"),
    ]));
    let network = (
        prop::collection::btree_set("subnet-[0-9a-f]{4}", 0..4),
        prop::collection::btree_set("sg-[0-9a-f]{4}", 0..4),
    );
    let scaling = (
        option::of(0..10i32),
        option::of(10..20i32),
        option::of(select(vec![
            "AVERAGE_CPU",
            "AVERAGE_MEMORY",
            "REQUEST_COUNT_PER_TARGET",
        ])),
        option::of(1..100i32),
    );
    let scalars = (
        option::of(word()),
        option::of(word()),
        option::of(select(vec!["X86_64", "ARM64"])),
    );
    (container, quantities, network, scaling, scalars).prop_map(
        |((image, port, command, environment, secrets, logs, credentials), quantities, network, scaling, scalars)| {
            let list = |pairs: Vec<Value>| Value::Array(pairs);
            json!({
                "primaryContainer": {
                    "image": image, "containerPort": port, "command": command,
                    "environment": list(environment.iter().map(|(n, v)| json!({"name": n, "value": v})).collect()),
                    "secrets": list(secrets.iter().map(|(n, v)| json!({"name": n, "valueFrom": v})).collect()),
                    "awsLogsConfiguration": logs.map(|(group, prefix)| json!({"logGroup": group, "logStreamPrefix": prefix})),
                    "repositoryCredentials": credentials.map(|arn| json!({"credentialsParameter": arn})),
                },
                "cpu": quantities.map(|quantities| quantities.0), "memory": quantities.map(|quantities| quantities.1),
                "networkConfiguration": {"subnets": network.0, "securityGroups": network.1},
                "scalingTarget": {
                    "minTaskCount": scaling.0, "maxTaskCount": scaling.1,
                    "autoScalingMetric": scaling.2, "autoScalingTargetValue": scaling.3,
                },
                "taskRoleArn": scalars.0, "healthCheckPath": scalars.1, "cpuArchitecture": scalars.2,
            })
        },
    )
}

proptest! {
    #[test]
    fn what_ecs_shows_after_accepting_a_spec_does_not_differ_from_it(spec in spec()) {
        let wanted = desired(&[json!({"spec": spec})]);
        let shown = accepted(&wanted.configuration);
        let groups = BTreeSet::from(["sg-ec5"]);
        let diff = diff(&wanted.configuration, wanted.mode, &shown, Some(&groups), &BTreeSet::new());
        prop_assert!(diff.is_empty(), "{:?}", diff.differences);
    }

    #[test]
    fn an_update_takes_every_difference_away(before in spec(), after in spec()) {
        let before = desired(&[json!({"spec": before})]);
        let after = desired(&[json!({"spec": after})]);
        let running = accepted(&before.configuration);
        let groups = BTreeSet::from(["sg-ec5"]);
        // ECS replaces what an update sends and keeps the rest.
        let mut then = complete(&after.configuration, Some(&running), Some(&groups), &BTreeSet::new());
        then.execution_role_arn = then.execution_role_arn.or(running.execution_role_arn);
        then.task_role_arn = then.task_role_arn.or(running.task_role_arn);
        then.health_check_path = then.health_check_path.or(running.health_check_path);
        then.cpu = then.cpu.or(running.cpu);
        then.memory = then.memory.or(running.memory);
        let shown = accepted(&then);
        let diff = diff(&after.configuration, after.mode, &shown, Some(&groups), &BTreeSet::new());
        prop_assert!(diff.is_empty(), "{:?}", diff.differences);
    }

    #[test]
    fn the_hash_tells_specs_apart_exactly_when_they_mean_something_else(a in spec(), b in spec()) {
        let (a, b) = (desired(&[json!({"spec": a})]), desired(&[json!({"spec": b})]));
        let same = a.configuration.values() == b.configuration.values();
        prop_assert_eq!(same, a.configuration.hash() == b.configuration.hash());
    }

    #[test]
    fn a_service_that_runs_the_spec_is_ready_and_a_second_observation_changes_nothing(spec in spec()) {
        let wanted = desired(&[json!({"spec": spec})]);
        let observed = Observed::Present(Box::new(service(&wanted)));
        let given = OwnedInput::of(wanted, observed, None);
        let decision = given.decide();
        prop_assert_eq!(&decision.action, &Action::Nothing);
        let state = record_call(&given.input(), &decision, None, &CallResult::Idle, at(0));
        let first = project(&ExpressServiceStatus::default(), Reconciled { input: &given.input(), decision: &decision, result: &CallResult::Idle }, state.clone(), at(0));
        let ready = first.conditions.iter().find(|condition| condition.type_ == "Ready").unwrap();
        prop_assert_eq!(&ready.status, "True");

        let again = OwnedInput { operator_state: Some(state), ..given };
        let decision = again.decide();
        prop_assert_eq!(&decision.action, &Action::Nothing);
        let state = record_call(&again.input(), &decision, None, &CallResult::Idle, at(500));
        let second = project(&first, Reconciled { input: &again.input(), decision: &decision, result: &CallResult::Idle }, state, at(500));
        prop_assert!(!is_status_change(&first, &second, std::time::Duration::MAX));
    }

    #[test]
    fn no_status_shows_an_environment_value_a_command_or_a_secret(spec in spec()) {
        let secret = "hunter2-hunter2";
        let poison = json!({"spec": {"primaryContainer": {
            "command": [secret], "environment": [{"name": "A", "value": secret}],
            "secrets": [{"name": "Z", "valueFrom": secret}],
        }}});
        let wanted = desired(&[json!({"spec": spec}), poison]);
        let mut other = service(&desired(&[]));
        other.arn = wanted.arn.clone();
        let given = OwnedInput::of(wanted, Observed::Present(Box::new(other)), Some(empty_state()));
        let decision = given.decide();
        prop_assert!(matches!(decision.action, Action::Update(_)));
        let sent = intent(&given.input(), &decision, at(0));
        let result = CallResult::Updated { revision: None };
        let state = record_call(&given.input(), &decision, sent, &result, at(0));
        let status = project(&ExpressServiceStatus::default(), Reconciled { input: &given.input(), decision: &decision, result: &result }, state, at(0));
        let shown = format!("{} {decision:?} {:?}", serde_json::to_string(&status).unwrap(), given.desired);
        prop_assert!(!shown.contains("hunter2"), "{shown}");
    }
}
