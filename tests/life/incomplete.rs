//! Incomplete answers: a member that ECS always fills and does not show yet is no difference.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    update::everything,
    world::{CREATE, UPDATE, World},
};

/// Every block that ECS always fills.
const BLOCKS: [&str; 8] = [
    "scalingTarget",
    "scalingTarget.minTaskCount",
    "primaryContainer",
    "primaryContainer.containerPort",
    "networkConfiguration",
    "networkConfiguration.securityGroups",
    "cpu",
    "healthCheckPath",
];

async fn lagging(member: &str, seconds: u64) -> World {
    let lag = json!({ (member): seconds });
    World::with(json!({"bakeSeconds": 10, "memberLagSeconds": lag})).await
}

#[tokio::test]
async fn a_member_that_a_new_revision_does_not_show_yet_is_no_difference() {
    for member in BLOCKS {
        let mut world = lagging(member, 300).await;
        world.apply(&everything());
        world.run(Duration::from_secs(240)).await;
        assert_eq!(world.condition("Stalled"), "absent", "{member}");
        assert!(!world.is_ready(), "{member}");
        assert_eq!(
            (world.calls(CREATE), world.calls(UPDATE)),
            (1, 0),
            "{member}"
        );
        world.until_ready().await;
        world.rests().await;
        assert_eq!(
            (world.calls(CREATE), world.calls(UPDATE)),
            (1, 0),
            "{member}"
        );
        world.apply(&crate::update::with(
            &json!({"primaryContainer": {"image": "shop:2"}}),
        ));
        world.until_ready().await;
        world.rests().await;
        assert_eq!(world.calls(UPDATE), 1, "{member}");
        assert_eq!(world.condition("Synced"), "True InSync", "{member}");
    }
}

#[tokio::test]
async fn what_stays_away_is_named_and_nothing_is_sent_because_of_it() {
    let mut world = lagging("scalingTarget", 6000).await;
    world.apply(&everything());
    world.run(Duration::from_secs(3600)).await;
    assert_eq!(world.calls(UPDATE), 0);
    assert_eq!(world.condition("Ready"), "Unknown Unavailable");
    assert_eq!(world.condition("Synced"), "Unknown Unavailable");
    assert_eq!(world.condition("Stalled"), "absent");
    for kind in ["Ready", "Synced"] {
        let message = world.message(kind);
        assert!(
            message.contains("spec.scalingTarget.minTaskCount"),
            "{message}"
        );
    }
    let sent = world.changes_sent();
    world.run(Duration::from_secs(1800)).await;
    assert_eq!(world.changes_sent(), sent);
    world.until("Ready", World::is_ready).await;
}

#[tokio::test]
async fn an_edit_of_something_else_is_sent_while_a_member_that_the_spec_sets_stays_away() {
    let mut world = World::ready(&everything()).await;
    world
        .emulator
        .change_settings(&json!({"memberLagSeconds": {"scalingTarget": 1_000_000}}))
        .unwrap();
    world.apply(&crate::update::with(
        &json!({"primaryContainer": {"image": "shop:2"}}),
    ));
    world.until("sent", |world| world.calls(UPDATE) == 1).await;
    world.run(Duration::from_secs(3600)).await;
    assert_eq!(world.calls(UPDATE), 1);
    assert_eq!(world.service()["activeRevisions"][0]["image"], "shop:2");
}

#[tokio::test]
async fn an_update_waits_for_the_members_in_force_that_it_has_to_carry() {
    let mut world = World::ready(&json!({"scalingTarget": {"maxTaskCount": 10}})).await;
    world.outside(&json!({"update": {"scalingTarget": {"minTaskCount": 4, "maxTaskCount": 10}}}));
    world
        .emulator
        .change_settings(&json!({"memberLagSeconds": {"scalingTarget.minTaskCount": 1_000_000}}))
        .unwrap();
    world.apply(&json!({"scalingTarget": {"maxTaskCount": 11}}));
    world.run(Duration::from_secs(600)).await;
    assert_eq!(world.calls(UPDATE), 0);
    world
        .emulator
        .change_settings(&json!({"memberLagSeconds": {}}))
        .unwrap();
    world.until_ready().await;
    world.rests().await;
    let updates = world.sent(UPDATE);
    assert_eq!(updates.len(), 1);
    assert_eq!(updates[0]["scalingTarget"]["minTaskCount"], 4);
}

#[tokio::test]
async fn a_value_left_in_force_is_not_forgotten_while_ecs_does_not_show_it() {
    let mut world = World::ready(&everything()).await;
    world.apply(&crate::update::with(
        &json!({"healthCheckPath": Value::Null}),
    ));
    world.until_condition("Synced", "True LeftInForce").await;
    world
        .emulator
        .change_settings(&json!({"memberLagSeconds": {"healthCheckPath": 1_000_000}}))
        .unwrap();
    world.run(Duration::from_secs(700)).await;
    world
        .emulator
        .change_settings(&json!({"memberLagSeconds": {}}))
        .unwrap();
    world.run(Duration::from_secs(700)).await;
    world.until_ready().await;
    assert_eq!(world.condition("Synced"), "True LeftInForce");
}
