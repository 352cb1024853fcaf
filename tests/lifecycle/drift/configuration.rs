//! Drift of the configuration: corrected once, or only reported.

use std::time::Duration;

use serde_json::json;

use crate::harness::simulated_cluster::{CREATE, DESCRIBE, SimulatedCluster, UPDATE};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn drift_is_corrected_once_and_reported() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.change_outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    cluster
        .until("corrected", |cluster| cluster.calls(UPDATE) == 1)
        .await;
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 1);
    let events = cluster.take_events();
    assert_eq!(
        events
            .iter()
            .filter(|reason| **reason == "DriftCorrected")
            .count(),
        1,
        "{events:?}"
    );
    assert_eq!(cluster.service()["activeRevisions"][0]["image"], "shop:1");
    assert_eq!(cluster.status().drift, None);
}

#[tokio::test]
async fn each_of_many_drifts_is_corrected() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    for corrected in 1..=5 {
        cluster.change_outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
        cluster
            .until("corrected", |cluster| cluster.calls(UPDATE) == corrected)
            .await;
        cluster.until_ready().await;
        cluster.run(HOUR).await;
        assert_eq!(cluster.calls(UPDATE), corrected);
    }
}

#[tokio::test]
async fn under_report_drift_is_reported_with_its_time_and_an_edit_is_still_sent() {
    let mut cluster = SimulatedCluster::ready(&json!({"driftPolicy": "Report"})).await;
    cluster.change_outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    cluster
        .until("shown", |cluster| cluster.status().drift.is_some())
        .await;
    let first = cluster.status().drift.unwrap();
    assert_eq!(first[0].field, "spec.primaryContainer.image");
    assert_eq!(
        (first[0].desired.as_deref(), first[0].actual.as_deref()),
        (Some("shop:1"), Some("other:1"))
    );
    cluster.run(HOUR).await;
    cluster.assert_idle().await;
    assert_eq!(cluster.status().drift.unwrap()[0].since, first[0].since);
    assert_eq!(cluster.calls(UPDATE), 0);
    assert_eq!(cluster.condition("Ready"), "True Drifted");
    assert_eq!(cluster.condition("Synced"), "False Drifted");
    cluster.apply(&json!({"driftPolicy": "Report", "primaryContainer": {"image": "shop:2"}}));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 1);
    assert_eq!(cluster.status().drift, None);
}

#[tokio::test]
async fn switching_from_report_to_correct_corrects_the_reported_drift() {
    let mut cluster = SimulatedCluster::ready(&json!({"driftPolicy": "Report"})).await;
    cluster.change_outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    cluster
        .until("shown", |cluster| cluster.status().drift.is_some())
        .await;
    cluster.apply(&json!({}));
    cluster.until_ready().await;
    assert_eq!(cluster.calls(UPDATE), 1);
}

#[tokio::test]
async fn drift_of_a_field_that_the_user_never_set_is_left_alone() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    for change in [
        json!({"healthCheckPath": "/other"}),
        json!({"scalingTarget": {"minTaskCount": 3}}),
        json!({"cpu": "512", "memory": "1024"}),
    ] {
        cluster.change_outside(&json!({ "update": change }));
        cluster.run(HOUR).await;
        assert_eq!(cluster.condition("Ready"), "True Available", "{change}");
        cluster.assert_idle().await;
    }
    assert_eq!(cluster.calls(UPDATE), 0);
}

#[tokio::test]
async fn a_service_that_vanished_is_recreated_after_two_observations_ten_seconds_apart() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.change_outside(&json!({"purge": true}));
    let before = cluster.emulator.calls().len();
    cluster
        .until("created again", |cluster| cluster.calls(CREATE) == 2)
        .await;
    let calls = cluster.emulator.calls().split_off(before);
    let observations: Vec<f64> = calls
        .iter()
        .filter(|call| call.action == DESCRIBE && call.code.is_some())
        .map(|call| call.at)
        .collect();
    let create = calls.iter().find(|call| call.action == CREATE).unwrap();
    assert!(
        observations.len() >= 2 && create.at - observations[0] >= 10.0,
        "observations at {observations:?}, create at {}",
        create.at
    );
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(CREATE), 2);
}

#[tokio::test]
async fn a_service_deleted_outside_is_recreated_once_it_has_drained() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.change_outside(&json!({"delete": true}));
    cluster
        .until("created again", |cluster| cluster.calls(CREATE) == 2)
        .await;
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(CREATE), 2);
}

#[tokio::test]
async fn under_report_a_service_deleted_outside_is_only_reported() {
    let mut cluster = SimulatedCluster::ready(&json!({"driftPolicy": "Report"})).await;
    cluster.change_outside(&json!({"delete": true}));
    cluster
        .until_condition("Ready", "False ServiceDeleted")
        .await;
    cluster.run(2 * HOUR).await;
    cluster.assert_idle().await;
    cluster.restart_operator();
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(CREATE), 1);
    cluster.apply(&json!({}));
    cluster.until_ready().await;
    assert_eq!(cluster.calls(CREATE), 2);
}
