//! Values that may be secret are never returned in a response.

use serde_json::{Value, json};
use test_support::merge_patch::merge;

use crate::harness::{Namespace, minimal};

/// An object with `hunter2` wherever a secret might be pasted by mistake, and a violation of another rule.
fn careless(name: &str, patch: &Value) -> Value {
    let mut object = minimal(name);
    let container = json!({
        "command": ["web", "--password=hunter2"],
        "environment": [{ "name": "PASSWORD", "value": "hunter2" }, { "name": "OTHER", "value": "hunter2" }],
        "secrets": [{ "name": "TOKEN", "valueFrom": "hunter2" }],
    });
    merge(
        &mut object,
        &json!({ "spec": { "primaryContainer": container } }),
    );
    merge(&mut object, &json!({ "spec": patch }));
    object
}

#[test]
fn no_response_shows_a_command_an_environment_value_or_the_location_of_a_secret() {
    let namespace = Namespace::new("secrecy");
    let container = |container: Value| json!({ "primaryContainer": container });
    let broken = [
        json!({ "infrastructureRoleArn": null }),
        json!({ "infrastructureRoleArn": "express" }),
        json!({ "executionRoleArn": null }),
        json!({ "taskDefinitionArn": crate::harness::TASK_DEFINITION }),
        json!({ "cpu": "512", "memory": "512" }),
        json!({ "cpu": 512 }),
        json!({ "cpuArchitecture": "MIPS" }),
        container(json!({ "image": "a b" })),
        container(json!({ "image": null })),
        container(json!({ "containerPort": 0 })),
        container(json!({ "command": "hunter2" })),
        container(json!({ "command": [["hunter2"]] })),
        container(json!({ "environment": "PASSWORD=hunter2" })),
        container(json!({ "environment": [{ "name": "A", "value": ["hunter2"] }] })),
        container(json!({ "environment": [{ "name": "", "value": "hunter2" }] })),
        container(json!({ "environment": [{ "value": "hunter2" }] })),
        container(
            json!({ "environment": [{ "name": "A", "value": "hunter2" }, { "name": "A", "value": "hunter2" }] }),
        ),
        container(json!({ "environment": [{ "name": "TOKEN", "value": "hunter2" }] })),
        container(json!({ "secrets": [{ "name": "A", "valueFrom": "hunter2 hunter2" }] })),
        container(json!({ "secrets": [{ "name": "A", "valueFrom": ["hunter2"] }] })),
        container(json!({ "secrets": [{ "valueFrom": "hunter2" }] })),
        json!({ "primaryContainer": "hunter2" }),
    ];
    // One at a time as well as in a batch, because kubectl formats the errors differently.
    let objects: Vec<Value> = broken
        .iter()
        .enumerate()
        .map(|(n, patch)| careless(&format!("careless-{n}"), patch))
        .collect();
    let together = namespace.feed(&["create", "--dry-run=server"], &objects);
    assert_eq!(together.stdout, "", "each of them has to be refused");
    assert!(!together.stderr.contains("hunter2"), "{}", together.stderr);
    for object in &objects[8..14] {
        let alone = namespace.feed(
            &["create", "--dry-run=server"],
            std::slice::from_ref(object),
        );
        assert!(
            !alone.ok && !alone.stderr.contains("hunter2"),
            "{}",
            alone.stderr
        );
    }
}

/// The only exception: the API server checks the uniqueness of list maps before any rule.
#[test]
fn an_item_that_is_no_object_is_printed_by_the_api_server_itself() {
    let namespace = Namespace::new("secrecy-of-items");
    for (list, item) in [("environment", "PASSWORD=hunter2"), ("secrets", "hunter2")] {
        let object = careless("web", &json!({ "primaryContainer": { list: [item] } }));
        let printed = namespace.feed(&["create", "--dry-run=server"], &[object]);
        let words = format!(
            r#"spec.primaryContainer.{list}[0]: Invalid value: "{item}": must be an object for an array of list-type map"#
        );
        assert!(printed.stderr.contains(&words), "{}", printed.stderr);
    }
}

#[test]
fn no_response_to_a_change_shows_them_either() {
    let namespace = Namespace::new("secrecy-of-changes");
    namespace.apply(&careless("web", &json!({ "cluster": "a" })));
    let changed = careless(
        "web",
        &json!({ "cluster": "b", "cpu": "512", "memory": "512", "healthCheckPath": "x" }),
    );
    for verb in [
        &["apply"][..],
        &["apply", "--server-side", "--force-conflicts"],
        &["replace"],
    ] {
        let printed = namespace.feed(verb, std::slice::from_ref(&changed));
        assert!(
            printed.stderr.contains("spec.cluster: Forbidden"),
            "{verb:?}: {}",
            printed.stderr
        );
        assert!(
            !printed.stderr.contains("hunter2"),
            "{verb:?}: {}",
            printed.stderr
        );
    }
}

#[test]
fn an_unknown_field_is_rejected_by_name_and_dropped_without_strict_validation() {
    let namespace = Namespace::new("unknown-fields");
    let mut object = minimal("web");
    merge(
        &mut object,
        &json!({ "spec": { "clusster": "a", "primaryContainer": { "environment": [{ "name": "A", "vaule": "hunter2" }] } } }),
    );
    let refused = namespace.feed(&["create"], std::slice::from_ref(&object));
    assert!(!refused.ok);
    for words in [
        r#"unknown field "spec.clusster""#,
        r#"unknown field "spec.primaryContainer.environment[0].vaule""#,
    ] {
        assert!(refused.stderr.contains(words), "{}", refused.stderr);
    }
    assert!(!refused.stderr.contains("hunter2"), "{}", refused.stderr);

    let mut map = minimal("web");
    let variables = json!({ "environment": { "PASSWORD": "hunter2" } });
    merge(
        &mut map,
        &json!({ "spec": { "primaryContainer": variables } }),
    );
    let refused = namespace.feed(&["create"], &[map]);
    let words = r#"unknown field "spec.primaryContainer.environment.PASSWORD""#;
    assert!(refused.stderr.contains(words), "{}", refused.stderr);
    assert!(!refused.stderr.contains("hunter2"), "{}", refused.stderr);

    let accepted = namespace.feed(&["create", "--validate=ignore"], &[object]);
    assert!(accepted.ok, "{}", accepted.stderr);
    assert_eq!(namespace.get("web")["spec"]["clusster"], Value::Null);

    let patch = r#"{"spec":{"clusster":"a"}}"#;
    let warned = namespace.try_kubectl(&["patch", "xsvc", "web", "--type=merge", "-p", patch]);
    assert!(
        warned.stderr.contains(r#"unknown field "spec.clusster""#),
        "{warned:?}"
    );
}
