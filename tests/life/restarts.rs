//! Restarts, crashes, stale caches, conflicts and a second operator: one create, one update, no leak.

use std::time::Duration;

use ecs_express_operator::controller::reconcile;
use serde_json::{Value, json};

use crate::{
    api_server::Stored,
    world::{CREATE, DELETE, UPDATE, World},
};

fn second() -> Value {
    json!({"primaryContainer": {"image": "shop:2"}})
}

/// Creates, updates and deletes; each once, whatever happens on the way.
async fn whole_life(world: &mut World, on_the_way: &str) {
    world.apply(&json!({}));
    world.until_ready().await;
    world.apply(&second());
    world.until_ready().await;
    world.run(Duration::from_secs(60)).await;
    assert_eq!(
        (world.calls(CREATE), world.calls(UPDATE)),
        (1, 1),
        "{on_the_way}"
    );
    world.delete();
    world.until_gone().await;
    assert_eq!(world.service()["statusCode"], "INACTIVE", "{on_the_way}");
    assert_eq!(world.calls(CREATE), 1, "{on_the_way}");
}

#[tokio::test]
async fn a_restart_after_any_pass_changes_nothing() {
    for passes in 1..=12 {
        for edit in [false, true] {
            let mut world = World::with(json!({"bakeSeconds": 10})).await;
            world.apply(&json!({}));
            if edit {
                world.until_ready().await;
                world.apply(&second());
            }
            for _ in 0..passes {
                world.pass().await;
                world.pass_time(Duration::from_secs(5));
            }
            world.restart_operator().await;
            world.until_ready().await;
            world.rests().await;
            assert_eq!(
                (world.calls(CREATE), world.calls(UPDATE)),
                (1, usize::from(edit)),
                "{passes}"
            );
        }
    }
}

#[tokio::test]
async fn a_restart_after_every_pass_changes_nothing() {
    let mut world = World::with(json!({"bakeSeconds": 10})).await;
    world.apply(&json!({}));
    for _ in 0..60 {
        world.pass().await;
        world.pass_time(Duration::from_secs(10));
        world.restart_operator().await;
    }
    assert!(world.is_ready());
    world.apply(&second());
    for _ in 0..60 {
        world.pass().await;
        world.pass_time(Duration::from_secs(10));
        world.restart_operator().await;
    }
    assert!(world.is_ready());
    assert_eq!((world.calls(CREATE), world.calls(UPDATE)), (1, 1));
}

#[tokio::test]
async fn a_restart_after_any_pass_of_a_deletion_leaks_nothing() {
    for passes in 0..15 {
        let mut world = World::ready(&json!({})).await;
        world.delete();
        for _ in 0..passes {
            world.pass().await;
            world.pass_time(Duration::from_secs(12));
        }
        world.restart_operator().await;
        world.until_gone().await;
        assert_eq!(world.service()["statusCode"], "INACTIVE", "{passes}");
        assert_eq!(world.calls(DELETE), 1, "{passes}");
    }
}

#[tokio::test]
async fn a_process_that_dies_at_any_write_costs_no_second_call() {
    for stored in [Stored::Yes, Stored::No] {
        for writes in 0.. {
            let mut world = World::with(json!({"bakeSeconds": 10})).await;
            world.api.die_after(writes, stored);
            whole_life(
                &mut world,
                &format!("died at write {writes}, stored: {stored:?}"),
            )
            .await;
            if !world.died {
                assert!(writes > 10, "{writes} writes in a life");
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_lost_status_sends_nothing() {
    let mut world = World::ready(&json!({"tags": [{"key": "team", "value": "a"}]})).await;
    let sent = world.changes_sent();
    world.api.lose_status(&world.key);
    world.restart_operator().await;
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.changes_sent(), sent);
}

#[tokio::test]
async fn a_status_lost_during_the_first_deployment_creates_nothing() {
    for seconds in [0, 3, 20, 60] {
        let mut world = World::new().await;
        world.apply(&json!({}));
        world.pass().await;
        world.run(Duration::from_secs(seconds)).await;
        world.api.lose_status(&world.key);
        world.restart_operator().await;
        world.until_ready().await;
        world.rests().await;
        assert_eq!(
            (world.calls(CREATE), world.calls(UPDATE)),
            (1, 0),
            "{seconds}"
        );
    }
}

#[tokio::test]
async fn a_stale_cache_is_stopped_by_its_resource_version() {
    let mut world = World::with(json!({"bakeSeconds": 10})).await;
    world.apply(&json!({}));
    world.api.freeze(&world.key);
    for _ in 0..5 {
        world.pass().await;
        world.restart_operator().await;
    }
    assert_eq!(world.calls(CREATE), 1);
    world.api.thaw();
    world.until_ready().await;
    world.apply(&second());
    world.api.freeze(&world.key);
    for _ in 0..5 {
        world.pass().await;
        world.pass_time(Duration::from_secs(60));
        world.restart_operator().await;
    }
    assert_eq!(world.calls(UPDATE), 1);
    world.api.thaw();
    world.until_ready().await;
    assert_eq!((world.calls(CREATE), world.calls(UPDATE)), (1, 1));
}

#[tokio::test]
async fn a_stale_cache_without_the_last_edit_does_not_undo_it() {
    let mut world = World::ready(&json!({})).await;
    let lagging = world.another_operator();
    let before = world.api.snapshot(&world.key);
    world.apply(&second());
    world.until_ready().await;
    world.api.show(before);
    for _ in 0..5 {
        reconcile(&lagging, &world.key).await;
        world.pass_time(Duration::from_secs(20));
    }
    world.api.thaw();
    assert!(world.is_ready());
    world.rests().await;
    assert_eq!(world.calls(UPDATE), 1);
}

#[tokio::test]
async fn a_cache_that_lags_behind_a_passs_own_writes_costs_no_call_and_no_conflict() {
    let mut world = World::with(json!({"bakeSeconds": 10})).await;
    world.apply(&json!({}));
    let applied = world.api.snapshot(&world.key);
    world.pass().await;
    let written = world.api.take_written();
    assert!(written.len() > 1, "{written:#?}");
    let asked = world.emulator.calls().len();
    for stale in std::iter::once(applied).chain(written) {
        world.api.show(stale);
        world.pass().await;
    }
    world.api.thaw();
    assert_eq!(world.emulator.calls().len(), asked);
    world.until_ready().await;
}

#[tokio::test]
async fn conflicts_on_the_report_lose_no_memory() {
    for conflicts in 1..=6 {
        let mut world = World::with(json!({"bakeSeconds": 10})).await;
        world.apply(&json!({}));
        world.api.disturb(conflicts);
        world.until_ready().await;
        world.apply(&second());
        world.api.disturb(conflicts);
        world.until_ready().await;
        world.rests().await;
        assert_eq!(
            (world.calls(CREATE), world.calls(UPDATE)),
            (1, 1),
            "{conflicts}"
        );
    }
}

#[tokio::test]
async fn two_operators_at_once_make_one_create_and_one_update() {
    let mut world = World::with(json!({"bakeSeconds": 10})).await;
    let other = world.another_operator();
    world.apply(&json!({}));
    for (edit, rounds) in [(false, 40), (true, 60)] {
        if edit {
            world.apply(&second());
        }
        for _ in 0..rounds {
            let key = world.key.clone();
            tokio::join!(reconcile(&world.operator, &key), reconcile(&other, &key));
            world.pass_time(Duration::from_secs(10));
        }
        assert!(world.is_ready(), "{:?}", world.status().conditions);
        assert_eq!(
            (world.calls(CREATE), world.calls(UPDATE)),
            (1, usize::from(edit))
        );
    }
    world.delete();
    for _ in 0..40 {
        let key = world.key.clone();
        tokio::join!(reconcile(&world.operator, &key), reconcile(&other, &key));
        world.pass_time(Duration::from_secs(10));
    }
    assert!(world.api.stored(&world.key).is_none());
    assert_eq!(world.service()["statusCode"], "INACTIVE");
}
