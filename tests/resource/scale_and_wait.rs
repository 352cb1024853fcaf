//! `kubectl scale`, and `kubectl wait`.

use std::process::Stdio;

use controlplane::poll;
use serde_json::{Value, json};
use test_support::merge_patch::merge;

use crate::harness::{Namespace, PATIENCE, minimal, plane};

fn scale_path(namespace: &str) -> String {
    format!("/apis/ecs-express.dev/v1alpha1/namespaces/{namespace}/expressservices/web/scale")
}

#[test]
fn scale_sets_the_minimum_task_count() {
    let namespace = Namespace::new("scale");
    namespace.apply(&minimal("web"));
    namespace.patch_status("web", &json!({ "runningCount": 2 }));

    // While unset it can be written but not read.
    let refusal = namespace.refusal(&["get", "--raw", &scale_path("scale")]);
    assert!(
        refusal.contains(r#"".spec.scalingTarget.minTaskCount" does not exist"#),
        "{refusal}"
    );
    namespace.kubectl(&["scale", "xsvc/web", "--replicas=3"]);
    assert_eq!(
        namespace.get("web")["spec"]["scalingTarget"],
        json!({ "minTaskCount": 3 })
    );

    let scale = namespace.kubectl(&["get", "--raw", &scale_path("scale")]);
    let scale: Value = serde_json::from_str(&scale).unwrap();
    assert_eq!(scale["spec"]["replicas"], 3);
    assert_eq!(scale["status"]["replicas"], 2);

    namespace.kubectl(&["scale", "xsvc/web", "--current-replicas=3", "--replicas=0"]);
    assert_eq!(
        namespace.get("web")["spec"]["scalingTarget"]["minTaskCount"],
        0
    );
}

#[test]
fn scale_keeps_to_the_rules_and_to_the_rest_of_the_target() {
    let namespace = Namespace::new("scale-rules");
    let mut object = minimal("web");
    let target = json!({ "maxTaskCount": 4, "autoScalingMetric": "AVERAGE_MEMORY" });
    merge(&mut object, &json!({ "spec": { "scalingTarget": target } }));
    namespace.apply(&object);

    let refusal = namespace.refusal(&["scale", "xsvc/web", "--replicas=5"]);
    assert!(
        refusal.contains("minTaskCount 5 is greater than maxTaskCount 4"),
        "{refusal}"
    );
    let refusal = namespace.refusal(&["scale", "xsvc/web", "--replicas=5001"]);
    assert!(
        refusal.contains("should be less than or equal to 5000"),
        "{refusal}"
    );

    namespace.kubectl(&["scale", "xsvc/web", "--replicas=4"]);
    let target =
        json!({ "minTaskCount": 4, "maxTaskCount": 4, "autoScalingMetric": "AVERAGE_MEMORY" });
    assert_eq!(namespace.get("web")["spec"]["scalingTarget"], target);
}

#[test]
fn null_is_the_same_as_unset_and_does_not_block_scale() {
    let namespace = Namespace::new("nulls");
    let mut object = minimal("web");
    for field in [
        "scalingTarget",
        "cpu",
        "cpuArchitecture",
        "tags",
        "suspend",
        "networkConfiguration",
    ] {
        object["spec"][field] = Value::Null;
    }
    object["spec"]["primaryContainer"]["environment"] = Value::Null;
    let created = namespace.feed(&["create"], &[object]);
    assert!(created.ok, "{}", created.stderr);
    assert_eq!(namespace.get("web")["spec"], minimal("web")["spec"]);
    namespace.kubectl(&["scale", "xsvc/web", "--replicas=1"]);
}

#[test]
fn wait_returns_once_the_condition_is_true() {
    let namespace = Namespace::new("wait");
    namespace.apply(&minimal("web"));
    let ready = |status: &str| {
        let condition = json!({
            "type": "Ready", "status": status, "reason": "Available", "message": "",
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        });
        namespace.patch_status(
            "web",
            &json!({ "observedGeneration": 1, "conditions": [condition] }),
        );
    };
    ready("False");
    let wait = ["wait", "--for=condition=Ready", "xsvc/web"];
    let refusal = namespace.refusal(&[&wait[..], &["--timeout=0"]].concat());
    assert!(
        refusal.contains("condition not met") || refusal.contains("timed out"),
        "{refusal}"
    );

    let mut waiting = plane()
        .kubectl()
        .args(["--namespace", "wait", "--timeout=60s"])
        .args(wait)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    assert!(
        waiting.try_wait().unwrap().is_none(),
        "it waits while the condition is false"
    );
    ready("True");
    let status = poll::until(PATIENCE, "kubectl wait to return", || {
        waiting
            .try_wait()
            .unwrap()
            .ok_or_else(|| "it still waits".into())
    });
    if status.is_err() {
        waiting.kill().unwrap();
    }
    assert!(status.unwrap().success());
    namespace.kubectl(&[&wait[..], &["--timeout=0"]].concat());
}
