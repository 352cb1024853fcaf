//! What ECS made for a service and what becomes of it later.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::World;

const HOUR: Duration = Duration::from_secs(3600);

fn target_groups(world: &World) -> Vec<Value> {
    let status = serde_json::to_value(world.status()).unwrap();
    let resources = status["managedResources"].as_array().unwrap().iter();
    let groups = resources.filter(|resource| resource["type"] == "TargetGroup");
    groups.cloned().collect()
}

#[tokio::test]
async fn a_managed_resource_that_fails_later_is_seen_within_the_hour() {
    let mut world = World::ready(&json!({})).await;
    world.run(HOUR).await;
    world.outside(&json!({"fail": {"resource": "TargetGroups", "reason": "quota"}}));
    world.run(HOUR + Duration::from_secs(600)).await;
    for group in target_groups(&world) {
        assert_eq!(
            (&group["status"], &group["reason"]),
            (&json!("FAILED"), &json!("quota"))
        );
    }
    assert_eq!(target_groups(&world).len(), 2);
}

#[tokio::test]
async fn what_ecs_made_is_read_once_an_hour_at_rest() {
    let mut world = World::ready(&json!({})).await;
    let before = world.calls("DescribeServiceRevisions");
    world.run(10 * HOUR).await;
    let reads = world.calls("DescribeServiceRevisions") - before;
    assert!((9..=11).contains(&reads), "{reads} reads in ten hours");
    world.restart_operator().await;
    let before = world.calls("DescribeServiceRevisions");
    world.pass().await;
    assert_eq!(
        world.calls("DescribeServiceRevisions"),
        before,
        "a restart alone reads nothing more"
    );
    world.run(HOUR).await;
    assert_eq!(world.calls("DescribeServiceRevisions"), before + 1);
}
