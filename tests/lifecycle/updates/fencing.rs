//! The fencing write before a call: nothing is sent if its response came too late.

use std::time::Duration;

use ecs_express_operator::telemetry::metrics::{Calls, Metrics};
use serde_json::{Value, json};

use crate::harness::{
    no_objects::NoObjects,
    simulated_cluster::{CREATE, SimulatedCluster, UPDATE},
};

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

#[tokio::test]
async fn a_change_behind_a_late_fence_is_reported_as_not_sent_because_of_kubernetes() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.api.delay_status_write(&cluster.clock, LATE);
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.reconcile_once().await;
    assert_eq!(cluster.calls(UPDATE), 0, "sent behind a late fence");
    assert_eq!(cluster.condition("Reconciling"), "True Waiting");
    let message = cluster.message("Reconciling");
    for part in [
        "UpdateExpressGatewayService was not sent to ECS",
        "the Kubernetes API server took more than 5 s to store the intent",
    ] {
        assert!(message.contains(part), "{message}");
    }
}

#[tokio::test]
async fn a_change_whose_intent_is_dropped_is_reported_with_the_update_of_the_definition() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.api.prune_members(&["intent/expected"]);
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.reconcile_once().await;
    assert_eq!(cluster.calls(UPDATE), 0, "sent without an intent");
    assert_eq!(cluster.condition("Stalled"), "True StatusRejected");
    let message = cluster.message("Stalled");
    for part in [
        "UpdateExpressGatewayService was not sent to ECS",
        "the Kubernetes API server dropped the intent",
        "ecs-express-operator crd | kubectl apply --server-side",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(cluster.take_events(), ["StatusRejected"]);
    let metrics = Metrics::new(&cluster.operator.reconciles, &Calls::default(), NoObjects);
    let metrics = metrics.text().unwrap();
    assert!(metrics.contains("outcome=\"rejected\""), "{metrics}");
    assert!(!metrics.contains("outcome=\"failed\""), "{metrics}");
}

/// Whether an open create was stored before the create was sent.
fn intents_of_creates(cluster: &SimulatedCluster) -> usize {
    let written = cluster.api.take_written().into_iter();
    let is_intent = |object: &Value| {
        let intent = &object["status"]["operatorState"]["intent"];
        intent["operation"] == "Create" && intent["outcome"].is_null()
    };
    written.filter(is_intent).count()
}

#[tokio::test]
async fn the_first_create_is_fenced_by_the_write_of_the_finalizer_alone() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.apply(&json!({}));
    cluster.reconcile_once().await;
    assert_eq!(cluster.calls(CREATE), 1);
    assert_eq!(intents_of_creates(&cluster), 0);
}

#[tokio::test]
async fn a_late_write_of_the_finalizer_is_followed_by_an_intent_before_the_create() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.api.delay_metadata_write(&cluster.clock, LATE);
    cluster.apply(&json!({}));
    cluster.reconcile_once().await;
    assert_eq!(cluster.calls(CREATE), 1);
    assert_eq!(intents_of_creates(&cluster), 1);
}

#[tokio::test]
async fn the_create_of_an_object_with_an_operator_state_is_fenced_by_an_intent() {
    let mut cluster = SimulatedCluster::new().await;
    // What is invalid is reported before the finalizer is added, which stores a first operator state.
    let elsewhere = "arn:aws:ecs:us-east-1:123456789012:task-definition/shop:7";
    cluster.apply(&json!({"taskDefinitionArn": elsewhere}));
    cluster.until_condition("Stalled", "True InvalidSpec").await;
    assert!(cluster.status().operator_state.is_some());
    cluster.api.take_written();
    cluster.apply(&json!({}));
    cluster.reconcile_once().await;
    assert_eq!(cluster.calls(CREATE), 1);
    assert_eq!(intents_of_creates(&cluster), 1);
}

#[tokio::test]
async fn a_late_fence_before_a_create_does_not_lose_the_confirmed_absence() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.apply(&json!({"suspend": true}));
    cluster.run(Duration::from_secs(60)).await;
    cluster.change_outside(&json!({"purge": true}));
    cluster.requeue_now();
    cluster.run(Duration::from_secs(600)).await;
    cluster.api.delay_status_write(&cluster.clock, LATE);
    cluster.apply(&json!({}));
    cluster.reconcile_once().await;
    assert_eq!(cluster.calls(CREATE), 1, "sent behind a late fence");
    // The first retry, before another absence could be confirmed.
    cluster.run(Duration::from_secs(3)).await;
    assert_eq!(cluster.calls(CREATE), 2);
    cluster.until_ready().await;
}
