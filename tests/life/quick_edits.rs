//! Two edits in a row, a revert, and the traces by which the operator tells which of them arrived.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use serde_json::json;

use crate::{
    api_server::Stored,
    images::{image, images, lag, lost, reported, running, with_policy},
    world::{CREATE, DESCRIBE, SERVICE, UPDATE, World},
};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_second_of_two_edits_whose_answer_is_lost_is_not_taken_for_the_first() {
    for policy in ["Correct", "Report"] {
        let mut world = World::ready(&with_policy(1, policy)).await;
        lag(&world, 45);
        world.apply(&with_policy(2, policy));
        world.run(Duration::from_secs(5)).await;
        assert_eq!(images(&world), ["shop:2"]);
        world.emulator.fail_next(lost());
        world.apply(&with_policy(3, policy));
        world.pass().await;
        assert_eq!(images(&world), ["shop:2", "shop:3"]);
        world.run(MINUTE * 60).await;
        assert_eq!(
            (world.condition("Stalled"), running(&world)),
            ("absent".into(), "shop:3".into()),
            "{policy}: {}",
            world.message("Ready")
        );
    }
}

#[tokio::test]
async fn the_second_of_two_edits_is_sent_though_the_process_dies_behind_its_fence() {
    let mut world = World::ready(&image(1)).await;
    lag(&world, 45);
    world.apply(&image(2));
    world.run(Duration::from_secs(5)).await;
    assert_eq!(images(&world), ["shop:2"]);
    world.api.die_after(0, Stored::Yes);
    world.apply(&image(3));
    world.pass().await;
    assert!(world.api.take_death());
    assert_eq!(images(&world), ["shop:2"]);
    world.restart_operator().await;
    world.run(MINUTE * 60).await;
    assert_eq!(
        (world.condition("Stalled"), running(&world)),
        ("absent".into(), "shop:3".into()),
        "{}",
        world.message("Ready")
    );
}

#[tokio::test]
async fn a_revert_to_the_first_of_two_edits_undoes_the_second_whose_answer_was_lost() {
    let mut found = Vec::new();
    for policy in ["Correct", "Report"] {
        for queue in [false, true] {
            let mut world = World::ready(&with_policy(1, policy)).await;
            lag(&world, 45);
            if queue {
                let queue = json!({"updateInDeployment": "Queue", "bakeSeconds": 60});
                world.emulator.change_settings(&queue).unwrap();
            }
            world.apply(&with_policy(2, policy));
            world.run(Duration::from_secs(20)).await;
            assert_eq!(images(&world), ["shop:2"]);
            world.emulator.fail_next(lost().applied());
            world.apply(&with_policy(3, policy));
            world.run(Duration::from_secs(5)).await;
            assert_eq!(images(&world), ["shop:2", "shop:3"]);
            world.apply(&with_policy(2, policy));
            world.run(MINUTE * 60).await;
            let runs = running(&world);
            if runs != "shop:2" {
                found.push(format!(
                    "{policy}, queue: {queue}: {} {runs}",
                    world.condition("Synced")
                ));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn a_revert_behind_an_edit_that_was_not_sent_waits_for_the_update_accepted_before() {
    let mut found = Vec::new();
    for policy in ["Correct", "Report"] {
        for not_sent in ["refused", "throttled", "slow fence"] {
            let mut world = World::ready(&with_policy(1, policy)).await;
            lag(&world, 45);
            world.apply(&with_policy(2, policy));
            world.run(Duration::from_secs(5)).await;
            let refusal = |code| Fault::new(UPDATE, code, "no such image");
            match not_sent {
                "refused" => world
                    .emulator
                    .fail_next(refusal("InvalidParameterException")),
                "throttled" => world.emulator.fail_next(refusal("ThrottlingException")),
                _ => world.api.dawdle(&world.clock, Duration::from_secs(6)),
            }
            world.apply(&with_policy(3, policy));
            world.pass().await;
            world.apply(&with_policy(1, policy));
            let mut ready_early = false;
            for _ in 0..30 {
                world.run(Duration::from_secs(1)).await;
                ready_early |= world.is_ready();
            }
            world.run(MINUTE * 60).await;
            let runs = running(&world);
            if ready_early || runs != "shop:1" {
                found.push(format!(
                    "{policy}, {not_sent}: ready early: {ready_early}, an hour later it runs {runs}"
                ));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn an_update_that_ecs_queues_is_sent_once_though_an_edit_behind_it_is_refused() {
    let mut world = World::ready(&image(1)).await;
    let queue = json!({"updateInDeployment": "Queue", "bakeSeconds": 180});
    world.emulator.change_settings(&queue).unwrap();
    world.apply(&image(2));
    world.run(MINUTE / 2).await;
    world.apply(&image(3));
    world.run(Duration::from_secs(5)).await;
    let refusal = Fault::new(UPDATE, "InvalidParameterException", "no such image");
    world.emulator.fail_next(refusal);
    world.apply(&image(4));
    world.pass().await;
    assert_eq!(images(&world), ["shop:2", "shop:3", "shop:4"]);
    world.apply(&image(3));
    world.run(MINUTE * 60).await;
    assert_eq!(images(&world), ["shop:2", "shop:3", "shop:4"]);
    assert_eq!(running(&world), "shop:3");
}

#[tokio::test]
async fn an_edit_that_never_arrived_is_not_taken_for_rolled_back_with_somebody_elses() {
    let mut world = World::ready(&image(1)).await;
    world
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    world.outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    world.pass_time(MINUTE / 3);
    world.emulator.fail_next(lost());
    world.apply(&image(2));
    world.pass().await;
    assert_eq!(images(&world), ["shop:2"]);
    world.run(MINUTE * 60).await;
    assert_eq!(
        (world.condition("Stalled"), running(&world)),
        ("absent".into(), "shop:2".into()),
        "{}",
        world.message("Ready")
    );
}

#[tokio::test]
async fn a_lost_restart_is_not_done_by_the_rollback_of_the_one_before() {
    let mut world = World::ready(&image(1)).await;
    world
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    world.annotate("ecs-express.dev/restart", "1");
    world.run(MINUTE / 2).await;
    assert_eq!(world.calls(UPDATE), 1);
    world.emulator.fail_next(lost());
    world.annotate("ecs-express.dev/restart", "2");
    world.pass().await;
    assert_eq!(world.calls(UPDATE), 2);
    world.run(MINUTE * 60).await;
    assert_eq!(world.calls(UPDATE), 3);
}

#[tokio::test]
async fn a_lapsed_update_makes_no_edit_of_later_drift() {
    let mut world = World::ready(&reported(1)).await;
    world.emulator.fail_next(lost());
    world.apply(&reported(2));
    world.pass().await;
    let mut suspended = reported(2);
    suspended["suspend"] = json!(true);
    world.apply(&suspended);
    world.run(MINUTE * 10).await;
    // Somebody does by hand what the operator may not do.
    world.outside(&json!({"update": {"primaryContainer": {"image": "shop:2"}}}));
    world.run(MINUTE * 10).await;
    world.apply(&reported(2));
    world.until_ready().await;
    world.run(MINUTE * 10).await;
    assert_eq!(world.calls(UPDATE), 1);
    world.outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    world.run(MINUTE * 20).await;
    assert_eq!(world.calls(UPDATE), 1, "drift is only reported");
}

#[tokio::test]
async fn an_accepted_update_without_a_trace_is_not_sent_without_end() {
    let mut world = World::ready(&image(1)).await;
    let blind = json!({"readLagSeconds": {(DESCRIBE): 7200, "ListServiceDeployments": 7200}});
    world.emulator.change_settings(&blind).unwrap();
    world.apply(&image(2));
    world.run(MINUTE * 60).await;
    assert!(world.calls(UPDATE) <= 4, "{} updates", world.calls(UPDATE));
}

#[tokio::test]
async fn an_edit_whose_second_try_is_refused_does_not_become_drift() {
    let mut world = World::ready(&reported(1)).await;
    let blind = json!({"readLagSeconds": {(DESCRIBE): 7200, "ListServiceDeployments": 7200}});
    world.emulator.change_settings(&blind).unwrap();
    world.apply(&reported(2));
    world.pass().await;
    assert_eq!(world.calls(UPDATE), 1);
    let throttle = Fault::new(UPDATE, "ThrottlingException", "Rate exceeded");
    world.emulator.fail_next(throttle);
    world.run(MINUTE * 20).await;
    assert_ne!(
        world.condition("Ready"),
        "False Drifted",
        "{}",
        world.message("Ready")
    );
}

#[tokio::test]
async fn an_edit_behind_a_create_is_no_drift_though_the_clock_is_minutes_ahead() {
    for ahead in [Duration::ZERO, MINUTE * 3] {
        let mut world = World::new().await;
        world.clock.advance(ahead);
        let refusal = Fault::new(CREATE, "InvalidParameterException", "no such image");
        world.emulator.fail_next(refusal);
        world.apply(&reported(1));
        world.pass().await;
        world.apply(&reported(2));
        world.pass().await;
        assert_eq!(world.calls(CREATE), 2);
        world.apply(&reported(1));
        let throttle = Fault::new(UPDATE, "ThrottlingException", "Rate exceeded");
        world.emulator.fail_next(throttle);
        world.run(MINUTE * 60).await;
        assert_eq!(
            (world.condition("Ready"), running(&world)),
            ("True Available".into(), "shop:1".into()),
            "clock ahead by {ahead:?}: {}",
            world.message("Ready")
        );
    }
}

#[tokio::test]
async fn a_lost_edit_is_not_taken_for_a_rollback_that_no_list_told_of_before() {
    for times in [1, 3] {
        let mut world = World::ready(&image(1)).await;
        world
            .emulator
            .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
        world.outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
        world.pass_time(MINUTE / 3);
        let throttle = Fault::new(
            "ListServiceDeployments",
            "ThrottlingException",
            "Rate exceeded",
        );
        world.emulator.fail_next(throttle.times(times));
        world.emulator.fail_next(lost());
        world.apply(&image(2));
        world.until("sent", |world| world.calls(UPDATE) == 1).await;
        world.run(MINUTE * 60).await;
        assert_eq!(
            (world.condition("Stalled"), running(&world)),
            ("absent".into(), "shop:2".into()),
            "{times}: {}",
            world.message("Ready")
        );
    }
}
