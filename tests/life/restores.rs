//! A restore without status: what runs is compared with the spec, and nothing is taken for granted.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::json;

use crate::{
    api_server::Stored,
    images::{image, reported, running},
    world::{UPDATE, World},
};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn drift_after_a_restore_without_status_is_put_right_though_the_first_try_is_refused() {
    for (code, text) in [
        ("ThrottlingException", "Rate exceeded"),
        ("AccessDeniedException", "not authorized"),
    ] {
        let mut world = World::ready(&image(1)).await;
        world.outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
        world.pass_time(MINUTE * 10);
        world.api.lose_status(&world.key);
        world.emulator.fail_next(Fault::new(UPDATE, code, text));
        world.restart_operator().await;
        world.run(MINUTE * 60).await;
        assert_eq!(
            (world.condition("Stalled"), running(&world)),
            ("absent".into(), "shop:1".into()),
            "{code}: {}",
            world.message("Ready")
        );
    }
}

#[tokio::test]
async fn drift_after_a_restore_without_status_is_shown_as_drift_and_put_right_when_asked() {
    let mut world = World::ready(&reported(1)).await;
    world.outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    world.pass_time(MINUTE * 10);
    world.api.lose_status(&world.key);
    world.restart_operator().await;
    world.run(MINUTE * 20).await;
    let shown = (world.condition("Synced"), world.condition("Stalled"));
    world.apply(&image(1));
    world.run(MINUTE * 20).await;
    assert_eq!(
        (shown, running(&world)),
        (
            ("False Drifted".into(), "True Drifted".into()),
            "shop:1".into()
        ),
        "{}",
        world.message("Ready")
    );
}

#[tokio::test]
async fn an_environment_added_outside_is_not_in_sync_after_a_restore_without_status() {
    let mut world = World::ready(&reported(1)).await;
    let environment = json!([{"name": "DEBUG", "value": "1"}]);
    let theirs = json!({"image": "shop:1", "environment": environment});
    world.outside(&json!({"update": {"primaryContainer": theirs}}));
    world.pass_time(MINUTE * 10);
    world.api.lose_status(&world.key);
    world.restart_operator().await;
    world.run(MINUTE * 20).await;
    assert_eq!(world.condition("Synced"), "False Drifted");
    world.apply(&image(1));
    world.run(MINUTE * 20).await;
    assert_eq!(world.calls(UPDATE), 1);
}

#[tokio::test]
async fn an_edit_behind_a_death_after_the_create_is_shown_as_what_it_is_under_report() {
    let mut world = World::with(json!({"bakeSeconds": 10})).await;
    world.api.die_after(1, Stored::No);
    world.apply(&reported(1));
    world.pass().await;
    assert!(world.api.take_death());
    world.apply(&reported(2));
    world.restart_operator().await;
    world.run(MINUTE * 30).await;
    // Nothing says that this spec ever ran, and nothing comes by itself.
    assert_eq!(
        world.condition("Stalled"),
        "True Drifted",
        "{}",
        world.message("Ready")
    );
}
