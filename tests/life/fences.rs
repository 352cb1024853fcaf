//! The fence before a call: one whose answer came late is none, and nothing is sent behind it.

use std::time::Duration;

use serde_json::json;

use crate::world::{UPDATE, World};

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
