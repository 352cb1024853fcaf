//! The chart grants exactly the permissions that the operator uses, according to the API server's audit log.

use std::collections::BTreeSet;

use controlplane::{ControlPlane, Process, audit::Request, poll};
use ecs_express_emulator::Fault;
use serde_json::{Value, json};
use test_support::manifest::{manifest, spec};

use crate::{
    fixture::{DEADLINE, condition, fixture, run_operator},
    release::{self, NAME, NAMESPACE},
};

/// API group, resource with subresource, verb.
type Right = (String, String, String);

#[test]
fn in_all_namespaces_each_right_is_used_and_none_is_missing() {
    let walk = Walk::new("everywhere", &json!({}));
    let _operator = walk.start();
    walk.through();
    assert_eq!(rights_used(&walk.plane), rights_granted(&walk.plane));
    assert_nothing_refused(&walk.plane);
}

#[test]
fn in_one_namespace_each_right_is_used_and_none_is_missing() {
    let walk = Walk::new("team", &json!({"watchNamespace": "team"}));
    let operator = walk.start();
    walk.through();
    assert_eq!(rights_used(&walk.plane), rights_granted(&walk.plane));
    assert_nothing_refused(&walk.plane);
    let elsewhere: Vec<_> = requests(&walk.plane)
        .into_iter()
        .filter(|request| !["team", "kube-system"].contains(&request.namespace.as_str()))
        .collect();
    assert_eq!(elsewhere, []);
    drop(operator);

    // With a cluster-id it needs no cluster-scoped permission.
    let with_id = json!({"watchNamespace": "team", "clusterId": "cluster-of-team"});
    walk.plane
        .helm_run(
            &controlplane::Helm::four().unwrap(),
            &["uninstall", NAME, "--namespace", NAMESPACE, "--wait"],
        )
        .unwrap();
    let walk = walk.with(&with_id);
    release::install_with(&walk.plane, &fixture().emulator.url(), NAMESPACE, &with_id);
    let _operator = walk.start();
    let of_cluster = bindings(&walk.plane, "clusterrolebindings");
    assert!(of_cluster.is_empty(), "{of_cluster:?}");
}

/// A control plane of its own, so that the audit log contains only the requests of this test.
struct Walk {
    plane: ControlPlane,
    namespace: &'static str,
    values: Value,
}

impl Walk {
    fn new(namespace: &'static str, values: &Value) -> Self {
        let plane = ControlPlane::start(&controlplane::Assets::find().unwrap()).unwrap();
        plane
            .kubectl_run(&["create", "namespace", namespace], None)
            .unwrap();
        release::install_with(&plane, &fixture().emulator.url(), NAMESPACE, values);
        let values = values.clone();
        Self {
            plane,
            namespace,
            values,
        }
    }

    fn with(self, values: &Value) -> Self {
        let values = values.clone();
        Self { values, ..self }
    }

    fn start(&self) -> Process {
        let container = release::container_with(&self.values);
        run_operator(&self.plane, &container, &fixture().emulator.url())
    }

    /// Create, two updates, an edit by another client during a call to ECS, delete.
    fn through(&self) {
        let service = format!("{}_shop", self.namespace);
        self.apply("shop:1");
        self.until_ready();
        self.apply("shop:2");
        self.until_ready();
        fixture().emulator.fail_next(
            Fault::new("UpdateExpressGatewayService", "Timeout", "").on_service(&service),
        );
        self.apply("shop:3");
        poll::until(DEADLINE, "an update without an answer", || {
            let calls = fixture().emulator.calls();
            let unanswered = calls.iter().any(|call| {
                call.service_name.as_deref() == Some(&service)
                    && call.code.as_deref() == Some("Timeout")
            });
            if unanswered { Ok(()) } else { Err("none") }.map_err(String::from)
        })
        .unwrap();
        self.kubectl(&["label", "xsvc/shop", "edited=meanwhile"]);
        self.until_ready();
        self.kubectl(&["delete", "xsvc/shop", "--timeout=90s"]);
    }

    fn apply(&self, image: &str) {
        let spec = spec(&json!({"primaryContainer": {"image": image}}));
        let manifest = manifest("shop", &spec).to_string();
        let arguments = ["apply", "-n", self.namespace, "-f", "-"];
        self.plane.kubectl_run(&arguments, Some(&manifest)).unwrap();
    }

    fn until_ready(&self) {
        poll::until(DEADLINE, "Ready", || {
            let text = self.kubectl(&["get", "xsvc/shop", "-o", "json"]);
            let object: Value = serde_json::from_str(&text).unwrap();
            let current =
                object["status"]["observedGeneration"] == object["metadata"]["generation"];
            if current && condition(&object, "Ready").0 == "True" {
                Ok(())
            } else {
                Err(object["status"].to_string())
            }
        })
        .unwrap();
    }

    fn kubectl(&self, arguments: &[&str]) -> String {
        let arguments = [&["-n", self.namespace], arguments].concat();
        self.plane.kubectl_run(&arguments, None).unwrap()
    }
}

fn requests(plane: &ControlPlane) -> Vec<Request> {
    plane.requests_of(NAMESPACE, NAME).unwrap()
}

/// Panics with the requests that the API server refused.
pub fn assert_nothing_refused(plane: &ControlPlane) {
    let requests = requests(plane);
    assert!(!requests.is_empty());
    let refused: Vec<_> = requests.iter().filter(|request| !request.allowed).collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

fn rights_used(plane: &ControlPlane) -> BTreeSet<Right> {
    requests(plane)
        .into_iter()
        .map(|request| (request.group, request.resource, request.verb))
        .collect()
}

/// The rules of the roles that are bound to the operator's ServiceAccount.
fn rights_granted(plane: &ControlPlane) -> BTreeSet<Right> {
    let mut rights = BTreeSet::new();
    for kind in ["rolebindings", "clusterrolebindings"] {
        for binding in bindings(plane, kind) {
            let role = &binding["roleRef"];
            let name = format!(
                "{}/{}",
                role["kind"].as_str().unwrap(),
                role["name"].as_str().unwrap()
            );
            let namespace = binding["metadata"]["namespace"]
                .as_str()
                .unwrap_or("default");
            let role = get(plane, &["-n", namespace, &name]);
            for rule in role["rules"].as_array().unwrap() {
                for group in words(&rule["apiGroups"]) {
                    for resource in words(&rule["resources"]) {
                        for verb in words(&rule["verbs"]) {
                            rights.insert((group.clone(), resource.clone(), verb));
                        }
                    }
                }
            }
        }
    }
    rights
}

/// The bindings of the operator's ServiceAccount.
fn bindings(plane: &ControlPlane, kind: &str) -> Vec<Value> {
    let all = get(plane, &["-A", kind]);
    let operator = json!({"kind": "ServiceAccount", "name": NAME, "namespace": NAMESPACE});
    let all = all["items"].as_array().unwrap().iter();
    all.filter(|binding| {
        binding["subjects"]
            .as_array()
            .is_some_and(|all| all.contains(&operator))
    })
    .cloned()
    .collect()
}

fn get(plane: &ControlPlane, what: &[&str]) -> Value {
    let arguments = [&["get", "-o", "json"], what].concat();
    serde_json::from_str(&plane.kubectl_run(&arguments, None).unwrap()).unwrap()
}

fn words(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap().iter();
    list.map(|word| word.as_str().unwrap().to_owned()).collect()
}
