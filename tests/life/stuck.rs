//! Deployments that never end: what is wrong is said, at once where ECS says it, after half an hour otherwise.

use std::time::Duration;

use ecs_express_emulator::Outcome;
use ecs_express_operator::core::report::event::{Event, Severity};
use serde_json::{Value, json};

use crate::world::{SERVICE, UPDATE, World};

const HOUR: Duration = Duration::from_secs(3600);
const DENIED: &str =
    "AccessDenied: not authorized to perform elasticloadbalancing:CreateLoadBalancer";

fn image(tag: u32) -> Value {
    json!({"primaryContainer": {"image": format!("shop:{tag}")}})
}

fn warnings(world: &World) -> Vec<Event> {
    let mut events = world.api.take_events();
    events.retain(|event| event.severity == Severity::Warning);
    events
}

/// The next deployment goes so, with AWS's reason.
fn next_deployment(world: &World, outcome: Outcome) {
    world
        .emulator
        .with_model(|model| model.set_outcome(SERVICE, outcome, Some(DENIED.into())));
}

#[tokio::test]
async fn a_managed_resource_that_failed_is_told_at_once() {
    for first in [true, false] {
        let mut world = if first {
            World::with(json!({"bakeSeconds": 10})).await
        } else {
            World::ready(&image(1)).await
        };
        next_deployment(&world, Outcome::ManagedResourceFails);
        world.apply(&image(2));
        world.run(Duration::from_secs(180)).await;
        assert_eq!(world.condition("Stalled"), "True ManagedResourceFailed");
        assert_eq!(world.condition("Reconciling"), "absent");
        assert_eq!(world.condition("Ready"), "False ManagedResourceFailed");
        let message = world.message("Stalled");
        assert!(message.contains(" FAILED: AccessDenied"), "{message}");
        let warnings = warnings(&world);
        assert_eq!(warnings.len(), 1, "{warnings:#?}");
        assert_eq!(warnings[0].reason, "ManagedResourceFailed");
        world.rests().await;
        world.restart_operator().await;
        world.rests().await;
    }
}

#[tokio::test]
async fn a_first_deployment_that_never_comes_up_is_told_after_half_an_hour() {
    let mut world = World::with(json!({"bakeSeconds": 10})).await;
    next_deployment(&world, Outcome::NeverComesUp);
    world.apply(&image(1));
    world.run(Duration::from_secs(1500)).await;
    assert_eq!(world.condition("Ready"), "False Provisioning");
    assert_eq!(
        world.condition("Stalled"),
        "absent",
        "load balancer and certificate take 25 minutes"
    );
    world.run(Duration::from_secs(500)).await;
    assert_eq!(world.condition("Stalled"), "True ProgressDeadlineExceeded");
    assert_eq!(world.condition("Ready"), "False ProgressDeadlineExceeded");
    let message = world.message("Stalled");
    assert!(message.contains("0 of 1 tasks are running"), "{message}");
    assert!(
        message.contains("LoadBalancer") && message.contains(" PROVISIONING: AccessDenied"),
        "{message}"
    );
    assert!(message.contains(" since 2"), "{message}");
    let warnings = warnings(&world);
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    world.rests().await;
    world.restart_operator().await;
    world.rests().await;
    world.apply(&image(2));
    world.until_ready().await;
    assert_eq!(world.condition("Stalled"), "absent");
}

#[tokio::test]
async fn a_later_rollout_that_never_ends_is_told_after_half_an_hour_with_what_serves() {
    let mut world = World::ready(&image(1)).await;
    next_deployment(&world, Outcome::NeverComesUp);
    world.apply(&image(2));
    world.run(Duration::from_secs(1500)).await;
    assert_eq!(world.condition("Ready"), "False Deploying");
    world.run(Duration::from_secs(500)).await;
    assert_eq!(world.condition("Stalled"), "True ProgressDeadlineExceeded");
    assert!(
        world.message("Stalled").contains("keeps serving"),
        "{}",
        world.message("Stalled")
    );
    let warnings = warnings(&world);
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    world.run(HOUR).await;
    world.rests().await;
    world.apply(&image(3));
    world.until_ready().await;
    assert_eq!(world.calls(UPDATE), 2);
}

#[tokio::test]
async fn what_is_rolled_out_is_not_said_to_run() {
    let mut world = World::with(json!({"bakeSeconds": 10})).await;
    world.apply(&image(1));
    world.until_condition("Synced", "True InSync").await;
    assert_eq!(
        world.message("Synced"),
        "ECS has this configuration and is rolling it out"
    );
    world.until_ready().await;
    assert_eq!(
        world.message("Synced"),
        "the running configuration matches the spec"
    );
    world.apply(&image(2));
    world.until("sent", |world| world.calls(UPDATE) == 1).await;
    world.until_condition("Synced", "True InSync").await;
    assert_eq!(
        world.message("Synced"),
        "ECS has this configuration and is rolling it out"
    );
    world.until_ready().await;
    world.delete();
    world.until_condition("Ready", "False Draining").await;
    assert!(
        !world.message("Synced").contains("matches the spec"),
        "{}",
        world.message("Synced")
    );
}

#[tokio::test]
async fn rolled_back_says_what_keeps_serving_and_a_failed_rollback_reads_otherwise() {
    for (outcome, says) in [
        (Outcome::RollBackByCircuitBreaker, "keeps serving"),
        (Outcome::RollBackByAlarm, "keeps serving"),
        (Outcome::RollbackFails, "could not roll it back"),
    ] {
        let mut world = World::ready(&image(1)).await;
        world.emulator.set_outcome(SERVICE, outcome);
        world.apply(&image(2));
        world.until_condition("Stalled", "True RolledBack").await;
        let message = world.message("Stalled");
        assert!(message.contains(says), "{outcome:?}: {message}");
        assert!(
            message.contains("shop:1 (revision "),
            "{outcome:?}: {message}"
        );
        let running = world.status().revisions.unwrap().remove(0);
        assert_eq!(running.image.as_deref(), Some("shop:1"), "{outcome:?}");
    }
}
