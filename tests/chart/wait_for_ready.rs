//! Tools that wait by kstatus, as Helm 4 and Flux do, wait until the operator reports an ExpressService as ready.

use std::path::{Path, PathBuf};

use controlplane::{Assets, ControlPlane};
use serde_json::json;
use test_support::manifest::{manifest, spec};

use crate::chart::{CHART, NAME, NAMESPACE, helm};

/// A chart with a single ExpressService.
fn chart(plane: &ControlPlane) -> PathBuf {
    let chart = plane.dir().join("shop");
    std::fs::create_dir_all(chart.join("templates")).unwrap();
    let write = |file: &str, content: serde_json::Value| {
        std::fs::write(chart.join(file), content.to_string()).unwrap();
    };
    write(
        "Chart.yaml",
        json!({"apiVersion": "v2", "name": "shop", "version": "1.0.0"}),
    );
    write("templates/shop.yaml", manifest("shop", &spec(&json!({}))));
    chart
}

/// `helm upgrade --install --wait`, whose watcher is kstatus.
fn wait(plane: &ControlPlane, chart: &Path, timeout: &str) -> Result<String, String> {
    let chart = chart.to_str().unwrap();
    let arguments = [
        "upgrade",
        "--install",
        "shop",
        chart,
        "--wait",
        "--timeout",
        timeout,
    ];
    plane
        .helm_run(helm(), &arguments)
        .map_err(|error| error.stderr)
}

#[test]
fn an_unobserved_object_is_in_progress_and_a_ready_one_is_not() {
    let plane = ControlPlane::start(&Assets::find().unwrap()).unwrap();
    let install = [
        "install",
        NAME,
        CHART,
        "--namespace",
        NAMESPACE,
        "--create-namespace",
    ];
    plane.helm_run(helm(), &install).unwrap();
    let chart = chart(&plane);
    let error = wait(&plane, &chart, "5s").unwrap_err();
    assert!(error.contains("InProgress"), "{error}");

    // As the operator writes it.
    let ready = json!({"type": "Ready", "status": "True", "reason": "Available", "message": "",
        "observedGeneration": 1, "lastTransitionTime": "2026-01-01T00:00:00Z"});
    let status = json!({"status": {"observedGeneration": 1, "conditions": [ready]}}).to_string();
    let patch = [
        "patch",
        "xsvc",
        "shop",
        "--subresource=status",
        "--type=merge",
        "-p",
        &status,
    ];
    plane.kubectl_run(&patch, None).unwrap();
    wait(&plane, &chart, "60s").unwrap();
}
