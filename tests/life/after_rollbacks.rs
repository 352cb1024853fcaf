//! Lost answers after a rollback, an upgrade, a re-creation.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use serde_json::json;

use crate::{
    api_server::Stored,
    images::{image, images, lag, lost, running},
    world::{CREATE, SERVICE, UPDATE, World},
};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn an_edit_after_a_rollback_is_sent_again_when_its_answer_is_lost() {
    let mut world = World::ready(&image(1)).await;
    world
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    world.apply(&image(2));
    world.until_condition("Stalled", "True RolledBack").await;
    world.run(MINUTE * 60).await;
    world.emulator.fail_next(lost());
    world.apply(&image(3));
    world.pass().await;
    assert_eq!(images(&world), ["shop:2", "shop:3"]);
    world.run(MINUTE * 60).await;
    assert_eq!(
        (running(&world), world.condition("Stalled")),
        ("shop:3".into(), "absent".into()),
        "{}",
        world.message("Ready")
    );
}

#[tokio::test]
async fn a_lost_create_survives_another_account_in_between() {
    let mut world = World::with(json!({"bakeSeconds": 10, "createVisibleSeconds": 60})).await;
    world
        .emulator
        .fail_next(Fault::new(CREATE, "ConnectionReset", "lost").applied());
    world.apply(&image(1));
    world.pass().await;
    world.access_key = "210987654321".into();
    world.restart_operator().await;
    world.run(MINUTE / 2).await;
    assert_eq!(world.condition("Stalled"), "True IdentityChanged");
    world.access_key = "AKIDEXAMPLE".into();
    world.restart_operator().await;
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.calls(CREATE), 1);
}

#[tokio::test]
async fn a_service_made_again_is_not_told_to_be_rolled_back_when_the_answer_is_lost() {
    let mut world = World::ready(&image(1)).await;
    world
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    world.apply(&image(2));
    world.until_condition("Stalled", "True RolledBack").await;
    world.outside(&json!({"purge": true}));
    let lost = Fault::new(CREATE, "ConnectionReset", "lost").applied();
    world.emulator.fail_next(lost);
    world.nudge();
    world
        .until("made again", |world| world.calls(CREATE) == 2)
        .await;
    let mut told = Vec::new();
    for _ in 0..60 {
        world.run(Duration::from_secs(1)).await;
        told.push(world.condition("Ready"));
    }
    told.dedup();
    world.run(MINUTE * 20).await;

    assert!(
        !told.iter().any(|told| told.contains("RolledBack")),
        "{told:?}"
    );
    world.until_ready().await;
    assert_eq!(world.calls(UPDATE), 1);
}

#[tokio::test]
async fn an_edit_after_a_rollback_is_sent_though_the_process_dies_behind_its_fence() {
    let mut world = World::ready(&image(1)).await;
    world
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    world.apply(&image(2));
    world.until_condition("Stalled", "True RolledBack").await;
    world.run(MINUTE * 60).await;
    world.api.die_after(0, Stored::Yes);
    world.apply(&image(3));
    world.pass().await;
    assert!(world.api.take_death());
    world.restart_operator().await;
    world.run(MINUTE * 60).await;
    assert_eq!(
        (running(&world), world.condition("Stalled")),
        ("shop:3".into(), "absent".into()),
        "{}",
        world.message("Ready")
    );
}

#[tokio::test]
async fn a_lost_update_that_is_no_longer_wanted_is_undone_also_if_the_spec_was_rolled_back_before()
{
    let mut found = Vec::new();
    for answer in ["accepted", "lost"] {
        let mut world = World::ready(&image(1)).await;
        world
            .emulator
            .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
        world.apply(&image(2));
        world.until_condition("Stalled", "True RolledBack").await;
        world.run(MINUTE * 10).await;
        lag(&world, 45);
        if answer == "lost" {
            world.emulator.fail_next(lost().applied());
        }
        world.apply(&image(3));
        world.run(Duration::from_secs(5)).await;
        world.apply(&image(2));
        world.run(MINUTE * 60).await;
        let runs = running(&world);
        if runs != "shop:2" {
            found.push(format!(
                "{answer}: runs {runs}, sent {:?}: {}",
                images(&world),
                world.message("Ready")
            ));
        }
    }
    assert_eq!(found, Vec::<String>::new());
}
