//! Creates that ECS refuses for long, and creates that nobody knows of: each backs off, and none is made twice or left behind.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::{Value, json};

use crate::{
    api_server::Stored,
    world::{CREATE, DELETE, DESCRIBE, UPDATE, World},
};

const MINUTE: Duration = Duration::from_secs(60);

/// Whether some write left both conditions on the object.
fn stalled_and_reconciling(written: &Value) -> bool {
    let conditions = written["status"]["conditions"].as_array();
    let holds = |kind: &str| {
        let mut conditions = conditions.into_iter().flatten();
        conditions.any(|condition| condition["type"] == kind && condition["status"] == "True")
    };
    holds("Stalled") && holds("Reconciling")
}

#[tokio::test]
async fn a_refused_create_backs_off_also_where_a_service_was_there_before() {
    for (code, text, most, stalled) in [
        (
            "AccessDeniedException",
            "not authorized",
            10,
            "True AccessDenied",
        ),
        (
            "AccessDeniedException",
            "Cannot assume role x",
            10,
            "True RoleNotUsable",
        ),
        (
            "ClusterNotFoundException",
            "Cluster not found.",
            10,
            "True ClusterNotFound",
        ),
        (
            "InvalidParameterException",
            "no",
            5,
            "True InvalidParameter",
        ),
        ("ThrottlingException", "Rate exceeded", 16, "absent"),
    ] {
        let mut world = World::ready(&json!({})).await;
        let fault = Fault::new(CREATE, code, text);
        world.emulator.fail_next(fault.times(10_000));
        world.outside(&json!({"purge": true}));
        world.nudge();
        world.run(MINUTE).await;
        let creates = world.calls(CREATE);
        world.api.take_writes();
        world.api.take_written();
        world.take_events();
        world.run(MINUTE * 20).await;
        let creates = world.calls(CREATE) - creates;
        assert!((1..=most).contains(&creates), "{text}: {creates} creates");
        assert_eq!(world.condition("Stalled"), stalled, "{text}");
        let writes = world.api.take_writes();
        assert!(writes.len() <= creates * 2 + 2, "{text}: {writes:?}");
        let both = world.api.take_written().iter().any(stalled_and_reconciling);
        assert!(!both, "{text}: Stalled and Reconciling at once");
        let events = world.take_events();
        assert!(events.len() <= 2, "{text}: {events:?}");
        world.emulator.with_model(|model| model.clear_faults());
        world.until_ready().await;
        world.rests().await;
    }
}

#[tokio::test]
async fn a_create_after_an_invalid_spec_is_not_repeated_when_the_process_dies_behind_it() {
    for delete in [false, true] {
        for writes in 0..4 {
            let mut world = World::with(json!({"createVisibleSeconds": 60})).await;
            world.apply(&json!({"cluster": "arn:aws:ecs:eu-west-1:210987654321:cluster/web"}));
            world.run(MINUTE).await;
            assert_eq!(world.condition("Stalled"), "True InvalidSpec");
            world.api.die_after(writes, Stored::No);
            world.apply(&json!({"cluster": null}));
            world.pass().await;
            if !world.api.take_death() {
                continue;
            }
            world.restart_operator().await;
            if delete {
                world.delete();
                world.until_gone().await;
                world.run(MINUTE * 5).await;
                let code = world.service()["statusCode"].clone();
                assert!(code != "ACTIVE" && code != "DRAINING", "{writes}: {code}");
            } else {
                world.until_ready().await;
                world.rests().await;
                assert_eq!(world.calls(CREATE), 1, "{writes}");
            }
        }
    }
}

#[tokio::test]
async fn nothing_is_sent_while_the_api_server_drops_the_intent() {
    for deletion in ["Delete", "Retain"] {
        let mut world = World::ready(&json!({"deletionPolicy": deletion})).await;
        let sent = world.changes_sent();
        world.api.prune_memory(true);
        world.apply(&json!({"deletionPolicy": deletion, "primaryContainer": {"image": "shop:2"}}));
        world.run(MINUTE * 10).await;
        assert_eq!(world.changes_sent(), sent, "{deletion}");
        let message = world.message("Stalled");
        assert!(message.contains("CustomResourceDefinition"), "{message}");
        world.delete();
        world.run(MINUTE * 10).await;
        assert_eq!(world.changes_sent(), sent, "{deletion}");
        // To keep a service nothing has to be sent.
        let gone = world.api.stored(&world.key).is_none();
        assert_eq!(gone, deletion == "Retain");
        if deletion == "Retain" {
            assert!(world.take_events().contains(&"Retained"));
            continue;
        }
        world.api.prune_memory(false);
        world.until_gone().await;
        assert_eq!(world.calls(DELETE), 1);
    }
}

#[tokio::test]
async fn an_edit_is_sent_once_the_api_server_keeps_the_intent_again() {
    let mut world = World::ready(&json!({})).await;
    world.api.prune_memory(true);
    world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    world.run(MINUTE * 10).await;
    assert_eq!(world.calls(UPDATE), 0);
    world.api.prune_memory(false);
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.calls(UPDATE), 1);
}

#[tokio::test]
async fn one_answer_behind_a_slow_finalizer_patch_is_no_proof_of_absence() {
    let mut world = World::ready(&json!({})).await;
    let annotations = json!({"metadata": {"annotations": null}});
    world.api.patch(&world.key, None, &annotations, "").unwrap();
    let missing = Fault::new(DESCRIBE, "ResourceNotFoundException", "no");
    world.emulator.fail_next(missing);
    world
        .api
        .dawdle_metadata(&world.clock, Duration::from_secs(15));
    world.nudge();
    world.pass().await;
    assert_eq!(world.calls(CREATE), 1);
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.calls(CREATE), 1);
}

#[tokio::test]
async fn one_answer_that_misses_a_suspended_service_takes_neither_its_url_nor_its_readiness() {
    let mut world = World::ready(&json!({})).await;
    world.apply(&json!({"suspend": true}));
    world.run(MINUTE).await;
    let status = world.status();
    assert_eq!(world.condition("Ready"), "True Suspended");
    let missing = Fault::new(DESCRIBE, "ResourceNotFoundException", "no");
    world.emulator.fail_next(missing);
    world.annotate("somebody", "looks");
    world.api.take_writes();
    world.run(MINUTE).await;
    assert_eq!(world.status(), status);
    assert_eq!(world.api.take_writes(), Vec::<String>::new());
}

#[tokio::test]
async fn an_object_that_was_never_claimed_goes_at_once_though_ecs_cannot_be_read() {
    let mut world = World::new().await;
    world.emulator.fail_next(unknown_region());
    world.apply(&json!({}));
    world.run(MINUTE * 10).await;
    assert_eq!(world.changes_sent(), 0);
    let finalizers = world.api.stored(&world.key).unwrap().metadata.finalizers;
    assert_eq!(finalizers.unwrap_or_default(), Vec::<String>::new());
    world.delete();
    world.until_gone().await;
}

#[tokio::test]
async fn an_object_of_which_every_create_was_refused_can_be_deleted_though_ecs_cannot_be_read() {
    let mut world = World::new().await;
    let refused = Fault::new(CREATE, "AccessDeniedException", "not authorized");
    world.emulator.fail_next(refused.times(10_000));
    world.apply(&json!({}));
    world.until_condition("Stalled", "True AccessDenied").await;
    world.emulator.fail_next(unknown_region());
    world.take_events();
    world.delete();
    world.run(MINUTE).await;
    assert!(world.api.stored(&world.key).is_some(), "not at once");
    world.until_gone().await;
    let events = world.take_events();
    assert!(events.contains(&"LeftAlone"), "{events:?}");
}

/// What ECS answers in a Region that is not enabled for the account.
fn unknown_region() -> Fault {
    let text = "The security token included in the request is invalid.";
    Fault::new(DESCRIBE, "UnrecognizedClientException", text).times(10_000)
}

#[tokio::test]
async fn an_object_whose_create_may_have_been_sent_is_not_let_go_while_ecs_cannot_be_read() {
    for code in ["ConnectionReset", "ServerException"] {
        let mut world = World::new().await;
        world
            .emulator
            .fail_next(Fault::new(CREATE, code, "lost").applied());
        world.apply(&json!({}));
        world.pass().await;
        world
            .emulator
            .fail_next(Fault::new(DESCRIBE, "AccessDeniedException", "no").times(10_000));
        world.delete();
        world.run(MINUTE * 60).await;
        assert!(world.api.stored(&world.key).is_some(), "{code}");
        world.emulator.with_model(|model| model.clear_faults());
        world.until_gone().await;
        assert_eq!(world.calls(DELETE), 1);
    }
}
