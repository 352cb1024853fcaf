//! Specs that are invalid whatever ECS says.

use serde_json::json;

use crate::fixtures::desired;

fn message(patch: serde_json::Value) -> String {
    let invalid = desired(&[patch]).invalid.unwrap();
    format!("{}: {}", invalid.field, invalid.message)
}

#[test]
fn an_arn_of_another_account_or_region_is_named_with_the_values_that_its_field_accepts() {
    let text =
        message(json!({"spec": {"cluster": "arn:aws:ecs:eu-west-1:999988887777:cluster/shop"}}));
    assert!(
        text.starts_with("spec.cluster: ") && text.ends_with("use a name or an ARN from there"),
        "{text}"
    );
    let text = message(json!({"spec": {
        "taskDefinitionArn": "arn:aws:ecs:us-east-1:123456789012:task-definition/shop:7",
        "primaryContainer": null, "executionRoleArn": null,
    }}));
    // The schema accepts no name here.
    assert!(
        text.starts_with("spec.taskDefinitionArn: ") && text.ends_with("use an ARN from there"),
        "{text}"
    );
}

#[test]
fn a_container_may_be_as_large_as_ecs_accepts_and_no_larger() {
    let with_value = |length: usize| {
        let environment = json!([{"name": "A", "value": "x".repeat(length)}]);
        desired(&[json!({"spec": {"primaryContainer": {"environment": environment}}})])
    };
    let rest = "shop:1".len() + "A".len();
    assert_eq!(with_value(65_536 - rest).invalid, None);
    let invalid = with_value(65_537 - rest).invalid.unwrap();
    assert_eq!(invalid.field, "spec.primaryContainer");
    assert!(
        invalid.message.contains("65537 bytes"),
        "{}",
        invalid.message
    );
    assert!(!invalid.message.contains("xxx"), "{}", invalid.message);
}

#[test]
fn a_name_that_occurs_twice_is_refused_under_the_field_in_which_it_does() {
    let container = |container: serde_json::Value| json!({"spec": {"primaryContainer": container}});
    let variable = |name: &str, value: &str| json!({"name": name, "value": value});
    let secret = |name: &str| json!({"name": name, "valueFrom": "parameter-x"});
    let tag = |value: &str| json!({"key": "team", "value": value});
    for (field, name, patch) in [
        (
            "spec.primaryContainer.environment",
            "A",
            container(
                json!({"environment": [variable("A", "xxx"), variable("B", "xxx"), variable("A", "xxx")]}),
            ),
        ),
        (
            "spec.primaryContainer.secrets",
            "A",
            container(json!({"secrets": [secret("A"), secret("A")]})),
        ),
        (
            "spec.primaryContainer.secrets",
            "B",
            container(json!({"environment": [variable("B", "xxx")], "secrets": [secret("B")]})),
        ),
        (
            "spec.tags",
            "team",
            json!({"spec": {"tags": [tag("a"), tag("b")]}}),
        ),
    ] {
        let text = message(patch);
        assert!(text.starts_with(&format!("{field}: \"{name}\" ")), "{text}");
        assert!(
            !text.contains("xxx") && !text.contains("parameter-x"),
            "{text}"
        );
    }
    // Such a name may contain a secret, and the schema refuses it.
    let hidden = message(container(
        json!({"environment": [variable("TOKEN=xxx", ""), variable("TOKEN=xxx", "")]}),
    ));
    assert!(
        hidden.starts_with("spec.primaryContainer.environment: "),
        "{hidden}"
    );
    assert!(!hidden.contains("xxx"), "{hidden}");
}

#[test]
fn names_that_differ_are_valid() {
    let patch = json!({"spec": {
        "tags": [{"key": "team"}, {"key": "Team"}],
        "primaryContainer": {
            "environment": [{"name": "A"}, {"name": "B"}],
            "secrets": [{"name": "C", "valueFrom": "parameter-x"}, {"name": "a", "valueFrom": "parameter-x"}],
        },
    }});
    assert_eq!(desired(&[patch]).invalid, None);
}
