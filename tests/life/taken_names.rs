//! A name that is taken when a create arrives: by a service of nobody, by a former one, or by the create before.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::json;

use crate::{
    images::{image, lag, running},
    world::{CREATE, DELETE, DESCRIBE, SERVICE, UPDATE, World},
};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_free_service_that_a_create_is_answered_with_is_not_taken_over() {
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
async fn a_free_service_that_a_create_is_answered_with_is_not_deleted_with_the_object() {
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
async fn an_edit_is_not_swallowed_by_a_create_that_is_answered_with_the_former_service() {
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

#[tokio::test]
async fn a_service_whose_name_is_taken_by_the_first_create_is_not_left_behind() {
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
async fn a_service_that_another_read_shows_is_neither_made_again_nor_left_behind() {
    for delete in [false, true] {
        let mut world = World::with(json!({"bakeSeconds": 10})).await;
        lag(&world, 300);
        let lost = Fault::new(CREATE, "ConnectionReset", "lost").applied();
        world.emulator.fail_next(lost);
        world.apply(&json!({}));
        world.pass().await;
        if delete {
            world.delete();
        }
        world.run(MINUTE * 20).await;
        assert_eq!(world.calls(CREATE), 1);
        let code = world.service()["statusCode"].clone();
        let gone = world.api.stored(&world.key).is_none();
        assert_eq!((gone, code == "ACTIVE"), (delete, !delete), "{code}");
    }
}
