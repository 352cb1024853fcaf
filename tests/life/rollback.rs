//! Rollbacks: what ECS did not keep is not sent again until somebody changes something or asks.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use serde_json::{Value, json};

use crate::world::{SERVICE, UPDATE, World};

const HOUR: Duration = Duration::from_secs(3600);

fn image(tag: u32) -> Value {
    json!({"primaryContainer": {"image": format!("shop:{tag}")}})
}

/// A service whose second image was rolled back.
async fn rolled_back(outcome: Outcome) -> World {
    let mut world = World::ready(&image(1)).await;
    world.emulator.set_outcome(SERVICE, outcome);
    world.apply(&image(2));
    world.until_condition("Stalled", "True RolledBack").await;
    world.run(Duration::from_secs(120)).await;
    world
}

#[tokio::test]
async fn what_was_rolled_back_is_not_sent_again() {
    for outcome in [
        Outcome::RollBackByCircuitBreaker,
        Outcome::RollBackByAlarm,
        Outcome::RollbackFails,
    ] {
        let mut world = rolled_back(outcome).await;
        assert_eq!(world.condition("Ready"), "False RolledBack");
        assert_eq!(world.condition("Synced"), "False RolledBack");
        assert!(
            world.message("Ready").contains("ecs-express.dev/retry"),
            "{}",
            world.message("Ready")
        );
        world.rests().await;
        world.restart_operator().await;
        world.rests().await;
        assert_eq!(world.calls(UPDATE), 1, "after a restart");
        assert_eq!(world.condition("Ready"), "False RolledBack");
    }
}

#[tokio::test]
async fn it_is_not_sent_again_when_the_memory_is_lost() {
    for outcome in [Outcome::RollBackByCircuitBreaker, Outcome::RollBackByAlarm] {
        let mut world = rolled_back(outcome).await;
        world.api.lose_status(&world.key);
        world.restart_operator().await;
        world.run(HOUR).await;
        world.rests().await;
        assert_eq!(world.calls(UPDATE), 1);
        assert_eq!(world.condition("Stalled"), "True RolledBack");
    }
}

#[tokio::test]
async fn scaling_is_sent_alone_while_the_rest_is_rolled_back() {
    let mut world = rolled_back(Outcome::RollBackByAlarm).await;
    let mut spec = image(2);
    spec["scalingTarget"] = json!({"minTaskCount": 3});
    world.apply(&spec);
    world.until("sent", |world| world.calls(UPDATE) == 2).await;
    world.run(HOUR).await;
    world.rests().await;
    let updates = world.sent(UPDATE);
    assert_eq!(updates.len(), 2);
    let members: Vec<&String> = updates[1].as_object().unwrap().keys().collect();
    assert_eq!(members, ["scalingTarget", "serviceArn"]);
    assert_eq!(updates[1]["scalingTarget"]["minTaskCount"], 3);
    assert_eq!(world.condition("Stalled"), "True RolledBack");
    world.restart_operator().await;
    world.rests().await;
    assert_eq!(world.service()["activeRevisions"][0]["image"], "shop:1");
}

#[tokio::test]
async fn another_image_is_sent_and_heals() {
    let mut world = rolled_back(Outcome::RollBackByCircuitBreaker).await;
    world.apply(&image(3));
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.calls(UPDATE), 2);
    assert_eq!(world.condition("Stalled"), "absent");
}

#[tokio::test]
async fn a_retry_sends_it_once_more() {
    for outcome in [Outcome::Succeed, Outcome::RollBackByCircuitBreaker] {
        let mut world = rolled_back(Outcome::RollBackByCircuitBreaker).await;
        world.emulator.set_outcome(SERVICE, outcome);
        world.annotate("ecs-express.dev/retry", "1");
        world
            .until("sent again", |world| world.calls(UPDATE) == 2)
            .await;
        world.run(HOUR).await;
        world.rests().await;
        world.restart_operator().await;
        world.rests().await;
        assert_eq!(world.calls(UPDATE), 2);
        let wanted = if outcome == Outcome::Succeed {
            "True Available"
        } else {
            "False RolledBack"
        };
        assert_eq!(world.condition("Ready"), wanted);
    }
}

#[tokio::test]
async fn going_back_to_the_image_that_runs_is_ready_without_a_call() {
    let mut world = rolled_back(Outcome::RollBackByAlarm).await;
    world.apply(&image(1));
    world.until_ready().await;
    world.run(Duration::from_secs(600)).await;
    world.rests().await;
    assert_eq!(world.calls(UPDATE), 1);
    assert_eq!(world.condition("Stalled"), "absent");
}

#[tokio::test]
async fn what_was_rolled_back_once_may_be_tried_again_after_another_configuration_ran() {
    let mut world = rolled_back(Outcome::RollBackByAlarm).await;
    world.apply(&image(1));
    world.until_ready().await;
    world.apply(&image(2));
    world.until_ready().await;
    assert_eq!(world.calls(UPDATE), 2);
}

#[tokio::test]
async fn an_outside_change_while_rolled_back_is_not_fought() {
    let mut world = rolled_back(Outcome::RollBackByAlarm).await;
    world.outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    world.run(HOUR).await;
    world.rests().await;
    assert_eq!(world.calls(UPDATE), 1);
    assert_eq!(world.condition("Stalled"), "True RolledBack");
}

#[tokio::test]
async fn a_first_deployment_that_never_comes_up_is_never_ready_and_an_edit_heals_it() {
    let mut world = World::with(json!({"bakeSeconds": 10})).await;
    world.emulator.set_outcome(SERVICE, Outcome::NeverComesUp);
    world.apply(&image(1));
    world.run(HOUR).await;
    assert_eq!(world.condition("Stalled"), "True ProgressDeadlineExceeded");
    world.rests().await;
    world.apply(&image(2));
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.calls(UPDATE), 1);
}

#[tokio::test]
async fn a_rollout_that_never_comes_up_is_never_ready_and_an_edit_heals_it() {
    let mut world = World::ready(&image(1)).await;
    world.emulator.set_outcome(SERVICE, Outcome::NeverComesUp);
    world.apply(&image(2));
    world.run(HOUR).await;
    assert_eq!(world.condition("Ready"), "False ProgressDeadlineExceeded");
    world.apply(&image(3));
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.calls(UPDATE), 2);
}

#[tokio::test]
async fn an_update_that_was_lost_after_a_revert_is_sent_and_not_taken_for_the_old_rollback() {
    let mut world = rolled_back(Outcome::RollBackByCircuitBreaker).await;
    world.apply(&image(1));
    world.until_ready().await;
    world.emulator.fail_next(Fault::new(
        UPDATE,
        "ServerException",
        "lost and not applied",
    ));
    world.run(Duration::from_secs(600)).await;
    world.apply(&image(3));
    world.until_ready().await;
    assert_eq!(
        world.status().revisions.unwrap()[0].image.as_deref(),
        Some("shop:3")
    );
}

#[tokio::test]
async fn scaling_that_is_sent_alone_is_told_as_such_and_the_cause_of_the_rollback_stays() {
    let mut world = rolled_back(Outcome::RollBackByCircuitBreaker).await;
    let cause = world.message("Stalled");
    assert!(cause.contains("ROLLBACK_SUCCESSFUL"), "{cause}");
    // What keeps serving is another revision once scaling was sent.
    let (cause, _) = cause.split_once("; ").unwrap();
    let keeps_its_cause = |world: &World| {
        let message = world.message("Stalled");
        assert!(message.starts_with(cause), "{message}");
        assert!(message.contains("shop:1"), "{message}");
    };
    world.api.take_events();
    let mut spec = image(2);
    spec["scalingTarget"] = json!({"minTaskCount": 3});
    world.apply(&spec);
    world.until("sent", |world| world.calls(UPDATE) == 2).await;
    let events = world.api.take_events();
    let updated = events.iter().find(|event| event.reason == "Updated");
    let note = &updated.unwrap().note;
    assert!(
        note.contains("only the scaling settings")
            && note.contains("minTaskCount")
            && !note.contains("shop:2"),
        "{note}"
    );
    for _ in 0..20 {
        world.run(Duration::from_secs(30)).await;
        let message = world.message("Ready");
        assert!(!message.contains("IN_PROGRESS"), "{message}");
        assert!(!message.contains("(SUCCESSFUL"), "{message}");
    }
    world.rests().await;
    keeps_its_cause(&world);
    world.restart_operator().await;
    world.rests().await;
    keeps_its_cause(&world);
}

#[tokio::test]
async fn scaling_that_somebody_changes_is_corrected_also_after_scaling_was_sent_alone() {
    let mut world = rolled_back(Outcome::RollBackByCircuitBreaker).await;
    let mut spec = image(2);
    spec["scalingTarget"] = json!({"minTaskCount": 3});
    world.apply(&spec);
    world.run(HOUR).await;
    assert_eq!(world.calls(UPDATE), 2);
    world.outside(&json!({"update": {"scalingTarget": {"minTaskCount": 1}}}));
    world.run(HOUR).await;
    world.rests().await;
    let updates = world.sent(UPDATE);
    assert_eq!(updates.len(), 3);
    assert_eq!(updates[2]["scalingTarget"]["minTaskCount"], 3);
    assert!(updates[2].get("primaryContainer").is_none());
    assert_eq!(world.condition("Stalled"), "True RolledBack");
}

#[tokio::test]
async fn a_lost_update_after_a_rollback_is_not_taken_for_what_was_rolled_back() {
    for restart in [false, true] {
        let mut world = rolled_back(Outcome::RollBackByCircuitBreaker).await;
        let lost = Fault::new(UPDATE, "ConnectionReset", "lost");
        world.emulator.fail_next(lost);
        world.apply(&image(3));
        world.pass().await;
        if restart {
            world.restart_operator().await;
        }
        world.until_ready().await;
        world.rests().await;
        assert_eq!(world.calls(UPDATE), 3, "restart: {restart}");
    }
}
