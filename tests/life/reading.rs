//! Findings of the first reading of e1ae812 (correctness of the loop). Each of these tests fails on it, but four that show
//! what is right: `r4_a_retry…`, `r10_open_updates…`, `r11_a_lost_create…` and `r13…`.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use serde_json::{Value, json};

use crate::{
    api_server::Stored,
    world::{CREATE, DELETE, DESCRIBE, SERVICE, UPDATE, World},
};

const MINUTE: Duration = Duration::from_secs(60);

/// What the CustomResourceDefinition of the version before e1ae812 does not know.
const NEW_MEMBERS: [&str; 5] = [
    "initial",
    "intent/applies",
    "intent/revisionBefore",
    "intent/restart",
    "intent/retry",
];

fn image(tag: u32) -> Value {
    with_policy(tag, "Correct")
}

fn reported(tag: u32) -> Value {
    with_policy(tag, "Report")
}

fn with_policy(tag: u32, policy: &str) -> Value {
    json!({"primaryContainer": {"image": format!("shop:{tag}")}, "driftPolicy": policy})
}

fn images(world: &World) -> Vec<Value> {
    let updates = world.sent(UPDATE).into_iter();
    updates
        .map(|update| update["primaryContainer"]["image"].clone())
        .collect()
}

fn running(world: &World) -> Value {
    world.service()["activeRevisions"][0]["image"].clone()
}

/// Reads of the service lie so many seconds behind.
fn lag(world: &World, seconds: u64) {
    let lag = json!({"readLagSeconds": {(DESCRIBE): seconds}});
    world.emulator.change_settings(&lag).unwrap();
}

fn lost() -> Fault {
    Fault::new(UPDATE, "ConnectionReset", "lost")
}

// 1. The second of two quick edits is taken for landed with the first one's revision.

#[tokio::test]
async fn r1_the_second_of_two_edits_whose_answer_is_lost_is_not_taken_for_the_first() {
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
async fn r1_the_second_of_two_edits_is_sent_though_the_process_dies_behind_its_fence() {
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
async fn r1_a_revert_to_the_first_of_two_edits_undoes_the_second_whose_answer_was_lost() {
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

// 2. A restore without status: what runs is taken for ECS's reading of the spec.

#[tokio::test]
async fn r2_drift_after_a_restore_without_status_is_put_right_though_the_first_try_is_refused() {
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
async fn r2_drift_after_a_restore_without_status_is_shown_as_drift_and_put_right_when_asked() {
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
        (("False Drifted".into(), "absent".into()), "shop:1".into()),
        "{}",
        world.message("Ready")
    );
}

#[tokio::test]
async fn r2_an_environment_added_outside_is_not_in_sync_after_a_restore_without_status() {
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
async fn r2_an_edit_behind_a_death_after_the_create_is_shown_as_what_it_is_under_report() {
    let mut world = World::with(json!({"bakeSeconds": 10})).await;
    world.api.die_after(1, Stored::No);
    world.apply(&reported(1));
    world.pass().await;
    assert!(world.api.take_death());
    world.apply(&reported(2));
    world.restart_operator().await;
    world.run(MINUTE * 30).await;
    assert_eq!(
        world.condition("Stalled"),
        "absent",
        "{}",
        world.message("Ready")
    );
}

// 3. A refused edit makes the operator forget the update that ECS accepted before it.

#[tokio::test]
async fn r3_a_revert_behind_an_edit_that_was_not_sent_waits_for_the_update_accepted_before() {
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
async fn r3_an_update_that_ecs_queues_is_sent_once_though_an_edit_behind_it_is_refused() {
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

// 4. A CustomResourceDefinition of the version before.

#[tokio::test]
async fn r4_a_restart_is_made_once_at_most_under_the_former_definition() {
    let mut world = World::ready(&image(1)).await;
    world.api.prune_members(&NEW_MEMBERS);
    world.annotate("ecs-express.dev/restart", "1");
    world.run(MINUTE * 30).await;
    assert!(world.calls(UPDATE) <= 1, "{} updates", world.calls(UPDATE));
}

#[tokio::test]
async fn r4_a_retry_is_made_once_at_most_under_the_former_definition() {
    let mut world = World::ready(&image(1)).await;
    for _ in 0..20 {
        world
            .emulator
            .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    }
    world.apply(&image(2));
    world.until_condition("Stalled", "True RolledBack").await;
    world.api.prune_members(&NEW_MEMBERS);
    world.annotate("ecs-express.dev/retry", "1");
    world.run(MINUTE * 60).await;
    assert!(world.calls(UPDATE) <= 2, "{} updates", world.calls(UPDATE));
}

#[tokio::test]
async fn r4_nothing_is_written_at_rest_under_the_former_definition() {
    let mut world = World::with(json!({"bakeSeconds": 10})).await;
    let theirs = json!({
        "serviceName": SERVICE,
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infra",
        "executionRoleArn": "arn:aws:iam::123456789012:role/exec",
        "primaryContainer": {"image": "theirs:1"},
    });
    world.somebody_calls(CREATE, &theirs);
    world.pass_time(MINUTE * 10);
    world.api.prune_members(&NEW_MEMBERS);
    world.apply(&json!({}));
    world.until_condition("Stalled", "True NotOwned").await;
    world.rests().await;
}

// 5. The answer to a create that is somebody else's service.

#[tokio::test]
async fn r5_a_free_service_that_a_create_is_answered_with_is_not_taken_over() {
    for seen in ["a fault", "a lag"] {
        let mut world = World::with(json!({"bakeSeconds": 10, "takenName": "Existing"})).await;
        let theirs = json!({
            "serviceName": SERVICE,
            "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infra",
            "executionRoleArn": "arn:aws:iam::123456789012:role/exec",
            "primaryContainer": {"image": "theirs:1"},
        });
        if seen == "a lag" {
            let unseen = json!({"createVisibleSeconds": 30});
            world.emulator.change_settings(&unseen).unwrap();
            world.somebody_calls(CREATE, &theirs);
        } else {
            world.somebody_calls(CREATE, &theirs);
            world.pass_time(MINUTE * 10);
            let missing = Fault::new(DESCRIBE, "ResourceNotFoundException", "no");
            world.emulator.fail_next(missing);
        }
        world.apply(&image(1));
        world.run(MINUTE * 30).await;
        assert_eq!(
            (
                world.tag("ecs-express.dev/name"),
                world.calls(UPDATE),
                running(&world)
            ),
            (None, 0, "theirs:1".into()),
            "{seen}: tagged, updated, running"
        );
        world.delete();
        world.run(MINUTE * 5).await;
        assert_eq!(world.calls(DELETE), 0, "{seen}");
    }
}

#[tokio::test]
async fn r5_a_free_service_that_a_create_is_answered_with_is_not_deleted_with_the_object() {
    let mut world = World::with(json!({"bakeSeconds": 10, "takenName": "Existing"})).await;
    let theirs = json!({
        "serviceName": SERVICE,
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infra",
        "executionRoleArn": "arn:aws:iam::123456789012:role/exec",
        "primaryContainer": {"image": "theirs:1"},
    });
    let unseen = json!({"createVisibleSeconds": 30});
    world.emulator.change_settings(&unseen).unwrap();
    world.somebody_calls(CREATE, &theirs);
    world.apply(&image(1));
    world.run(MINUTE * 30).await;
    world.delete();
    world.run(MINUTE * 5).await;
    assert_eq!(world.calls(DELETE), 0);
}

#[tokio::test]
async fn r5_an_edit_is_not_swallowed_by_a_create_that_is_answered_with_the_former_service() {
    let mut found = Vec::new();
    for throttled in [false, true] {
        let mut world = World::ready(&image(1)).await;
        let existing = json!({"takenName": "Existing"});
        world.emulator.change_settings(&existing).unwrap();
        let missing = Fault::new(DESCRIBE, "ResourceNotFoundException", "no");
        world.emulator.fail_next(missing.times(2));
        if throttled {
            let throttle = Fault::new(UPDATE, "ThrottlingException", "Rate exceeded");
            world.emulator.fail_next(throttle);
        }
        world.apply(&image(2));
        world.run(MINUTE * 60).await;
        assert_eq!(world.calls(CREATE), 2);
        if running(&world) != "shop:2" {
            found.push(format!(
                "throttled: {throttled}: {}",
                world.message("Ready")
            ));
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

// 6. A create that is refused because the name is taken.

#[tokio::test]
async fn r6_a_service_whose_name_is_taken_by_the_first_create_is_not_left_behind() {
    let mut world = World::with(json!({"createVisibleSeconds": 200})).await;
    let lost = Fault::new(CREATE, "ConnectionReset", "lost").applied();
    world.emulator.fail_next(lost);
    world.apply(&json!({}));
    world
        .until("a second create", |world| world.calls(CREATE) == 2)
        .await;
    world.delete();
    world.run(MINUTE * 20).await;
    let code = world.service()["statusCode"].clone();
    assert!(
        world.api.stored(&world.key).is_some() || code != "ACTIVE",
        "the object is gone, and its service is {code}"
    );
}

#[tokio::test]
async fn r6_a_service_that_describe_services_shows_is_not_left_behind_either() {
    let mut world = World::with(json!({"bakeSeconds": 10})).await;
    lag(&world, 200);
    let lost = Fault::new(CREATE, "ConnectionReset", "lost").applied();
    world.emulator.fail_next(lost);
    world.apply(&json!({}));
    world
        .until("a second create", |world| world.calls(CREATE) == 2)
        .await;
    world.delete();
    world.run(MINUTE * 20).await;
    let code = world.service()["statusCode"].clone();
    assert!(
        world.api.stored(&world.key).is_some() || code != "ACTIVE",
        "the object is gone, and its service is {code}"
    );
}

// 7. A deployment of somebody else is taken for that of the lost update.

#[tokio::test]
async fn r7_an_edit_that_never_arrived_is_not_taken_for_rolled_back_with_somebody_elses() {
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
async fn r7_a_lost_restart_is_not_done_by_the_rollback_of_the_one_before() {
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

// 8. A lapsed intent makes an edit of each later drift.

#[tokio::test]
async fn r8_a_lapsed_update_makes_no_edit_of_later_drift() {
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

// 9. An accepted update without a trace is sent again without end.

#[tokio::test]
async fn r9_an_accepted_update_without_a_trace_is_not_sent_without_end() {
    let mut world = World::ready(&image(1)).await;
    let blind = json!({"readLagSeconds": {(DESCRIBE): 7200, "ListServiceDeployments": 7200}});
    world.emulator.change_settings(&blind).unwrap();
    world.apply(&image(2));
    world.run(MINUTE * 60).await;
    assert!(world.calls(UPDATE) <= 4, "{} updates", world.calls(UPDATE));
}

#[tokio::test]
async fn r9_an_edit_whose_second_try_is_refused_does_not_become_drift() {
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

// 10. A memory of the version before, met by this one.

#[tokio::test]
async fn r10_open_updates_of_the_former_version_are_understood() {
    let mut found = Vec::new();
    for policy in ["Correct", "Report"] {
        for answer in ["accepted", "lost", "not applied"] {
            let mut world = World::ready(&with_policy(1, policy)).await;
            world.api.prune_members(&NEW_MEMBERS);
            lag(&world, 45);
            match answer {
                "lost" => world.emulator.fail_next(lost().applied()),
                "not applied" => world.emulator.fail_next(lost()),
                _ => {}
            }
            world.apply(&with_policy(2, policy));
            world.pass().await;
            world.api.prune_members(&[]);
            world.restart_operator().await;
            world.run(MINUTE * 60).await;
            let sent = images(&world).len();
            let expected = if answer == "not applied" { 2 } else { 1 };
            let runs = running(&world);
            if runs != "shop:2" || sent != expected || !world.is_ready() {
                found.push(format!(
                    "{policy}, {answer}: {sent} sent, runs {runs}, {}",
                    world.condition("Ready")
                ));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn r10_an_edit_behind_a_lost_create_of_the_former_version_is_an_edit() {
    for policy in ["Correct", "Report"] {
        let mut world = World::with(json!({"bakeSeconds": 10, "createVisibleSeconds": 20})).await;
        world.api.prune_members(&NEW_MEMBERS);
        world.apply(&with_policy(1, policy));
        world
            .emulator
            .fail_next(Fault::new(CREATE, "ConnectionReset", "lost").applied());
        world.pass().await;
        world.api.prune_members(&[]);
        world.apply(&with_policy(2, policy));
        world.restart_operator().await;
        world.run(MINUTE * 60).await;
        assert_eq!(
            (
                world.calls(CREATE),
                running(&world),
                world.condition("Stalled")
            ),
            (1, "shop:2".into(), "absent".into()),
            "{policy}: {}",
            world.message("Ready")
        );
    }
}

// 11. More states, of which some are right.

#[tokio::test]
async fn r12_an_edit_after_a_rollback_is_sent_again_when_its_answer_is_lost() {
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
async fn r11_a_lost_create_survives_another_account_in_between() {
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
async fn r11_a_service_made_again_is_not_told_to_be_rolled_back_when_the_answer_is_lost() {
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
async fn r11_what_a_downgrade_leaves_in_an_intent_is_not_believed() {
    let mut world = World::ready(&image(1)).await;
    // This version: a lost update to 2 that answers a restart; its answer never comes.
    world.emulator.fail_next(lost());
    world.annotate("ecs-express.dev/restart", "1");
    world.apply(&image(2));
    world.pass().await;
    let stored = serde_json::to_value(world.status()).unwrap();
    let stale = stored["memory"]["intent"].clone();
    assert!(
        stale["applies"].is_object() && stale["restart"] == "1",
        "{stale}"
    );
    // The former version: it made restart 2, applied 3, and its own last update to 4 was lost. Its patches leave what it does
    // not know.
    let mut former = World::ready(&image(1)).await;
    former.api.prune_members(&NEW_MEMBERS);
    former.apply(&image(3));
    former.until_ready().await;
    former.run(MINUTE * 10).await;
    former.emulator.fail_next(lost().applied());
    former.apply(&image(4));
    former.pass().await;
    let leftovers = json!({"status": {"memory": {
        "restart": "2",
        "intent": {
            "applies": stale["applies"], "restart": "1", "revisionBefore": stale["revisionBefore"],
        },
    }}});
    former.api.prune_members(&[]);
    former.annotate("ecs-express.dev/restart", "2");
    former.api.patch(&former.key, None, &leftovers, "").unwrap();
    former.restart_operator().await;
    former.run(MINUTE * 60).await;
    assert_eq!(images(&former), ["shop:3", "shop:4"]);
}

#[tokio::test]
async fn r12_an_edit_after_a_rollback_is_sent_though_the_process_dies_behind_its_fence() {
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
async fn r13_a_lost_update_that_is_no_longer_wanted_is_undone_also_if_the_spec_was_rolled_back_before()
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
