//! Delete: the finalizer holds until the service is proved to be gone, and no human is needed.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::json;

use crate::world::{CREATE, DELETE, DESCRIBE, UPDATE, World};

const UID: &str = "ecs-express.dev/uid";

fn live(world: &World) -> bool {
    world.service()["statusCode"] == "ACTIVE"
}

#[tokio::test]
async fn the_finalizer_holds_until_inactive_was_seen_twice_ten_seconds_apart() {
    for settings in [
        json!({}),
        json!({"inactiveSeconds": 5}),
        json!({"notFoundForm": "InvalidParameter"}),
    ] {
        let mut world = World::ready(&json!({})).await;
        world.emulator.change_settings(&settings).unwrap();
        world.delete();
        let mut seen = Vec::new();
        while world.api.stored(&world.key).is_some() {
            world.run(Duration::from_secs(1)).await;
            let state = world.service()["statusCode"].clone();
            seen.push(state != "ACTIVE" && state != "DRAINING");
        }
        assert!(
            seen.iter().filter(|gone| **gone).count() >= 10,
            "{settings}"
        );
        assert_eq!(world.calls(DELETE), 1);
    }
}

#[tokio::test]
async fn created_and_deleted_at_once_leaves_nothing() {
    for passes in 0..6 {
        let mut world = World::new().await;
        world.apply(&json!({}));
        for _ in 0..passes {
            world.pass().await;
            world.run(Duration::from_secs(1)).await;
        }
        world.delete();
        world.until_gone().await;
        world.run(Duration::from_secs(600)).await;
        assert!(!live(&world), "{passes} passes");
    }
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_does_not_leak_when_deleted_at_once() {
    for (code, visible) in [
        ("ConnectionReset", 0),
        ("ServerException", 0),
        ("ConnectionReset", 60),
    ] {
        for restart in [false, true] {
            let mut world = World::with(json!({"createVisibleSeconds": visible})).await;
            world
                .emulator
                .fail_next(Fault::new(CREATE, code, "lost").applied());
            world.apply(&json!({}));
            world.pass().await;
            assert_eq!(world.calls(CREATE), 1);
            world.delete();
            if restart {
                world.restart_operator().await;
            }
            world.until_gone().await;
            assert!(!live(&world), "{code} {visible} {restart}");
            assert_eq!(world.calls(DELETE), 1);
        }
    }
}

#[tokio::test]
async fn while_ecs_cannot_be_read_the_object_stays() {
    for (code, message) in [
        ("AccessDeniedException", "no"),
        ("UnsupportedFeatureException", "no"),
    ] {
        let mut world = World::ready(&json!({})).await;
        world
            .emulator
            .fail_next(Fault::new(DESCRIBE, code, message).times(10_000));
        world.delete();
        world.run(Duration::from_secs(3600)).await;
        assert!(
            world.api.stored(&world.key).is_some() && live(&world),
            "{code}"
        );
        assert!(
            world.condition("Ready").starts_with("Unknown"),
            "{}",
            world.condition("Ready")
        );
        world.emulator.with_model(|model| model.clear_faults());
        world.until_gone().await;
        assert!(!live(&world));
    }
}

#[tokio::test]
async fn every_error_of_a_delete_heals() {
    for (code, message) in [
        ("ServiceNotActiveException", "Service is in DRAINING status"),
        (
            "ServiceNotActiveException",
            "Cannot perform this operation on a service in INACTIVE status",
        ),
        ("ServiceNotFoundException", "Service not found."),
        ("InvalidParameterException", "Resource not found"),
        ("ClusterNotFoundException", "Cluster not found."),
        ("AccessDeniedException", "not authorized"),
        ("ThrottlingException", "Rate exceeded"),
        ("ServerException", "oops"),
        ("ConnectionReset", ""),
        ("ClientException", "whatever"),
    ] {
        for applied in [false, true] {
            let mut world = World::ready(&json!({})).await;
            let fault = Fault::new(DELETE, code, message);
            world
                .emulator
                .fail_next(if applied { fault.applied() } else { fault });
            world.delete();
            world.until_gone().await;
            assert!(!live(&world), "{code}: {message}, applied: {applied}");
        }
    }
}

#[tokio::test]
async fn a_purged_service_lets_its_object_go() {
    let mut world = World::ready(&json!({})).await;
    world.outside(&json!({"purge": true}));
    world.delete();
    world.until_gone().await;
    assert_eq!(world.calls(DELETE), 0);
}

#[tokio::test]
async fn retain_marks_the_service_released_and_a_new_object_of_the_name_takes_it_back() {
    let mut world = World::ready(&json!({"deletionPolicy": "Retain"})).await;
    world.delete();
    world.until_gone().await;
    assert!(live(&world));
    assert_eq!(world.tag(UID).as_deref(), Some("released"));
    assert_eq!(world.calls(DELETE), 0);
    world.apply(&json!({}));
    world.until_ready().await;
    world.rests().await;
    assert_ne!(world.tag(UID).as_deref(), Some("released"));
    assert_eq!((world.calls(CREATE), world.calls(UPDATE)), (1, 0));
    world.delete();
    world.until_gone().await;
    assert!(!live(&world));
}

#[tokio::test]
async fn retain_goes_through_even_when_ecs_refuses_everything() {
    let mut world = World::ready(&json!({"deletionPolicy": "Retain"})).await;
    world
        .emulator
        .fail_next(Fault::new("*", "AccessDeniedException", "no").times(10_000));
    world.delete();
    world.until_gone().await;
    assert!(live(&world));
    let events = world.take_events();
    assert!(events.contains(&"Retained"), "{events:?}");
}

#[tokio::test]
async fn a_new_object_of_the_name_takes_its_service_back() {
    let mut world = World::ready(&json!({})).await;
    world.api.vanish(&world.key);
    world.apply(&json!({}));
    world.until_ready().await;
    world.rests().await;
    assert_eq!((world.calls(CREATE), world.calls(UPDATE)), (1, 0));
}

#[tokio::test]
async fn a_new_object_of_the_name_waits_for_the_old_service_to_drain() {
    for tail in [0, 120] {
        let mut world = World::ready(&json!({})).await;
        world
            .emulator
            .change_settings(&json!({"drainingTailSeconds": tail}))
            .unwrap();
        world.delete();
        world
            .until("draining", |world| {
                world.service()["statusCode"] == "DRAINING"
            })
            .await;
        world.api.vanish(&world.key);
        world.apply(&json!({}));
        world.run(Duration::from_secs(15)).await;
        assert_eq!(world.condition("Ready"), "False Draining");
        world.until_ready().await;
        world.rests().await;
        assert!(live(&world));
    }
}

#[tokio::test]
async fn a_suspended_object_can_be_deleted() {
    let mut world = World::ready(&json!({})).await;
    world.apply(&json!({"suspend": true, "primaryContainer": {"image": "shop:2"}}));
    world.rests().await;
    assert_eq!(world.calls(UPDATE), 0);
    assert_eq!(world.condition("Ready"), "False Suspended");
    world.delete();
    world.until_gone().await;
    assert!(!live(&world));
}

#[tokio::test]
async fn a_deletion_during_a_rollout_goes_through() {
    let mut world = World::ready(&json!({})).await;
    world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    world.until("sent", |world| world.calls(UPDATE) == 1).await;
    world.delete();
    world.until_gone().await;
    assert!(!live(&world));
}
