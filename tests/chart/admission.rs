//! Admission of the rendered chart by a real API server.

use std::sync::OnceLock;

use controlplane::{Assets, ControlPlane};
use serde_json::{Value, json};

use crate::chart::{self, CHART, NAME, NAMESPACE, helm, render, the};

/// A control plane with the namespaces that the values name; the operator's admits restricted pods only.
fn plane() -> &'static ControlPlane {
    static PLANE: OnceLock<ControlPlane> = OnceLock::new();
    PLANE.get_or_init(|| {
        let plane = ControlPlane::start(&Assets::find().unwrap()).unwrap();
        for namespace in [NAMESPACE, "team"] {
            plane
                .kubectl_run(&["create", "namespace", namespace], None)
                .unwrap();
        }
        let restricted = "pod-security.kubernetes.io/enforce=restricted";
        plane
            .kubectl_run(&["label", "namespace", NAMESPACE, restricted], None)
            .unwrap();
        plane
    })
}

fn dry_run(objects: &[Value]) -> Result<(), String> {
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    let arguments = ["apply", "--dry-run=server", "--validate=strict", "-f", "-"];
    plane()
        .kubectl_run(&arguments, Some(&list.to_string()))
        .map(drop)
        .map_err(|error| error.stderr)
}

#[test]
fn the_api_server_accepts_all_that_is_rendered_by_default() {
    dry_run(&render(&json!({}))).unwrap();
}

#[test]
fn the_api_server_accepts_all_that_is_rendered_with_every_value_set() {
    let switched_on = json!({
        "crds": {"enabled": true}, "serviceAccount": {"create": true},
        "rbac": {"create": true, "aggregateClusterRoles": true}, "metrics": {"service": {"enabled": true}},
    })
    .to_string();
    for more in [
        json!({}),
        json!({"clusterId": ""}),
        json!({"watchNamespace": ""}),
    ] {
        let more = more.to_string();
        let arguments = ["template", NAME, CHART, "--namespace", NAMESPACE];
        let values = ["--values", chart::EVERYTHING, "--set-json", &switched_on];
        let arguments = [&arguments[..], &values, &["--set-json", &more]].concat();
        let objects = chart::documents(&helm().run(&arguments).unwrap());
        assert!(objects.len() >= 8, "{}", objects.len());
        dry_run(&objects).unwrap();
    }
}

fn pod(values: &Value) -> Value {
    let template = the(&render(values), "Deployment")["spec"]["template"].clone();
    // Admission requires it to exist; the Pod Security Standard does not depend on which one it is.
    let mut spec = template["spec"].clone();
    spec["serviceAccountName"] = json!("default");
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": NAME, "namespace": NAMESPACE, "labels": template["metadata"]["labels"]},
        "spec": spec,
    })
}

#[test]
fn a_namespace_that_enforces_the_restricted_standard_admits_the_pod() {
    plane();
    controlplane::poll::until(
        std::time::Duration::from_secs(20),
        "the default ServiceAccount",
        || {
            plane()
                .kubectl_run(&["get", "serviceaccount", "default", "-n", NAMESPACE], None)
                .map_err(|error| error.stderr)
        },
    )
    .unwrap();
    dry_run(&[pod(&json!({}))]).unwrap();
    let refused = dry_run(&[pod(
        &json!({"securityContext": {"allowPrivilegeEscalation": true}}),
    )]);
    assert!(refused.unwrap_err().contains("violates PodSecurity"));
}
