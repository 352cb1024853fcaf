//! What counts as a difference: the complaints of users of other tools, one by one.

use std::collections::BTreeSet;

use ecs_express_operator::core::{
    decide::{assessment::Assessment, update_intent::UpdateIntent},
    desired::{
        configuration::{Configuration, Mode},
        field::Field,
        redacted::Redacted,
    },
    diff::{compare::diff, complete::complete},
    observed::service::{Observed, Service},
};
use serde_json::{Value, json};

use crate::fixtures::*;

/// Paths that differ between a spec and what ECS shows of it after a change.
fn differing(spec: &Value, change: fn(&mut Service)) -> Vec<&'static str> {
    let wanted = desired(&[json!({"spec": spec})]);
    let mut service = service(&wanted);
    change(&mut service);
    let observed = Observed::Present(Box::new(service.clone()));
    let given = OwnedInput::of(wanted, observed, None);
    Assessment::of(&given.input(), &service, UpdateIntent::Closed)
        .diff
        .differences
        .iter()
        .map(|difference| difference.field.path())
        .collect()
}

fn configuration(service: &mut Service) -> &mut Configuration {
    &mut service.revisions[0].configuration
}

#[test]
fn values_that_ecs_fills_in_are_no_difference() {
    assert_eq!(differing(&json!({}), |_| ()), Vec::<&str>::new());
}

#[test]
fn the_order_of_environment_and_secrets_is_no_difference() {
    let spec = json!({"primaryContainer": {
        "environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}],
        "secrets": [{"name": "D", "valueFrom": "d"}, {"name": "C", "valueFrom": "c"}],
    }});
    assert_eq!(differing(&spec, |_| ()), Vec::<&str>::new());
}

#[test]
fn an_empty_command_is_no_command() {
    assert_eq!(
        differing(&json!({"primaryContainer": {"command": []}}), |_| ()),
        Vec::<&str>::new()
    );
}

#[test]
fn a_managed_security_group_is_no_difference_and_any_other_is() {
    let spec = json!({"networkConfiguration": {"securityGroups": ["sg-1"]}});
    assert_eq!(differing(&spec, |_| ()), Vec::<&str>::new());
    let other_group = |service: &mut Service| {
        configuration(service)
            .network
            .security_groups
            .insert("sg-666".into());
    };
    assert_eq!(
        differing(&spec, other_group),
        ["spec.networkConfiguration.securityGroups"]
    );
}

#[test]
fn quantities_are_compared_by_value() {
    let spec = json!({"cpu": "2 vCPU", "memory": "4 GB"});
    let in_units = |service: &mut Service| {
        configuration(service).cpu = Some("2048".into());
        configuration(service).memory = Some("4096".into());
    };
    assert_eq!(differing(&spec, in_units), Vec::<&str>::new());
}

#[test]
fn a_field_that_the_user_never_set_is_no_difference_whatever_it_is() {
    let changed = |service: &mut Service| {
        let configuration = configuration(service);
        configuration.cpu = Some("4096".into());
        configuration.health_check_path = Some("/other".into());
        configuration.scaling.max_task_count = Some(99);
        configuration.network.subnets = ["subnet-9".to_owned()].into();
    };
    assert_eq!(differing(&json!({}), changed), Vec::<&str>::new());
}

#[test]
fn environment_secrets_and_command_are_compared_as_a_whole() {
    let added = |service: &mut Service| {
        let container = configuration(service).container.as_mut().unwrap();
        container
            .environment
            .insert("DEBUG".into(), Redacted::new("1"));
        container.secrets.insert("KEY".into(), Redacted::new("k"));
        container.command.push(Redacted::new("sh"));
    };
    assert_eq!(
        differing(&json!({}), added),
        [
            "spec.primaryContainer.command",
            "spec.primaryContainer.environment",
            "spec.primaryContainer.secrets"
        ]
    );
}

#[test]
fn values_of_a_given_task_definition_are_never_a_difference() {
    let definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:3";
    let spec = json!({"taskDefinitionArn": definition, "primaryContainer": null, "executionRoleArn": null});
    let derived = |service: &mut Service| {
        configuration(service).container.as_mut().unwrap().image = "sidecar:9".into();
        configuration(service).cpu = Some("4096".into());
    };
    assert_eq!(differing(&spec, derived), Vec::<&str>::new());
    let other =
        |service: &mut Service| configuration(service).task_definition_arn = Some("other".into());
    assert_eq!(differing(&spec, other), ["spec.taskDefinitionArn"]);
}

#[test]
fn every_field_that_the_user_set_is_compared() {
    let (spec, mut other) = (everything(), everything());
    let paths = differing_configurations(&spec, &spec);
    assert_eq!(paths, Vec::<Field>::new());
    let container = other.container.as_mut().unwrap();
    container.image = "x".into();
    container.container_port = Some(1);
    container.logs.as_mut().unwrap().group = "x".into();
    container.logs.as_mut().unwrap().stream_prefix = "x".into();
    container.credentials = Some("x".into());
    container.command = vec![Redacted::new("x")];
    container.environment.insert("X".into(), Redacted::new("x"));
    container.secrets.insert("X".into(), Redacted::new("x"));
    other.execution_role_arn = Some("x".into());
    other.task_role_arn = Some("x".into());
    other.health_check_path = Some("/x".into());
    other.network.security_groups = ["sg-x".to_owned()].into();
    other.network.subnets = ["subnet-x".to_owned()].into();
    other.cpu = Some("256".into());
    other.memory = Some("512".into());
    other.cpu_architecture = Some("X86_64".into());
    other.scaling.min_task_count = Some(9);
    other.scaling.max_task_count = Some(99);
    other.scaling.metric = Some("AVERAGE_MEMORY".into());
    other.scaling.target_value = Some(9);
    let all: Vec<Field> = Field::ALL
        .into_iter()
        .filter(|field| *field != Field::TaskDefinitionArn)
        .collect();
    let set: Vec<Field> = other.values().into_keys().collect();
    assert_eq!(set, all, "Field::ALL has every field of a configuration");
    assert_eq!(differing_configurations(&spec, &other), all);
}

fn differing_configurations(spec: &Configuration, actual: &Configuration) -> Vec<Field> {
    diff(
        spec,
        Mode::Managed,
        actual,
        Some(&BTreeSet::new()),
        &BTreeSet::new(),
    )
    .differences
    .into_iter()
    .map(|difference| difference.field)
    .collect()
}

fn everything() -> Configuration {
    let manifest = include_str!("../../examples/everything.yaml");
    let object = serde_saphyr::from_str(manifest).unwrap();
    ecs_express_operator::core::desired::object::Desired::parse(&object, &operator()).configuration
}

#[test]
fn a_field_that_was_set_and_is_unset_stays_in_force_and_is_named() {
    let before =
        desired(&[json!({"spec": {"taskRoleArn": "arn:aws:iam::123456789012:role/task"}})]);
    let service = service(&before);
    let given = OwnedInput::of(
        desired(&[]),
        Observed::Present(Box::new(service.clone())),
        Some(applied_state(&before)),
    );
    let assessment = Assessment::of(&given.input(), &service, UpdateIntent::Closed);
    assert!(assessment.diff.is_empty());
    let left: Vec<_> = assessment
        .diff
        .left_in_force
        .iter()
        .map(|left| (left.field.path(), left.actual.as_str()))
        .collect();
    assert_eq!(
        left,
        [("spec.taskRoleArn", "arn:aws:iam::123456789012:role/task")]
    );
}

#[test]
fn without_operator_state_nothing_counts_as_unset() {
    let before =
        desired(&[json!({"spec": {"taskRoleArn": "arn:aws:iam::123456789012:role/task"}})]);
    let service = service(&before);
    let given = OwnedInput::of(
        desired(&[]),
        Observed::Present(Box::new(service.clone())),
        None,
    );
    assert!(
        Assessment::of(&given.input(), &service, UpdateIntent::Closed)
            .diff
            .left_in_force
            .is_empty()
    );
}

#[test]
fn an_update_carries_the_values_in_force_and_those_of_the_spec_but_not_the_managed_group() {
    let wanted = desired(&[json!({"spec": {
        "networkConfiguration": {"subnets": ["subnet-7"]},
        "scalingTarget": {"maxTaskCount": 5},
    }})]);
    let mut actual = accepted(&wanted.configuration);
    actual.network.security_groups.insert("sg-user".into());
    actual.container.as_mut().unwrap().credentials = Some("in force".into());
    let managed = BTreeSet::from(["sg-ec5"]);
    let update = complete(
        &wanted.configuration,
        Some(&actual),
        Some(&managed),
        &BTreeSet::new(),
    );
    let container = update.container.unwrap();
    assert_eq!(container.container_port, Some(80));
    assert_eq!(container.credentials.as_deref(), Some("in force"));
    assert_eq!(
        update.network.security_groups,
        ["sg-user".to_owned()].into()
    );
    assert_eq!(update.scaling.min_task_count, Some(1));
    assert_eq!(
        update.cpu, None,
        "a block that the user never set is not sent"
    );
}
