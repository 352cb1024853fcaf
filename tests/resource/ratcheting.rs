//! An upgrade with a new validation rule does not block the objects that violate it.

use controlplane::poll;
use serde_json::{Value, json};
use test_support::merge_patch::merge;

use crate::harness::{CRD_NAME, Namespace, PATIENCE, install, minimal, plane};

/// The message of a schema violation.
const RULES: [&str; 8] = [
    "x-kubernetes-validations",
    "enum",
    "maxItems",
    "maxLength",
    "maximum",
    "minLength",
    "minimum",
    "pattern",
];

/// The CRD under names of its own, so that other tests are not disturbed.
fn another_crd() -> Value {
    let crd = plane()
        .kubectl_run(&["get", "crd", CRD_NAME, "-o", "json"], None)
        .unwrap();
    let mut spec = serde_json::from_str::<Value>(&crd).unwrap()["spec"].take();
    spec["group"] = json!("upgraded.example.com");
    spec["names"] = json!({ "kind": "UpgradedService", "plural": "upgradedservices", "singular": "upgradedservice" });
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": { "name": "upgradedservices.upgraded.example.com" },
        "spec": spec,
    })
}

fn loosen(schema: &mut Value) {
    let Value::Object(members) = schema else {
        return;
    };
    for rule in RULES {
        members.remove(rule);
    }
    if let Some(Value::Object(properties)) = members.get_mut("properties") {
        properties.values_mut().for_each(loosen);
    }
    if let Some(items) = members.get_mut("items") {
        loosen(items);
    }
}

fn object(name: &str, spec: Value) -> Value {
    let mut object = minimal(name);
    object["apiVersion"] = json!("upgraded.example.com/v1alpha1");
    object["kind"] = json!("UpgradedService");
    merge(&mut object, &json!({ "spec": spec }));
    object
}

/// A namespace with objects that were created before the rules and violate one each.
fn upgraded() -> Namespace {
    let namespace = Namespace::new("upgraded");
    let crd = another_crd();
    let mut earlier = crd.clone();
    loosen(&mut earlier["spec"]["versions"][0]["schema"]["openAPIV3Schema"]);
    let file = plane().dir().join("upgraded-crd.json");
    let file = file.to_str().unwrap();
    let apply = |crd: &Value| {
        std::fs::write(file, crd.to_string()).unwrap();
        install(plane(), &["apply", "--server-side", "-f", file], None);
    };
    apply(&earlier);
    let field = object("field", json!({ "healthCheckPath": "health" }));
    let pair = object("pair", json!({ "cpu": "512", "memory": "512" }));
    poll::until(PATIENCE, "objects that break rules", || {
        let printed = namespace.feed(&["apply"], &[field.clone(), pair.clone()]);
        if printed.ok {
            Ok(())
        } else {
            Err(printed.stderr)
        }
    })
    .unwrap();

    apply(&crd);
    poll::until(PATIENCE, "the rules to be in force", || {
        let another = object("another", json!({ "cpu": "512", "memory": "512" }));
        let printed = namespace.feed(&["create", "--dry-run=server"], &[another]);
        if printed.stderr.contains("does not go with cpu") {
            Ok(())
        } else {
            Err(printed.stdout)
        }
    })
    .unwrap();
    namespace
}

fn patch(namespace: &Namespace, name: &str, more: &[&str], patch: Value) -> Result<String, String> {
    let patch = patch.to_string();
    let command = [
        "patch",
        "upgradedservices.upgraded.example.com",
        name,
        "--type=merge",
        "-p",
        &patch,
    ];
    let printed = namespace.try_kubectl(&[&command[..], more].concat());
    if printed.ok {
        Ok(printed.stdout)
    } else {
        Err(printed.stderr)
    }
}

#[test]
fn an_object_that_breaks_a_later_rule_can_still_be_reconciled_edited_and_deleted() {
    let namespace = upgraded();
    let status = ["--subresource=status"];
    for name in ["field", "pair"] {
        // Every write of the operator.
        let finalizer = json!({ "metadata": {
            "finalizers": ["ecs-express.dev/finalizer"],
            "annotations": { "ecs-express.dev/cluster-id": "0123" },
        } });
        patch(&namespace, name, &[], finalizer).unwrap();
        patch(
            &namespace,
            name,
            &status,
            json!({ "status": { "statusCode": "ACTIVE" } }),
        )
        .unwrap();
    }

    // A rule on a field does not block edits of other fields.
    patch(
        &namespace,
        "field",
        &[],
        json!({ "spec": { "cpu": "1024" } }),
    )
    .unwrap();
    let worse = json!({ "spec": { "healthCheckPath": "status" } });
    let refusal = patch(&namespace, "field", &[], worse).unwrap_err();
    assert!(
        refusal.contains(r#""status" must start with "/""#),
        "{refusal}"
    );
    patch(
        &namespace,
        "field",
        &[],
        json!({ "spec": { "healthCheckPath": "/health" } }),
    )
    .unwrap();

    // A rule on the spec is evaluated on every edit of the spec, and an edit that satisfies it succeeds.
    let refusal = patch(
        &namespace,
        "pair",
        &[],
        json!({ "spec": { "suspend": true } }),
    )
    .unwrap_err();
    assert!(
        refusal.contains(r#"memory "512" does not go with cpu "512""#),
        "{refusal}"
    );
    patch(
        &namespace,
        "pair",
        &[],
        json!({ "spec": { "suspend": true, "memory": "1024" } }),
    )
    .unwrap();

    // A rule that came with the upgrade applies from now on.
    let refusal = patch(
        &namespace,
        "pair",
        &[],
        json!({ "spec": { "memory": "512" } }),
    )
    .unwrap_err();
    assert!(refusal.contains("does not go with cpu"), "{refusal}");

    let resource = "upgradedservices.upgraded.example.com";
    namespace.kubectl(&["delete", resource, "field", "--wait=false"]);
    patch(
        &namespace,
        "field",
        &[],
        json!({ "metadata": { "finalizers": null } }),
    )
    .unwrap();
    let left = namespace.kubectl(&["get", resource, "-o", "name"]);
    assert_eq!(left, "upgradedservice.upgraded.example.com/pair\n");
}
