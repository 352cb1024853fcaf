//! Updates whose effect is not seen yet: queued by ECS, lost, or overtaken by another edit.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use serde_json::json;

use crate::{
    images::{image, images, reported},
    world::{DESCRIBE, SERVICE, UPDATE, World},
};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_lost_update_that_never_comes_up_does_not_hold_back_the_next_edit() {
    for restart in [false, true] {
        let mut world = World::ready(&image(1)).await;
        world.emulator.set_outcome(SERVICE, Outcome::NeverComesUp);
        world
            .emulator
            .fail_next(Fault::new(UPDATE, "ConnectionReset", "lost").applied());
        world.apply(&image(2));
        world.pass().await;
        world.apply(&image(3));
        if restart {
            world.restart_operator().await;
        }
        world.run(MINUTE).await;
        assert_eq!(images(&world), ["shop:2", "shop:3"], "restart: {restart}");
        world.until_ready().await;
        world.rests().await;
        assert_eq!(images(&world), ["shop:2", "shop:3"], "restart: {restart}");
    }
}

#[tokio::test]
async fn a_lost_update_that_was_not_applied_does_not_hold_back_the_next_edit_either() {
    let mut world = World::ready(&image(1)).await;
    world
        .emulator
        .fail_next(Fault::new(UPDATE, "ConnectionReset", "lost"));
    world.apply(&image(2));
    world.pass().await;
    world.apply(&image(3));
    world.run(MINUTE * 3).await;
    assert_eq!(images(&world), ["shop:2", "shop:3"]);
    world.until_ready().await;
    world.rests().await;
    assert_eq!(images(&world), ["shop:2", "shop:3"]);
}

#[tokio::test]
async fn an_update_that_ecs_queues_behind_a_running_deployment_is_sent_once() {
    for restart in [false, true] {
        for policy in ["Correct", "Report"] {
            let spec = |tag| json!({"primaryContainer": {"image": format!("shop:{tag}")}, "driftPolicy": policy});
            let mut world = World::ready(&spec(1)).await;
            let queue = json!({"updateInDeployment": "Queue", "bakeSeconds": 180});
            world.emulator.change_settings(&queue).unwrap();
            world.apply(&spec(2));
            world.run(MINUTE / 2).await;
            world.apply(&spec(3));
            world.run(MINUTE).await;
            if restart {
                world.restart_operator().await;
            }
            world.run(MINUTE * 5).await;
            assert_eq!(world.condition("Ready"), "False Waiting", "{policy}");
            world.until_ready().await;
            world.rests().await;
            assert_eq!(images(&world), ["shop:2", "shop:3"], "{policy} {restart}");
            assert_eq!(world.service()["activeRevisions"][0]["image"], "shop:3");
        }
    }
}

#[tokio::test]
async fn a_lost_update_that_ecs_queues_is_not_repeated_while_the_other_deployment_runs() {
    let mut world = World::ready(&image(1)).await;
    let queue = json!({"updateInDeployment": "Queue", "bakeSeconds": 180});
    world.emulator.change_settings(&queue).unwrap();
    world.apply(&image(2));
    world.run(MINUTE / 2).await;
    world
        .emulator
        .fail_next(Fault::new(UPDATE, "ConnectionReset", "lost").applied());
    world.apply(&image(3));
    world.until_ready().await;
    world.rests().await;
    assert_eq!(images(&world), ["shop:2", "shop:3"]);
}

#[tokio::test]
async fn a_revert_while_an_update_is_not_seen_yet_is_not_ready_before_that_update_is_undone() {
    for policy in ["Correct", "Report"] {
        for (lost, restart) in [(false, false), (false, true), (true, false), (true, true)] {
            let spec = |tag| json!({"primaryContainer": {"image": format!("shop:{tag}")}, "driftPolicy": policy});
            let mut world = World::ready(&spec(1)).await;
            let lag = json!({"readLagSeconds": {(DESCRIBE): 45}});
            world.emulator.change_settings(&lag).unwrap();
            if lost {
                let fault = Fault::new(UPDATE, "ConnectionReset", "lost").applied();
                world.emulator.fail_next(fault);
            }
            world.apply(&spec(2));
            world.run(Duration::from_secs(5)).await;
            assert_eq!(images(&world), ["shop:2"]);
            world.apply(&spec(1));
            if restart {
                world.restart_operator().await;
            }
            for _ in 0..30 {
                world.run(Duration::from_secs(1)).await;
                let ready = world.is_ready();
                assert!(!ready, "{policy}, lost: {lost}, restart: {restart}");
            }
            world.until_ready().await;
            // What lags behind is seen with the next observation at rest.
            world.run(MINUTE * 6).await;
            world.rests().await;
            assert_eq!(
                images(&world),
                ["shop:2", "shop:1"],
                "{policy}, lost: {lost}, restart: {restart}"
            );
            assert_eq!(world.service()["activeRevisions"][0]["image"], "shop:1");
        }
    }
}

#[tokio::test]
async fn a_lost_update_that_was_not_applied_and_is_reverted_costs_no_call() {
    let mut world = World::ready(&reported(1)).await;
    world
        .emulator
        .fail_next(Fault::new(UPDATE, "ConnectionReset", "lost"));
    world.apply(&reported(2));
    world.run(Duration::from_secs(5)).await;
    world.apply(&reported(1));
    world.until_ready().await;
    world.rests().await;
    assert_eq!(images(&world), ["shop:2"]);
}

#[tokio::test]
async fn an_accepted_restart_is_not_done_before_its_revision_is_seen() {
    let mut world = World::ready(&image(1)).await;
    let lag = json!({"readLagSeconds": {(DESCRIBE): 45}});
    world.emulator.change_settings(&lag).unwrap();
    let before = world.status().revisions;
    world.annotate("ecs-express.dev/restart", "1");
    world.pass().await;
    assert_eq!(world.calls(UPDATE), 1);
    for _ in 0..30 {
        world.run(Duration::from_secs(1)).await;
        assert!(!world.is_ready());
    }
    world.until_ready().await;
    assert_ne!(world.status().revisions, before);
    world.run(MINUTE * 6).await;
    world.rests().await;
    assert_eq!(world.calls(UPDATE), 1);
}

#[tokio::test]
async fn a_restart_whose_answer_is_lost_is_done_once_whether_it_was_applied_or_not() {
    for applied in [false, true] {
        for restart in [false, true] {
            let mut world = World::ready(&image(1)).await;
            let before = world.status().revisions;
            let fault = Fault::new(UPDATE, "ConnectionReset", "lost");
            world
                .emulator
                .fail_next(if applied { fault.applied() } else { fault });
            world.annotate("ecs-express.dev/restart", "1");
            world.pass().await;
            if restart {
                world.restart_operator().await;
            }
            world
                .until("restarted", |world| world.status().revisions != before)
                .await;
            world.until_ready().await;
            world.rests().await;
            let calls = if applied { 1 } else { 2 };
            assert_eq!(world.calls(UPDATE), calls, "{applied} {restart}");
        }
    }
}

#[tokio::test]
async fn a_retry_of_a_deployment_that_failed_while_in_sync_is_sent_once_though_each_answer_is_lost()
{
    let mut world = World::with(json!({"bakeSeconds": 10})).await;
    world.apply(&image(1));
    world
        .until("deploying", |world| {
            let deployment = world.status().deployment;
            deployment.is_some_and(|deployment| deployment.arn.is_some())
        })
        .await;
    let deployment = world.status().deployment.unwrap().arn.unwrap();
    let stop = json!({"serviceDeploymentArn": deployment, "stopType": "ABORT"});
    world.somebody_calls("StopServiceDeployment", &stop);
    world.until_condition("Stalled", "True RolledBack").await;
    assert_eq!(world.service()["activeRevisions"][0]["image"], "shop:1");
    world.emulator.set_outcome(SERVICE, Outcome::NeverComesUp);
    let fault = Fault::new(UPDATE, "ConnectionReset", "lost");
    world.emulator.fail_next(fault.times(100).applied());
    world.annotate("ecs-express.dev/retry", "1");
    world.run(MINUTE * 60).await;
    assert_eq!(world.calls(UPDATE), 1);
    world.rests().await;
}

#[tokio::test]
async fn a_retry_frees_an_update_that_waits_for_a_deployment_that_never_ends() {
    let mut world = World::ready(&image(1)).await;
    world.emulator.set_outcome(SERVICE, Outcome::NeverComesUp);
    world.apply(&image(2));
    world.run(MINUTE).await;
    world
        .emulator
        .fail_next(Fault::new(UPDATE, "ConnectionReset", "lost"));
    world.apply(&image(3));
    world.run(MINUTE * 5).await;
    assert_eq!(images(&world), ["shop:2", "shop:3"]);
    world.annotate("ecs-express.dev/retry", "1");
    world.run(MINUTE).await;
    assert_eq!(images(&world), ["shop:2", "shop:3", "shop:3"]);
    world.until_ready().await;
    world.rests().await;
}

#[tokio::test]
async fn a_lost_update_behind_a_deployment_that_never_ends_is_repeated_after_half_an_hour_by_itself()
 {
    let mut world = World::ready(&image(1)).await;
    world.emulator.set_outcome(SERVICE, Outcome::NeverComesUp);
    world.apply(&image(2));
    world.run(MINUTE).await;
    world
        .emulator
        .fail_next(Fault::new(UPDATE, "ConnectionReset", "lost"));
    world.apply(&image(3));
    world.run(MINUTE * 40).await;
    assert_eq!(images(&world), ["shop:2", "shop:3", "shop:3"]);
    world.until_ready().await;
    world.rests().await;
}
