//! An outage of the API server, and the recovery from it.

use std::time::Duration;

use controlplane::{Assets, ControlPlane, Process, poll};
use serde_json::{Value, json};
use test_support::manifest::{manifest, spec};

use crate::fixture::{DEADLINE, condition, fixture, operator_command};
use crate::release::{self, NAME, NAMESPACE};

/// The lines of the log with this message.
fn lines(process: &Process, message: &str) -> Vec<Value> {
    process
        .log()
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line["message"] == message)
        .collect()
}

#[test]
fn after_an_outage_the_log_reports_the_recovered_watch_once_and_edits_are_seen() {
    let mut plane = ControlPlane::start(&Assets::find().unwrap()).unwrap();
    release::install(&plane, &fixture().emulator.url());
    let apply = |plane: &ControlPlane, image: &str| {
        let spec = spec(&json!({"suspend": true, "primaryContainer": {"image": image}}));
        let manifest = manifest("outage", &spec).to_string();
        plane
            .kubectl_run(&["apply", "-f", "-"], Some(&manifest))
            .unwrap();
    };
    apply(&plane, "shop:1");
    let kubeconfig = plane.service_account_kubeconfig(NAMESPACE, NAME).unwrap();
    let command = operator_command(&kubeconfig, &fixture().emulator.url());
    let operator =
        Process::spawn("the operator", command, plane.dir().join("operator.log")).unwrap();
    let observed = |plane: &ControlPlane, generation: i64| {
        poll::until(DEADLINE, &format!("generation {generation}"), || {
            let get = ["get", "xsvc", "outage", "-o", "json"];
            let text = plane
                .kubectl_run(&get, None)
                .map_err(|error| error.stderr)?;
            let object: Value = serde_json::from_str(&text).unwrap();
            let seen = object["status"]["observedGeneration"] == generation;
            let reported = !condition(&object, "Ready").0.is_empty();
            (seen && reported).then_some(()).ok_or(text)
        })
        .unwrap_or_else(|error| panic!("{error}\n{}", operator.log_tail()));
    };
    observed(&plane, 1);

    plane.stop_apiserver().unwrap();
    let trouble = "watch failed; retrying";
    poll::until(DEADLINE, "trouble", || {
        let reported = !lines(&operator, trouble).is_empty();
        reported.then_some(()).ok_or(operator.log_tail())
    })
    .unwrap();
    // The outage has to last for a while, because the backoff grows with it.
    std::thread::sleep(Duration::from_secs(12));
    plane.start_apiserver().unwrap();
    apply(&plane, "shop:2");
    observed(&plane, 2);
    let again = "watch recovered";
    poll::until(DEADLINE, again, || {
        let reported = lines(&operator, again);
        let seconds = reported
            .first()
            .and_then(|line| line["outage_seconds"].as_f64());
        seconds
            .is_some_and(|seconds| seconds >= 12.0)
            .then_some(())
            .ok_or(operator.log_tail())
    })
    .unwrap();
    assert_eq!(lines(&operator, again).len(), 1, "{}", operator.log());
}
