//! The fence before a call: one whose answer came late is none, and nothing is sent behind it.

use std::time::Duration;

use ecs_express_operator::telemetry::metrics::{Calls, Metrics};
use serde_json::json;

use crate::{
    unwritable::NoObjects,
    world::{UPDATE, World},
};

const LATE: Duration = Duration::from_secs(6);

#[tokio::test]
async fn a_restart_behind_a_late_fence_is_not_lost() {
    let mut world = World::ready(&json!({})).await;
    world.api.dawdle(&world.clock, LATE);
    world.annotate("ecs-express.dev/restart", "1");
    world.pass().await;
    assert_eq!(world.calls(UPDATE), 0, "sent behind a late fence");
    world.run(Duration::from_secs(60)).await;
    assert_eq!(world.calls(UPDATE), 1);
    world.until_ready().await;
}

#[tokio::test]
async fn a_retained_service_is_not_told_to_be_unmarked_before_its_mark_was_tried() {
    let mut world = World::ready(&json!({"deletionPolicy": "Retain"})).await;
    world.take_events();
    world.api.dawdle(&world.clock, LATE);
    world.delete();
    world.pass().await;
    assert_eq!(world.calls("TagResource"), 0, "sent behind a late fence");
    let events = world.take_events();
    assert!(!events.contains(&"Retained"), "{events:?}");
    world.until_gone().await;
    assert_eq!(
        world.tag("ecs-express.dev/uid").as_deref(),
        Some("released")
    );
    assert_eq!(world.take_events(), ["Retained"]);
}

#[tokio::test]
async fn a_change_behind_a_late_fence_is_reported_as_not_sent_because_of_kubernetes() {
    let mut world = World::ready(&json!({})).await;
    world.api.dawdle(&world.clock, LATE);
    world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    world.pass().await;
    assert_eq!(world.calls(UPDATE), 0, "sent behind a late fence");
    assert_eq!(world.condition("Reconciling"), "True Waiting");
    let message = world.message("Reconciling");
    for part in [
        "UpdateExpressGatewayService was not sent to ECS",
        "the Kubernetes API server took more than 5 s to store the intent",
    ] {
        assert!(message.contains(part), "{message}");
    }
}

#[tokio::test]
async fn a_change_whose_intent_is_dropped_is_reported_with_the_update_of_the_definition() {
    let mut world = World::ready(&json!({})).await;
    world.api.prune_members(&["intent/expected"]);
    world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    world.pass().await;
    assert_eq!(world.calls(UPDATE), 0, "sent without an intent");
    assert_eq!(world.condition("Stalled"), "True StatusRejected");
    let message = world.message("Stalled");
    for part in [
        "UpdateExpressGatewayService was not sent to ECS",
        "the Kubernetes API server dropped the intent",
        "ecs-express-operator crd | kubectl apply --server-side",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(world.take_events(), ["StatusRejected"]);
    let metrics = Metrics::new(&world.operator.reconciles, &Calls::default(), NoObjects);
    let metrics = metrics.text().unwrap();
    assert!(metrics.contains("outcome=\"rejected\""), "{metrics}");
    assert!(!metrics.contains("outcome=\"failed\""), "{metrics}");
}
