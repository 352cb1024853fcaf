//! The status subresource, and its list of conditions that several writers share.

use serde_json::{Value, json};

use crate::harness::{Namespace, minimal};

fn condition(kind: &str, status: &str) -> Value {
    json!({
        "type": kind, "status": status, "reason": "Because", "message": "",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    })
}

/// The types and statuses of the conditions, sorted by type.
fn conditions(object: &Value) -> Vec<(&str, &str)> {
    let mut found: Vec<_> = object["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|condition| {
            (
                condition["type"].as_str().unwrap(),
                condition["status"].as_str().unwrap(),
            )
        })
        .collect();
    found.sort_unstable();
    found
}

/// The status of an object that no operator has observed yet: kstatus considers an object without status current.
fn unobserved() -> Value {
    json!({ "observedGeneration": -1 })
}

#[test]
fn an_unobserved_object_says_so_and_stays_the_same_when_it_is_applied_again() {
    let namespace = Namespace::new("unobserved");
    namespace.apply(&minimal("web"));
    let created = namespace.get("web");
    assert_eq!(created["status"], unobserved());
    let printed = namespace.feed(&["apply"], &[minimal("web")]);
    assert!(printed.stdout.contains("unchanged"), "{}", printed.stdout);
    assert_eq!(namespace.get("web"), created);

    // The operator's writes replace it; a restore without status brings it back.
    namespace.patch_status(
        "web",
        &json!({ "observedGeneration": 1, "statusCode": "ACTIVE" }),
    );
    assert_eq!(
        namespace.get("web")["status"],
        json!({ "observedGeneration": 1, "statusCode": "ACTIVE" })
    );
    namespace.patch_status("web", &Value::Null);
    assert_eq!(namespace.get("web")["status"], unobserved());
}

#[test]
fn what_a_newer_operator_stores_is_kept_at_every_level_of_the_operator_state() {
    let namespace = Namespace::new("newer-memory");
    namespace.apply(&minimal("web"));
    let memory = json!({
        "scheme": 1, "newer": {"a": [1]},
        "service": {"arn": "a", "newer": 1},
        "intent": {"operation": "Update", "hash": "h", "counter": 1, "at": "2026-01-01T00:00:00Z", "newer": 1},
        "lastApplied": {"hash": "h", "rolloutHash": "h", "mode": "Managed", "fields": [], "tagKeys": [], "newer": 1},
        "rolledBack": {"rolloutHash": "h", "newer": 1},
        "breaker": {"path": "p", "hash": "h", "count": 1, "newer": 1},
    });
    namespace.patch_status("web", &json!({ "operatorState": memory }));
    let stored = namespace.get("web")["status"]["operatorState"].clone();
    assert_eq!(stored, memory);
    // An older operator writes the members that it knows and leaves the others.
    namespace.patch_status(
        "web",
        &json!({ "operatorState": { "intent": { "counter": 2 } } }),
    );
    let stored = namespace.get("web")["status"]["operatorState"].clone();
    assert_eq!(stored["intent"]["newer"], 1);
    assert_eq!(stored["newer"], json!({"a": [1]}));
}

#[test]
fn a_write_of_the_status_leaves_the_spec_alone_and_a_write_of_the_spec_the_status() {
    let namespace = Namespace::new("status");
    let mut object = minimal("web");
    object["status"] = json!({ "statusCode": "ACTIVE" });
    namespace.apply(&object);
    assert_eq!(
        namespace.get("web")["status"],
        unobserved(),
        "nobody sets it on creation"
    );

    let patch = r#"{"spec":{"cpu":"512"},"status":{"statusCode":"ACTIVE"}}"#;
    namespace.kubectl(&[
        "patch",
        "xsvc",
        "web",
        "--subresource=status",
        "--type=merge",
        "-p",
        patch,
    ]);
    let patched = namespace.get("web");
    assert_eq!(patched["spec"], minimal("web")["spec"]);
    assert_eq!(patched["status"]["statusCode"], "ACTIVE");
    assert_eq!(patched["metadata"]["generation"], 1);

    let patch = r#"{"spec":{"cpu":"512"},"status":{"statusCode":"DRAINING"}}"#;
    namespace.kubectl(&["patch", "xsvc", "web", "--type=merge", "-p", patch]);
    let patched = namespace.get("web");
    assert_eq!(patched["spec"]["cpu"], "512");
    assert_eq!(patched["status"]["statusCode"], "ACTIVE");
    assert_eq!(patched["metadata"]["generation"], 2);
}

#[test]
fn a_status_patch_that_changes_nothing_writes_nothing_and_a_stale_one_is_refused() {
    let namespace = Namespace::new("fence");
    namespace.apply(&minimal("web"));
    let version = |object: &Value| {
        object["metadata"]["resourceVersion"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let created = version(&namespace.get("web"));
    namespace.patch_status("web", &json!({ "statusCode": "ACTIVE" }));
    let written = version(&namespace.get("web"));
    assert_ne!(created, written);
    namespace.patch_status("web", &json!({ "statusCode": "ACTIVE" }));
    assert_eq!(version(&namespace.get("web")), written);

    let stale = json!({ "metadata": { "resourceVersion": created }, "status": { "statusCode": "DRAINING" } });
    let stale = stale.to_string();
    let refusal = namespace.refusal(&[
        "patch",
        "xsvc",
        "web",
        "--subresource=status",
        "--type=merge",
        "-p",
        &stale,
    ]);
    assert!(
        refusal.contains("the object has been modified"),
        "{refusal}"
    );
}

#[test]
fn values_that_are_newer_than_the_operator_are_kept() {
    let namespace = Namespace::new("newer-words");
    namespace.apply(&minimal("web"));
    let status = json!({
        "statusCode": "FROZEN",
        "statusReason": "because",
        "deployment": { "status": "PAUSED", "stage": "SOMETHING_NEW" },
        "managedResources": [{ "type": "Teapot", "status": "BREWING" }],
        "conditions": [condition("example.com/Audited", "Unknown")],
    });
    namespace.patch_status("web", &status);
    let mut expected = status;
    expected["observedGeneration"] = json!(-1);
    assert_eq!(namespace.get("web")["status"], expected);
}

#[test]
fn conditions_belong_to_their_writers_in_whatever_order() {
    let namespace = Namespace::new("conditions");
    namespace.apply(&minimal("web"));
    let write = |manager: &str, conditions: &[Value]| {
        let object = json!({
            "apiVersion": "ecs-express.dev/v1alpha1",
            "kind": "ExpressService",
            "metadata": { "name": "web" },
            "status": { "conditions": conditions },
        });
        let manager = format!("--field-manager={manager}");
        let verb = ["apply", "--server-side", "--subresource=status", &manager];
        namespace.feed(&verb, &[object])
    };
    let operator = "ecs-express-operator";
    assert!(
        write(
            operator,
            &[condition("Ready", "False"), condition("Synced", "True")]
        )
        .ok
    );
    assert!(write("auditor", &[condition("example.com/Audited", "True")]).ok);
    assert!(
        write(
            operator,
            &[condition("Synced", "False"), condition("Ready", "True")]
        )
        .ok
    );
    let all = [
        ("Ready", "True"),
        ("Synced", "False"),
        ("example.com/Audited", "True"),
    ];
    assert_eq!(conditions(&namespace.get("web")), all);

    // Each removes only its own.
    assert!(write(operator, &[condition("Ready", "True")]).ok);
    assert_eq!(conditions(&namespace.get("web")), [all[0], all[2]]);

    // Two conditions of one type are rejected.
    let twice = json!({ "status": { "conditions": [condition("Ready", "True"), condition("Ready", "False")] } });
    let twice = twice.to_string();
    let refusal = namespace.refusal(&[
        "patch",
        "xsvc",
        "web",
        "--subresource=status",
        "--type=merge",
        "-p",
        &twice,
    ]);
    assert!(
        refusal.contains(r#"status.conditions[1]: Duplicate value: {"type":"Ready"}"#),
        "{refusal}"
    );
}
