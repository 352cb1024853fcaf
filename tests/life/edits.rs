//! Edits while nothing is recorded as applied: after a lost status, a lost create, or during an adoption. None is swallowed.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use serde_json::{Value, json};

use crate::{
    api_server::Stored,
    images::{image, reported},
    world::{CREATE, SERVICE, UPDATE, World},
};

const MINUTES: Duration = Duration::from_secs(600);

/// Image of the last update that was sent.
fn last_image(world: &World) -> Value {
    let updates = world.sent(UPDATE);
    updates
        .last()
        .map(|update| update["primaryContainer"]["image"].clone())
        .unwrap_or_default()
}

#[tokio::test]
async fn an_edit_after_a_rollback_and_a_restore_without_status_is_sent() {
    for policy in ["Correct", "Report"] {
        let spec = |tag| json!({"primaryContainer": {"image": format!("shop:{tag}")}, "driftPolicy": policy});
        let mut world = World::ready(&spec(1)).await;
        world
            .emulator
            .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
        world.apply(&spec(2));
        world.until_condition("Stalled", "True RolledBack").await;
        world.api.lose_status(&world.key);
        world.restart_operator().await;
        world.run(MINUTES).await;
        assert_eq!(world.calls(UPDATE), 1, "{policy}");
        world.apply(&spec(3));
        world.until_ready().await;
        world.rests().await;
        assert_eq!(world.calls(UPDATE), 2, "{policy}");
        assert_eq!(last_image(&world), "shop:3", "{policy}");
    }
}

#[tokio::test]
async fn an_edit_after_a_restore_without_status_is_sent_also_where_drift_is_only_reported() {
    let mut world = World::ready(&reported(1)).await;
    world.outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    world.pass_time(MINUTES);
    world.api.lose_status(&world.key);
    world.restart_operator().await;
    world.run(MINUTES).await;
    assert_eq!(world.calls(UPDATE), 0, "drift is only reported");
    world.apply(&reported(2));
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.calls(UPDATE), 1);
    assert_eq!(last_image(&world), "shop:2");
}

#[tokio::test]
async fn an_edit_after_a_lost_create_does_not_wait_for_a_deployment_that_never_ends() {
    for policy in ["Correct", "Report"] {
        for restart in [false, true] {
            let spec = |tag| json!({"primaryContainer": {"image": format!("shop:{tag}")}, "driftPolicy": policy});
            let mut world = World::with(json!({"bakeSeconds": 10})).await;
            world.emulator.set_outcome(SERVICE, Outcome::NeverComesUp);
            world
                .emulator
                .fail_next(Fault::new(CREATE, "ConnectionReset", "lost").applied());
            world.apply(&spec(1));
            world.pass().await;
            if restart {
                world.restart_operator().await;
            }
            world.apply(&spec(2));
            world.until_ready().await;
            world.rests().await;
            assert_eq!(
                (world.calls(CREATE), world.calls(UPDATE)),
                (1, 1),
                "{policy}, restart: {restart}"
            );
        }
    }
}

#[tokio::test]
async fn an_edit_after_a_death_just_after_the_create_does_not_wait_for_a_deployment_that_never_ends()
 {
    for stored in [Stored::Yes, Stored::No] {
        let mut world = World::with(json!({"bakeSeconds": 10})).await;
        world.emulator.set_outcome(SERVICE, Outcome::NeverComesUp);
        // The finalizer is stored, the create is sent, and its report is the write at which the process dies.
        world.api.die_after(1, stored);
        world.apply(&image(1));
        world.pass().await;
        assert!(world.api.take_death());
        world.apply(&image(2));
        world.restart_operator().await;
        world.until_ready().await;
        world.rests().await;
        assert_eq!(
            (world.calls(CREATE), world.calls(UPDATE)),
            (1, 1),
            "{stored:?}"
        );
    }
}

#[tokio::test]
async fn a_confirmed_adoption_whose_answer_is_lost_sends_the_difference_whatever_the_drift_policy()
{
    for policy in ["Correct", "Report"] {
        for restart in [false, true] {
            let mut world = World::with(json!({"bakeSeconds": 10})).await;
            world.somebody_calls(
                CREATE,
                &json!({
                    "serviceName": SERVICE,
                    "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infra",
                    "executionRoleArn": "arn:aws:iam::123456789012:role/exec",
                    "primaryContainer": {"image": "theirs:1"},
                }),
            );
            world.pass_time(MINUTES);
            world.apply(&json!({"adoptionPolicy": "Adopt", "driftPolicy": policy}));
            world
                .until_condition("Stalled", "True AdoptionNotConfirmed")
                .await;
            let message = world.message("Stalled");
            let (_, hash) = message
                .rsplit_once("ecs-express.dev/adopt-confirm=")
                .unwrap();
            world
                .emulator
                .fail_next(Fault::new("TagResource", "ConnectionReset", "lost").applied());
            world.annotate("ecs-express.dev/adopt-confirm", hash);
            world.pass().await;
            if restart {
                world.restart_operator().await;
            }
            world.until_ready().await;
            world.rests().await;
            assert_eq!(world.calls(UPDATE), 1, "{policy}, restart: {restart}");
            assert_eq!(world.service()["activeRevisions"][0]["image"], "shop:1");
        }
    }
}

#[tokio::test]
async fn a_retained_service_is_taken_back_with_the_new_configuration_which_is_an_edit_and_no_drift()
{
    for policy in ["Correct", "Report"] {
        let mut world = World::ready(&json!({"deletionPolicy": "Retain"})).await;
        world.delete();
        world.until_gone().await;
        world.take_events();
        world.apply(&json!({"primaryContainer": {"image": "shop:2"}, "driftPolicy": policy}));
        world.until_ready().await;
        world.rests().await;
        assert_eq!(world.calls(UPDATE), 1, "{policy}");
        let events = world.take_events();
        assert!(
            events.contains(&"Updated") && !events.contains(&"DriftCorrected"),
            "{policy}: {events:?}"
        );
    }
}
