//! The fencing write before a call: nothing is sent if its response came too late.

use std::time::Duration;

use serde_json::json;

use crate::harness::simulated_cluster::{SimulatedCluster, UPDATE};

const LATE: Duration = Duration::from_secs(6);

#[tokio::test]
async fn a_restart_after_an_expired_fence_is_not_lost() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.api.delay_status_write(&cluster.clock, LATE);
    cluster.annotate("ecs-express.dev/restart", "1");
    cluster.reconcile_once().await;
    assert_eq!(cluster.calls(UPDATE), 0, "sent behind a late fence");
    cluster.run(Duration::from_secs(60)).await;
    assert_eq!(cluster.calls(UPDATE), 1);
    cluster.until_ready().await;
}

#[tokio::test]
async fn a_retained_service_is_not_reported_as_unmarked_before_marking_it_was_attempted() {
    let mut cluster = SimulatedCluster::ready(&json!({"deletionPolicy": "Retain"})).await;
    cluster.take_events();
    cluster.api.delay_status_write(&cluster.clock, LATE);
    cluster.delete();
    cluster.reconcile_once().await;
    assert_eq!(cluster.calls("TagResource"), 0, "sent behind a late fence");
    let events = cluster.take_events();
    assert!(!events.contains(&"Retained"), "{events:?}");
    cluster.until_gone().await;
    assert_eq!(
        cluster.tag("ecs-express.dev/uid").as_deref(),
        Some("released")
    );
    assert_eq!(cluster.take_events(), ["Retained"]);
}
