//! Responses that a status cannot hold as they are, and a status that the API server rejects.

use std::time::Duration;

use ecs_express_emulator::Fault;
use ecs_express_operator::telemetry::metrics::{Calls, Metrics};
use serde_json::json;
use tracing::instrument::WithSubscriber;

use crate::{
    harness::full_spec::with,
    harness::no_objects::NoObjects,
    harness::simulated_cluster::{DESCRIBE, SimulatedCluster},
    log_capture::Log,
};

#[tokio::test]
async fn a_revision_that_ecs_lists_twice_is_one_revision() {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    let twice = Fault::repeat(DESCRIBE, "/service/activeConfigurations");
    cluster.emulator.fail_next(twice.times(1_000_000));
    cluster.apply(&json!({}));
    cluster.until_ready().await;
    assert_eq!(cluster.status().revisions.unwrap().len(), 1);
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    cluster.delete();
    cluster.until_gone().await;
}

#[tokio::test]
async fn resources_that_ecs_lists_twice_are_shown_once() {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    let pointer = "/serviceRevisions/0/ecsManagedResources/ingressPaths";
    let twice = Fault::repeat("DescribeServiceRevisions", pointer);
    cluster.emulator.fail_next(twice.times(1_000_000));
    cluster.apply(&json!({}));
    cluster.until_ready().await;
    let mut shown = cluster.status().managed_resources.unwrap();
    let all = shown.len();
    shown.dedup_by(|a, b| (&a.r#type, &a.arn) == (&b.r#type, &b.arn));
    assert_eq!(shown.len(), all);
    cluster.run(Duration::from_secs(600)).await;
    cluster.assert_idle().await;
}

#[tokio::test]
async fn a_status_that_the_api_server_rejects_is_reported_in_log_event_and_metric() {
    let log = Log::default();
    let cluster = rejections().with_subscriber(log.subscriber("debug")).await;
    let warned: Vec<String> = log
        .ours()
        .into_iter()
        .filter(|line| line.contains("WARN") && line.contains("rejects"))
        .collect();
    assert!(warned.len() > 1, "{warned:?}");
    assert!(warned.iter().all(|line| line.contains("no such field")
        && line.contains("team-a/shop")
        && !line.contains("hunter2")));
    let reconciles = &cluster.operator.reconciles;
    let metrics = Metrics::new(reconciles, &Calls::default(), NoObjects);
    let text = metrics.text().unwrap();
    assert!(text.contains("outcome=\"rejected\""), "{text}");
}

async fn rejections() -> SimulatedCluster {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    cluster.apply(&with(&json!({"primaryContainer": {
        "environment": [{"name": "A", "value": "hunter2"}],
    }})));
    cluster
        .api
        .reject(Some("status.x: no such field; spec has \"hunter2\""));
    cluster.run(Duration::from_secs(300)).await;
    let events = cluster.api.take_events();
    let rejected: Vec<_> = events
        .iter()
        .filter(|event| event.reason == "StatusRejected")
        .collect();
    assert_eq!(rejected.len(), 1, "reported once");
    assert!(
        rejected[0].note.contains("no such field"),
        "{}",
        rejected[0].note
    );
    assert!(!format!("{events:?}").contains("hunter2"));
    cluster.api.reject(None);
    cluster.until_ready().await;
    cluster.assert_idle().await;
    cluster
}

#[tokio::test]
async fn a_rejection_that_recurs_is_reported_again() {
    let mut cluster = rejections().await;
    cluster.api.take_events();
    cluster.api.reject(Some("status.x: no such field"));
    cluster.apply(&with(
        &json!({"primaryContainer": {"image": "shop:2", "environment": []}}),
    ));
    cluster.run(Duration::from_secs(300)).await;
    let events = cluster.take_events();
    let reported = events.iter().filter(|reason| **reason == "StatusRejected");
    assert_eq!(reported.count(), 1, "{events:?}");
}
