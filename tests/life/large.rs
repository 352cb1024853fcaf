//! Containers that are larger than any task definition that ECS takes.

use serde_json::{Value, json};

use crate::world::{CREATE, DELETE, UPDATE, World};

/// Forty variables of together more than a megabyte, as the API server takes them.
fn large() -> Value {
    let value = "x".repeat(32_000);
    let environment: Vec<_> = (0..40)
        .map(|number| json!({"name": format!("V{number}"), "value": value}))
        .collect();
    json!({"primaryContainer": {"image": "shop:2", "environment": environment}})
}

#[tokio::test]
async fn a_container_larger_than_ecs_takes_is_refused_with_its_size_and_the_limit_before_any_call()
{
    let mut world = World::new().await;
    world.apply(&large());
    world.until_condition("Stalled", "True InvalidSpec").await;
    let message = world.message("Ready");
    // 40 values, their names, and the image.
    let size = 40 * 32_000 + 10 * 2 + 30 * 3 + "shop:2".len();
    for part in [
        "spec.primaryContainer",
        &size.to_string(),
        "65536",
        "secrets",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert_eq!(world.take_events(), ["InvalidSpec"]);
    world.rests().await;
    assert_eq!(world.calls(CREATE), 0);
    world.delete();
    world.until_gone().await;
}

#[tokio::test]
async fn a_service_whose_spec_became_too_large_keeps_running_and_is_deleted_with_its_object() {
    let mut world = World::ready(&json!({})).await;
    world.apply(&large());
    world.until_condition("Stalled", "True InvalidSpec").await;
    world.rests().await;
    assert_eq!((world.calls(UPDATE), world.calls(DELETE)), (0, 0));
    world.delete();
    world.until_gone().await;
    assert_eq!(world.calls(DELETE), 1);
}

#[tokio::test]
async fn a_spec_that_was_too_large_is_sent_once_it_is_corrected() {
    let mut world = World::ready(&json!({})).await;
    world.apply(&large());
    world.until_condition("Stalled", "True InvalidSpec").await;
    world.apply(&json!({"primaryContainer": {"image": "shop:3"}}));
    world.until_ready().await;
    assert_eq!(world.calls(UPDATE), 1);
}
