//! Ownership: what is not ours is never touched; what is nobody's is taken over only when asked.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::{Value, json};

use crate::world::{CREATE, DELETE, SERVICE, UPDATE, World};

const HOUR: Duration = Duration::from_secs(3600);

/// A service of the object's name that somebody else made.
fn foreign(world: &World, image: &str, tags: &Value) {
    world.somebody_calls(
        CREATE,
        &json!({
            "serviceName": SERVICE,
            "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infra",
            "executionRoleArn": "arn:aws:iam::123456789012:role/exec",
            "primaryContainer": {"image": image},
            "tags": tags,
        }),
    );
    world.pass_time(Duration::from_secs(600));
    world.emulator.with_model(|model| model.clear_calls());
}

fn anothers() -> Value {
    json!([
        {"key": "ecs-express.dev/cluster-id", "value": "cluster-2"},
        {"key": "ecs-express.dev/namespace", "value": "team-b"},
        {"key": "ecs-express.dev/name", "value": "shop"},
        {"key": "ecs-express.dev/uid", "value": "1"},
    ])
}

#[tokio::test]
async fn a_service_of_another_is_refused_and_untouched_through_edits_and_deletion() {
    for adoption in ["Never", "Adopt"] {
        let mut world = World::new().await;
        foreign(&world, "theirs:1", &anothers());
        world.apply(&json!({"adoptionPolicy": adoption}));
        world.until_condition("Ready", "False NotOwned").await;
        assert_eq!(world.condition("Stalled"), "True NotOwned");
        assert!(
            world
                .message("Ready")
                .contains("team-b/shop in the cluster with id cluster-2")
        );
        world.rests().await;
        world.apply(&json!({"adoptionPolicy": adoption, "primaryContainer": {"image": "shop:2"}}));
        world.run(HOUR).await;
        assert_eq!(world.condition("Ready"), "False NotOwned");
        world.delete();
        world.until_gone().await;
        assert_eq!(world.changes_sent(), 0);
        assert_eq!(world.service()["statusCode"], "ACTIVE");
        assert!(world.take_events().contains(&"LeftAlone"));
    }
}

#[tokio::test]
async fn a_service_that_became_anothers_is_not_touched_any_more() {
    let mut world = World::ready(&json!({})).await;
    world.outside(&json!({"tag": anothers()}));
    world.until_condition("Ready", "False NotOwned").await;
    let sent = world.changes_sent();
    world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    world.run(HOUR).await;
    world.delete();
    world.until_gone().await;
    assert_eq!(world.changes_sent(), sent);
    assert_eq!(world.service()["statusCode"], "ACTIVE");
}

#[tokio::test]
async fn a_free_service_is_refused_where_adoption_was_not_asked() {
    let mut world = World::new().await;
    foreign(&world, "shop:1", &json!([]));
    world.apply(&json!({}));
    world.until_condition("Ready", "False NotOwned").await;
    assert!(world.message("Ready").contains("adoptionPolicy"));
    world.rests().await;
    assert_eq!(world.changes_sent(), 0);
    world.apply(&json!({"adoptionPolicy": "Adopt"}));
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.changes_sent(), 1, "one call to tag");
}

#[tokio::test]
async fn a_free_service_without_a_difference_is_adopted_and_from_then_on_ours() {
    let mut world = World::new().await;
    foreign(&world, "shop:1", &json!([{"key": "cost", "value": "7"}]));
    world.apply(&json!({"adoptionPolicy": "Adopt"}));
    world.until_ready().await;
    world.rests().await;
    assert_eq!(
        (
            world.calls("TagResource"),
            world.calls(UPDATE),
            world.calls(CREATE)
        ),
        (1, 0, 0)
    );
    assert_eq!(world.tag("cost").as_deref(), Some("7"));
    world.apply(&json!({"adoptionPolicy": "Adopt", "primaryContainer": {"image": "shop:2"}}));
    world.until_ready().await;
    assert_eq!(world.calls(UPDATE), 1);
    world.delete();
    world.until_gone().await;
    assert_eq!(world.service()["statusCode"], "INACTIVE");
}

#[tokio::test]
async fn a_difference_is_shown_first_and_sent_when_confirmed_with_the_hash_of_the_message() {
    for drift in ["Correct", "Report"] {
        let mut world = World::new().await;
        foreign(&world, "theirs:1", &json!([]));
        world.apply(&json!({"adoptionPolicy": "Adopt", "driftPolicy": drift}));
        world
            .until_condition("Stalled", "True AdoptionNotConfirmed")
            .await;
        world.rests().await;
        assert_eq!(world.changes_sent(), 0);
        let message = world.message("Stalled");
        assert!(
            message.contains("spec has shop:1, ECS has theirs:1"),
            "{message}"
        );
        let (_, hash) = message
            .rsplit_once("ecs-express.dev/adopt-confirm=")
            .unwrap();
        world.annotate("ecs-express.dev/adopt-confirm", "wrong");
        world.run(HOUR).await;
        assert_eq!(world.changes_sent(), 0);
        world.annotate("ecs-express.dev/adopt-confirm", hash);
        world.until_ready().await;
        world.rests().await;
        assert_eq!(
            (world.calls("TagResource"), world.calls(UPDATE)),
            (1, 1),
            "{drift}"
        );
        assert_eq!(world.service()["activeRevisions"][0]["image"], "shop:1");
    }
}

#[tokio::test]
async fn a_service_with_another_infrastructure_role_is_refused() {
    let mut world = World::new().await;
    foreign(&world, "shop:1", &json!([]));
    world.apply(&json!({
        "adoptionPolicy": "Adopt",
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/other",
    }));
    world.until_condition("Stalled", "True NotOwned").await;
    assert!(world.message("Stalled").contains("role/infra"));
    assert_eq!(world.changes_sent(), 0);
}

#[tokio::test]
async fn an_ordinary_service_of_the_name_is_refused_whatever_the_policy() {
    for spec in [json!({}), json!({"adoptionPolicy": "Adopt"})] {
        let mut world = World::new().await;
        world.outside(&json!({"customer": true}));
        world.apply(&spec);
        world.until_condition("Stalled", "True NotOwned").await;
        world.run(HOUR).await;
        assert_eq!(world.condition("Stalled"), "True NotOwned", "{spec}");
        assert_eq!(world.condition("Ready"), "False NotOwned");
        assert_eq!(world.calls(UPDATE) + world.calls("TagResource"), 0);
        world.delete();
        world.until_gone().await;
        assert_eq!(world.calls(DELETE), 0, "{spec}");
        assert_eq!(world.service()["statusCode"], "ACTIVE");
    }
}

#[tokio::test]
async fn a_free_service_is_left_when_its_object_goes() {
    let mut world = World::new().await;
    foreign(&world, "theirs:1", &json!([]));
    world.apply(&json!({"adoptionPolicy": "Adopt"}));
    world
        .until_condition("Stalled", "True AdoptionNotConfirmed")
        .await;
    world.delete();
    world.until_gone().await;
    assert_eq!(world.changes_sent(), 0);
}

#[tokio::test]
async fn a_service_retained_by_another_object_can_be_adopted() {
    let mut world = World::new().await;
    let mut tags = anothers();
    tags[3]["value"] = json!("released");
    foreign(&world, "shop:1", &tags);
    world.apply(&json!({"adoptionPolicy": "Adopt"}));
    world.until_ready().await;
    assert_eq!(
        world.tag("ecs-express.dev/cluster-id").as_deref(),
        Some("cluster-1")
    );
}

#[tokio::test]
async fn a_name_that_an_ordinary_service_has_left_is_free() {
    let mut world = World::with(json!({"bakeSeconds": 10, "inactiveSeconds": 1_000_000})).await;
    world.outside(&json!({"customer": true}));
    world.apply(&json!({}));
    world.until_condition("Ready", "False NotOwned").await;
    world.outside(&json!({"delete": true}));
    world.until_ready().await;
    assert_eq!(world.calls(CREATE), 1);
    world.rests().await;
    world.delete();
    world.until_gone().await;
}

#[tokio::test]
async fn an_object_beside_an_ordinary_service_that_is_gone_can_be_deleted() {
    let mut world = World::with(json!({"inactiveSeconds": 1_000_000})).await;
    world.outside(&json!({"customer": true}));
    world.apply(&json!({}));
    world.until_condition("Ready", "False NotOwned").await;
    world.outside(&json!({"delete": true}));
    world.pass_time(HOUR);
    world.delete();
    world.until_gone().await;
    assert_eq!(world.changes_sent(), 0);
}

#[tokio::test]
async fn an_adoption_waits_until_it_is_known_who_manages_the_service() {
    let mut world = World::new().await;
    foreign(&world, "shop:1", &json!([]));
    let denied = Fault::new("DescribeServices", "AccessDeniedException", "no").times(1000);
    world.emulator.fail_next(denied);
    world.apply(&json!({"adoptionPolicy": "Adopt"}));
    world.run(HOUR).await;
    assert_eq!(world.changes_sent(), 0);
    assert_eq!(world.condition("Ready"), "Unknown AccessDenied");
    world.emulator.with_model(|model| model.clear_faults());
    world.until_ready().await;
    assert_eq!(world.changes_sent(), 1, "one call to tag");
}
