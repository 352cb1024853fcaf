//! The cache and the truth: what is news, and what other writers do between a look and its report.

use std::time::Duration;

use ecs_express_operator::controller::Requeue;
use serde_json::json;

use crate::world::{CREATE, DESCRIBE, UPDATE, World};

#[tokio::test]
async fn an_edit_is_looked_at_at_once_though_the_next_look_is_far_away() {
    let mut world = World::ready(&json!({})).await;
    let looks = world.calls(DESCRIBE);
    let next = world.pass().await;
    assert!(
        matches!(next, Requeue::After(rest) if rest > Duration::from_secs(60)),
        "{next:?}"
    );
    assert_eq!(
        world.calls(DESCRIBE),
        looks,
        "a look at an object without news"
    );
    world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    world.pass().await;
    assert_eq!(world.calls(UPDATE), 1);
}

#[tokio::test]
async fn an_edit_between_a_look_and_its_report_is_news_though_the_report_is_written_on_top() {
    let mut world = World::ready(&json!({})).await;
    world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    world.pass().await;
    assert_eq!(world.calls(UPDATE), 1);
    world.api.meanwhile(|object| {
        object["spec"]["primaryContainer"]["image"] = json!("shop:3");
        object["metadata"]["generation"] = json!(9);
    });
    world
        .until("the other edit", |world| {
            world.api.spec(&world.key)["primaryContainer"]["image"] == "shop:3"
        })
        .await;
    let looks = world.calls(DESCRIBE);
    world.pass().await;
    assert!(
        world.calls(DESCRIBE) > looks,
        "the edit was taken for an echo"
    );
}

#[tokio::test]
async fn what_ecs_answered_is_not_written_into_another_object_of_the_same_name() {
    let mut world = World::new().await;
    world.apply(&json!({}));
    world.api.meanwhile(|object| {
        let metadata = object["metadata"].as_object_mut().unwrap();
        metadata.insert("uid".into(), json!("another"));
        metadata.remove("finalizers");
        metadata.remove("annotations");
    });
    world.pass().await;
    assert_eq!(world.calls(CREATE), 1);
    let stored = world.api.stored(&world.key).unwrap();
    assert_eq!(stored.metadata.uid.as_deref(), Some("another"));
    assert_eq!(stored.status, None);
}

#[tokio::test]
async fn an_object_that_once_was_not_found_is_looked_at_again() {
    let mut world = World::new().await;
    world.apply(&json!({}));
    world.api.miss(1);
    world.pass().await;
    assert_eq!(world.calls(CREATE), 1);
    world.until_ready().await;
    assert_eq!(world.calls(CREATE), 1);
}
