//! Objects that an older CustomResourceDefinition accepted and that the current operator cannot parse.

use std::path::Path;

use controlplane::{Assets, ControlPlane, Process, poll};
use serde_json::{Value, json};
use test_support::manifest::{manifest, spec};

use crate::fixture::{DEADLINE, condition, container_command, fixture, message, operator_command};
use crate::permissions;
use crate::release::{self, NAME, NAMESPACE};

fn crd() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(root.join("crds/expressservices.yaml")).unwrap()
}

/// Applies the manifest until the API server has loaded the schema that accepts it.
fn apply(plane: &ControlPlane, manifest: &str) {
    poll::until(DEADLINE, "the manifest to be taken", || {
        let arguments = ["apply", "--server-side", "--force-conflicts", "-f", "-"];
        plane
            .kubectl_run(&arguments, Some(manifest))
            .map_err(|error| error.stderr)
    })
    .unwrap();
}

/// A control plane with today's schema and two objects of an older one.
fn upgraded_cluster() -> ControlPlane {
    let plane = ControlPlane::start(&Assets::find().unwrap()).unwrap();
    let mut loose: Value = serde_saphyr::from_str(&crd()).unwrap();
    loose["spec"]["versions"][0]["schema"]["openAPIV3Schema"] =
        json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    apply(&plane, &loose.to_string());
    let old = |name: &str, container: Value| {
        let spec = spec(&json!({ "primaryContainer": container }));
        manifest(name, &spec).to_string()
    };
    apply(
        &plane,
        &old("without-image", json!({"image": null, "containerPort": 80})),
    );
    apply(&plane, &old("other-type", json!("hunter2")));
    apply(&plane, &crd());
    let as_it_is = json!({"crds": {"enabled": false}});
    release::install_with(&plane, &fixture().emulator.url(), NAMESPACE, &as_it_is);
    plane
}

#[test]
fn a_report_that_the_api_server_does_not_take_at_first_is_retried_soon_and_warned_about_once() {
    let plane = upgraded_cluster();
    let role = |verb: &str, manifest: &Value| {
        let arguments = [verb, "-f", "-"];
        let manifest = manifest.to_string();
        plane.kubectl_run(&arguments, Some(&manifest)).unwrap();
    };
    let granted = plane
        .kubectl_run(&["get", "clusterrole", NAME, "-o", "json"], None)
        .unwrap();
    let mut granted: Value = serde_json::from_str(&granted).unwrap();
    granted["metadata"] = json!({"name": NAME});
    let mut without_status = granted.clone();
    for rule in without_status["rules"].as_array_mut().unwrap() {
        let resources = rule["resources"].as_array_mut().unwrap();
        resources.retain(|resource| resource != "expressservices/status");
    }
    let rules = without_status["rules"].as_array_mut().unwrap();
    rules.retain(|rule| rule["resources"] != json!([]));
    role("replace", &without_status);
    let kubeconfig = plane.service_account_kubeconfig(NAMESPACE, NAME).unwrap();
    let mut container = release::container().clone();
    let args = container.args.iter_mut();
    for argument in args.filter(|argument| argument.starts_with("--resync-interval=")) {
        "--resync-interval=1h".clone_into(argument);
    }
    let endpoint = fixture().emulator.url();
    let command = container_command(&container, &kubeconfig, &endpoint);
    let log = plane.dir().join("operator.log");
    let operator = Process::spawn("the operator", command, log).unwrap();
    let failures = || {
        let log = operator.log();
        let failures = log.lines().filter(|line| {
            line.contains("could not write the status of a malformed object")
                && line.contains("without-image")
        });
        failures.count()
    };
    poll::until(DEADLINE, "three attempts", || {
        let failures = failures();
        (failures >= 3).then_some(()).ok_or(operator.log_tail())
    })
    .unwrap();
    role("replace", &granted);
    poll::until(DEADLINE, "the report", || {
        let text = plane
            .kubectl_run(&["get", "xsvc", "without-image", "-o", "json"], None)
            .unwrap();
        let object: Value = serde_json::from_str(&text).unwrap();
        let reported = condition(&object, "Stalled").1 == "InvalidSpec";
        reported.then_some(()).ok_or(operator.log_tail())
    })
    .unwrap();
    let events = plane
        .kubectl_run(&["get", "events", "-o", "json"], None)
        .unwrap();
    let events: Value = serde_json::from_str(&events).unwrap();
    let events = events["items"].as_array().unwrap().iter();
    let about = |event: &&Value| {
        event["involvedObject"]["name"] == "without-image" && event["reason"] == "InvalidSpec"
    };
    let events: Vec<_> = events.filter(about).collect();
    assert_eq!(events.len(), 1, "{events:?}");
    assert!(events[0]["series"].is_null(), "{events:?}");
}

#[test]
fn malformed_objects_do_not_stop_the_others_and_are_reported_without_their_values() {
    let plane = upgraded_cluster();
    apply(&plane, &manifest("new", &spec(&json!({}))).to_string());
    let kubeconfig = plane.service_account_kubeconfig(NAMESPACE, NAME).unwrap();
    let command = operator_command(&kubeconfig, &fixture().emulator.url());
    let log = plane.dir().join("operator.log");
    let operator = Process::spawn("the operator", command, log).unwrap();
    let object = |name: &str| -> Value {
        let text = plane
            .kubectl_run(&["get", "xsvc", name, "-o", "json"], None)
            .unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let until = |name: &str, kind: &str, wanted: (&str, &str)| {
        poll::until(DEADLINE, &format!("{name} {kind} {wanted:?}"), || {
            let found = object(name);
            let (status, reason) = condition(&found, kind);
            let holds = (status.as_str(), reason.as_str()) == wanted;
            if holds {
                Ok(message(&found, kind))
            } else {
                Err(found["status"].to_string())
            }
        })
        .unwrap_or_else(|error| panic!("{error}\n{}", operator.log_tail()))
    };
    until("new", "Ready", ("True", "Available"));
    let text = until("without-image", "Stalled", ("True", "InvalidSpec"));
    assert!(text.contains("image"), "{text}");
    let events = poll::until(DEADLINE, "an event on each", || {
        let columns = "custom-columns=O:.involvedObject.name,R:.reason,N:.message";
        let events = plane
            .kubectl_run(&["get", "events", "-o", columns], None)
            .unwrap();
        let reported = |name: &str| {
            events
                .lines()
                .any(|line| line.contains(name) && line.contains("InvalidSpec"))
        };
        if reported("without-image") && reported("other-type") {
            Ok(events)
        } else {
            Err(events)
        }
    })
    .unwrap();
    permissions::assert_nothing_refused(&plane);
    crate::start::each_key_once(&operator.log());
    assert!(
        !events.contains("hunter2") && !operator.log().contains("hunter2"),
        "{events}"
    );
}
