//! Drift: what others change outside is put right once, or only shown.

use std::time::Duration;

use serde_json::json;

use crate::world::{CREATE, DESCRIBE, UPDATE, World};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn an_outside_change_is_put_right_once_and_told() {
    let mut world = World::ready(&json!({})).await;
    world.outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    world
        .until("corrected", |world| world.calls(UPDATE) == 1)
        .await;
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.calls(UPDATE), 1);
    let events = world.take_events();
    assert_eq!(
        events
            .iter()
            .filter(|reason| **reason == "DriftCorrected")
            .count(),
        1,
        "{events:?}"
    );
    assert_eq!(world.service()["activeRevisions"][0]["image"], "shop:1");
    assert_eq!(world.status().drift, None);
}

#[tokio::test]
async fn each_of_many_outside_changes_is_put_right() {
    let mut world = World::ready(&json!({})).await;
    for corrected in 1..=5 {
        world.outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
        world
            .until("corrected", |world| world.calls(UPDATE) == corrected)
            .await;
        world.until_ready().await;
        world.run(HOUR).await;
        assert_eq!(world.calls(UPDATE), corrected);
    }
}

#[tokio::test]
async fn under_report_it_is_shown_with_its_time_and_an_edit_is_sent_all_the_same() {
    let mut world = World::ready(&json!({"driftPolicy": "Report"})).await;
    world.outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    world
        .until("shown", |world| world.status().drift.is_some())
        .await;
    let first = world.status().drift.unwrap();
    assert_eq!(first[0].field, "spec.primaryContainer.image");
    assert_eq!(
        (first[0].desired.as_deref(), first[0].actual.as_deref()),
        (Some("shop:1"), Some("other:1"))
    );
    world.run(HOUR).await;
    world.rests().await;
    assert_eq!(world.status().drift.unwrap()[0].since, first[0].since);
    assert_eq!(world.calls(UPDATE), 0);
    assert_eq!(world.condition("Ready"), "True Drifted");
    assert_eq!(world.condition("Synced"), "False Drifted");
    world.apply(&json!({"driftPolicy": "Report", "primaryContainer": {"image": "shop:2"}}));
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.calls(UPDATE), 1);
    assert_eq!(world.status().drift, None);
}

#[tokio::test]
async fn report_taken_back_puts_right_what_was_shown() {
    let mut world = World::ready(&json!({"driftPolicy": "Report"})).await;
    world.outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    world
        .until("shown", |world| world.status().drift.is_some())
        .await;
    world.apply(&json!({}));
    world.until_ready().await;
    assert_eq!(world.calls(UPDATE), 1);
}

#[tokio::test]
async fn an_outside_change_of_a_field_that_the_user_never_set_is_left_alone() {
    let mut world = World::ready(&json!({})).await;
    for change in [
        json!({"healthCheckPath": "/other"}),
        json!({"scalingTarget": {"minTaskCount": 3}}),
        json!({"cpu": "512", "memory": "1024"}),
    ] {
        world.outside(&json!({ "update": change }));
        world.run(HOUR).await;
        assert_eq!(world.condition("Ready"), "True Available", "{change}");
        world.rests().await;
    }
    assert_eq!(world.calls(UPDATE), 0);
}

#[tokio::test]
async fn a_service_that_vanished_is_created_again_after_two_looks_ten_seconds_apart() {
    let mut world = World::ready(&json!({})).await;
    world.outside(&json!({"purge": true}));
    let before = world.emulator.calls().len();
    world
        .until("created again", |world| world.calls(CREATE) == 2)
        .await;
    let calls = world.emulator.calls().split_off(before);
    let looks: Vec<f64> = calls
        .iter()
        .filter(|call| call.action == DESCRIBE && call.code.is_some())
        .map(|call| call.at)
        .collect();
    let create = calls.iter().find(|call| call.action == CREATE).unwrap();
    assert!(
        looks.len() >= 2 && create.at - looks[0] >= 10.0,
        "looks at {looks:?}, create at {}",
        create.at
    );
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.calls(CREATE), 2);
}

#[tokio::test]
async fn a_service_deleted_outside_is_created_again_when_it_has_drained() {
    let mut world = World::ready(&json!({})).await;
    world.outside(&json!({"delete": true}));
    world
        .until("created again", |world| world.calls(CREATE) == 2)
        .await;
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.calls(CREATE), 2);
}

#[tokio::test]
async fn under_report_a_service_deleted_outside_is_only_shown() {
    let mut world = World::ready(&json!({"driftPolicy": "Report"})).await;
    world.outside(&json!({"delete": true}));
    world.until_condition("Ready", "False ServiceDeleted").await;
    world.run(2 * HOUR).await;
    world.rests().await;
    world.restart_operator().await;
    world.rests().await;
    assert_eq!(world.calls(CREATE), 1);
    world.apply(&json!({}));
    world.until_ready().await;
    assert_eq!(world.calls(CREATE), 2);
}
