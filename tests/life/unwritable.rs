//! Answers of ECS that a status cannot hold as they are, and a status that the API server does not take.

use std::time::Duration;

use ecs_express_emulator::Fault;
use ecs_express_operator::{
    core::report::state::State,
    telemetry::metrics::{Calls, Metrics, ObjectStates},
};
use serde_json::json;
use tracing::instrument::WithSubscriber;

use crate::{
    aws_texts::Log,
    update::with,
    world::{DESCRIBE, World},
};

#[tokio::test]
async fn a_revision_that_ecs_names_twice_is_one_revision() {
    let mut world = World::with(json!({"bakeSeconds": 10})).await;
    let twice = Fault::repeat(DESCRIBE, "/service/activeConfigurations");
    world.emulator.fail_next(twice.times(1_000_000));
    world.apply(&json!({}));
    world.until_ready().await;
    assert_eq!(world.status().revisions.unwrap().len(), 1);
    world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    world.until_ready().await;
    world.rests().await;
    world.delete();
    world.until_gone().await;
}

#[tokio::test]
async fn resources_that_ecs_names_twice_are_shown_once() {
    let mut world = World::with(json!({"bakeSeconds": 10})).await;
    let pointer = "/serviceRevisions/0/ecsManagedResources/ingressPaths";
    let twice = Fault::repeat("DescribeServiceRevisions", pointer);
    world.emulator.fail_next(twice.times(1_000_000));
    world.apply(&json!({}));
    world.until_ready().await;
    let mut shown = world.status().managed_resources.unwrap();
    let all = shown.len();
    shown.dedup_by(|a, b| (&a.r#type, &a.arn) == (&b.r#type, &b.arn));
    assert_eq!(shown.len(), all);
    world.run(Duration::from_secs(600)).await;
    world.rests().await;
}

#[tokio::test]
async fn a_status_that_the_api_server_rejects_is_told_in_log_event_and_metric() {
    let log = Log::default();
    let world = rejections().with_subscriber(log.subscriber()).await;
    let warned: Vec<String> = log
        .ours()
        .into_iter()
        .filter(|line| line.contains("WARN") && line.contains("rejects"))
        .collect();
    assert!(warned.len() > 1, "{warned:?}");
    assert!(warned.iter().all(|line| line.contains("no such field")
        && line.contains("team-a/shop")
        && !line.contains("hunter2")));
    let passes = &world.operator.reconciles;
    let metrics = Metrics::new(passes, &Calls::default(), NoObjects);
    let text = metrics.text().unwrap();
    assert!(text.contains("outcome=\"rejected\""), "{text}");
}

pub struct NoObjects;

impl ObjectStates for NoObjects {
    fn states(&self) -> Vec<State> {
        Vec::new()
    }
}

async fn rejections() -> World {
    let mut world = World::with(json!({"bakeSeconds": 10})).await;
    world.apply(&with(&json!({"primaryContainer": {
        "environment": [{"name": "A", "value": "hunter2"}],
    }})));
    world
        .api
        .reject(Some("status.x: no such field; spec has \"hunter2\""));
    world.run(Duration::from_secs(300)).await;
    let events = world.api.take_events();
    let rejected: Vec<_> = events
        .iter()
        .filter(|event| event.reason == "StatusRejected")
        .collect();
    assert_eq!(rejected.len(), 1, "told once");
    assert!(
        rejected[0].note.contains("no such field"),
        "{}",
        rejected[0].note
    );
    assert!(!format!("{events:?}").contains("hunter2"));
    world.api.reject(None);
    world.until_ready().await;
    world.rests().await;
    world
}

#[tokio::test]
async fn a_rejection_that_begins_anew_is_told_anew() {
    let mut world = rejections().await;
    world.api.take_events();
    world.api.reject(Some("status.x: no such field"));
    world.apply(&with(
        &json!({"primaryContainer": {"image": "shop:2", "environment": []}}),
    ));
    world.run(Duration::from_secs(300)).await;
    let events = world.take_events();
    let told = events.iter().filter(|reason| **reason == "StatusRejected");
    assert_eq!(told.count(), 1, "{events:?}");
}
