//! A CustomResourceDefinition, and a memory, of the version before.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use serde_json::json;

use crate::{
    images::{image, images, lag, lost, running, with_policy},
    world::{CREATE, SERVICE, UPDATE, World},
};

const MINUTE: Duration = Duration::from_secs(60);

/// What the CustomResourceDefinition of the version before does not know.
const NEW_MEMBERS: [&str; 2] = ["initial", "intent/expected"];

/// From now on the memory is as the version before would have written it.
fn as_written_before(world: &World) {
    let unknown =
        json!({"status": {"operatorState": {"initial": null, "intent": {"expected": null}}}});
    world.api.patch(&world.key, None, &unknown, "").unwrap();
}

#[tokio::test]
async fn a_restart_is_not_made_under_the_former_definition() {
    let mut world = World::ready(&image(1)).await;
    world.api.prune_members(&NEW_MEMBERS);
    world.annotate("ecs-express.dev/restart", "1");
    world.run(MINUTE * 30).await;
    assert_eq!(world.calls(UPDATE), 0, "the fence does not hold it");
}

#[tokio::test]
async fn a_retry_is_not_made_under_the_former_definition() {
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
    assert_eq!(world.calls(UPDATE), 1, "the fence does not hold it");
}

#[tokio::test]
async fn nothing_is_written_at_rest_under_the_former_definition() {
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

#[tokio::test]
async fn open_updates_of_the_former_version_are_understood() {
    let mut found = Vec::new();
    for policy in ["Correct", "Report"] {
        for answer in ["accepted", "lost", "not applied"] {
            let mut world = World::ready(&with_policy(1, policy)).await;
            lag(&world, 45);
            match answer {
                "lost" => world.emulator.fail_next(lost().applied()),
                "not applied" => world.emulator.fail_next(lost()),
                _ => {}
            }
            world.apply(&with_policy(2, policy));
            world.pass().await;
            as_written_before(&world);
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
async fn an_edit_behind_a_lost_create_of_the_former_version_is_an_edit() {
    for policy in ["Correct", "Report"] {
        let mut world = World::with(json!({"bakeSeconds": 10, "createVisibleSeconds": 20})).await;
        world.apply(&with_policy(1, policy));
        world
            .emulator
            .fail_next(Fault::new(CREATE, "ConnectionReset", "lost").applied());
        world.pass().await;
        as_written_before(&world);
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

#[tokio::test]
async fn what_a_downgrade_leaves_in_an_intent_is_not_believed() {
    let mut world = World::ready(&image(1)).await;
    // This version: a lost update to 2 that answers a restart; its answer never comes.
    world.emulator.fail_next(lost());
    world.annotate("ecs-express.dev/restart", "1");
    world.apply(&image(2));
    world.pass().await;
    let stored = serde_json::to_value(world.status()).unwrap();
    let stale = stored["operatorState"]["intent"].clone();
    let expected = &stale["expected"];
    assert!(
        expected["applies"].is_object() && expected["restart"] == "1",
        "{stale}"
    );
    // The former version: it made restart 2, applied 3, and its own last update to 4 was lost. Its patches leave what it does
    // not know.
    let mut former = World::ready(&image(1)).await;
    former.apply(&image(3));
    former.until_ready().await;
    former.run(MINUTE * 10).await;
    former.emulator.fail_next(lost().applied());
    former.apply(&image(4));
    former.pass().await;
    let leftovers = json!({"status": {"operatorState": {
        "restart": "2",
        "intent": {"expected": expected},
    }}});
    former.annotate("ecs-express.dev/restart", "2");
    former.api.patch(&former.key, None, &leftovers, "").unwrap();
    former.restart_operator().await;
    former.run(MINUTE * 60).await;
    assert_eq!(images(&former), ["shop:3", "shop:4"]);
}
