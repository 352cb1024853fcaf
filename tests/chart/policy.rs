//! The IAM policy in the chart allows what the adapter calls, and passing roles.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::chart::file;

/// The calls that ECS makes in the caller's name for a create or update, according to CloudFormation and reports.
const IN_THE_CALLERS_NAME: [&str; 2] = ["ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition"];

fn statements() -> Vec<Value> {
    let policy: Value = serde_json::from_str(&file("iam-policy.json")).unwrap();
    policy["Statement"].as_array().unwrap().clone()
}

fn actions(statement: &Value) -> Vec<String> {
    match &statement["Action"] {
        Value::String(one) => vec![one.clone()],
        many => many
            .as_array()
            .unwrap()
            .iter()
            .map(|action| action.as_str().unwrap().to_owned())
            .collect(),
    }
}

/// The actions that the adapter calls, read from its source.
fn called() -> BTreeSet<String> {
    let names = file("../../src/ecs/classify.rs");
    let calls = file("../../src/ecs/calls.rs");
    let constant = |line: &str| {
        let line = line.trim().strip_prefix("pub const ")?;
        let (constant, rest) = line.split_once(": &str = \"")?;
        Some((constant.to_owned(), rest.split_once('"')?.0.to_owned()))
    };
    let called = names
        .lines()
        .filter_map(constant)
        .filter(|(constant, _)| calls.contains(&format!("timed(operation::{constant},")));
    called.map(|(_, name)| format!("ecs:{name}")).collect()
}

#[test]
fn it_allows_the_actions_that_the_adapter_calls_and_what_ecs_does_in_the_callers_name() {
    let mut expected = called();
    assert!(expected.len() >= 11, "{expected:?}");
    expected.extend(IN_THE_CALLERS_NAME.map(String::from));
    let allowed: BTreeSet<_> = statements()
        .iter()
        .flat_map(actions)
        .filter(|action| action.starts_with("ecs:"))
        .collect();
    assert_eq!(allowed, expected);
}

#[test]
fn it_passes_named_roles_to_ecs_only() {
    let statements = statements();
    let mut passing = statements.iter().filter(|statement| {
        actions(statement)
            .iter()
            .any(|action| !action.starts_with("ecs:"))
    });
    let statement = passing.next().unwrap();
    assert!(passing.next().is_none());
    assert_eq!(actions(statement), ["iam:PassRole"]);
    assert!(!statement["Resource"].to_string().contains('*'));
    assert_eq!(
        statement["Condition"]["StringEqualsIfExists"]["iam:PassedToService"],
        serde_json::json!(["ecs.amazonaws.com", "ecs-tasks.amazonaws.com"])
    );
}

#[test]
fn it_tags_services_and_the_task_definitions_that_are_made_with_them() {
    let tagging = statements().into_iter().filter(|statement| {
        let tags = |action: &String| action == "ecs:TagResource";
        actions(statement).iter().any(tags)
    });
    let resources: Vec<_> = tagging
        .map(|statement| statement["Resource"].clone())
        .collect();
    assert_eq!(
        resources,
        [
            "arn:aws:ecs:*:123456789012:service/*/*",
            "arn:aws:ecs:*:123456789012:task-definition/*:*"
        ]
    );
}
