//! Tags that others set, change and take away: confirmed before an adoption, shown under Report, and not fought for ever.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{CREATE, SERVICE, UPDATE, World};

const HOUR: Duration = Duration::from_secs(3600);
const TAG: &str = "TagResource";

fn team(value: &str, more: &Value) -> Value {
    let mut spec = json!({"tags": [{"key": "team", "value": value}]});
    crate::api_server::merge(&mut spec, more);
    spec
}

/// A service of the object's name that nobody owns.
fn free(world: &World, tags: &Value) {
    world.somebody_calls(
        CREATE,
        &json!({
            "serviceName": SERVICE,
            "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infra",
            "executionRoleArn": "arn:aws:iam::123456789012:role/exec",
            "primaryContainer": {"image": "shop:1"},
            "tags": tags,
        }),
    );
    world.pass_time(Duration::from_secs(600));
    world.emulator.with_model(|model| model.clear_calls());
}

#[tokio::test]
async fn an_adoption_that_would_change_the_value_of_a_tag_shows_it_and_waits_for_confirmation() {
    for drift in ["Correct", "Report"] {
        let mut world = World::new().await;
        free(
            &world,
            &json!([{"key": "team", "value": "payments"}, {"key": "cost", "value": "7"}]),
        );
        world.apply(&team(
            "web",
            &json!({"adoptionPolicy": "Adopt", "driftPolicy": drift}),
        ));
        world
            .until_condition("Stalled", "True AdoptionNotConfirmed")
            .await;
        world.rests().await;
        assert_eq!(world.changes_sent(), 0);
        assert_eq!(world.tag("team").as_deref(), Some("payments"));
        let message = world.message("Stalled");
        assert!(
            message.contains("spec.tags[team]: spec has web, ECS has payments"),
            "{message}"
        );
        let (_, hash) = message
            .rsplit_once("ecs-express.dev/adopt-confirm=")
            .unwrap();
        world.annotate("ecs-express.dev/adopt-confirm", hash);
        world.until_ready().await;
        world.rests().await;
        assert_eq!(world.tag("team").as_deref(), Some("web"), "{drift}");
        assert_eq!(world.tag("cost").as_deref(), Some("7"), "{drift}");
        assert_eq!((world.calls(TAG), world.calls(UPDATE)), (1, 0), "{drift}");
    }
}

#[tokio::test]
async fn a_confirmation_does_not_hold_for_another_value_of_a_tag() {
    let mut world = World::new().await;
    free(&world, &json!([{"key": "team", "value": "payments"}]));
    world.apply(&team("web", &json!({"adoptionPolicy": "Adopt"})));
    world
        .until_condition("Stalled", "True AdoptionNotConfirmed")
        .await;
    let message = world.message("Stalled");
    let (_, hash) = message
        .rsplit_once("ecs-express.dev/adopt-confirm=")
        .unwrap();
    world.outside(&json!({"tag": [{"key": "team", "value": "search"}]}));
    world.annotate("ecs-express.dev/adopt-confirm", hash);
    world.run(HOUR).await;
    assert_eq!(world.changes_sent(), 0);
    assert_eq!(world.tag("team").as_deref(), Some("search"));
}

#[tokio::test]
async fn a_tag_that_is_only_added_needs_no_confirmation() {
    let mut world = World::new().await;
    free(&world, &json!([{"key": "cost", "value": "7"}]));
    world.apply(&team("web", &json!({"adoptionPolicy": "Adopt"})));
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.tag("team").as_deref(), Some("web"));
    assert_eq!(world.calls(TAG), 1);
}

#[tokio::test]
async fn under_report_a_tag_changed_outside_is_shown_and_not_corrected() {
    let report = json!({"driftPolicy": "Report"});
    let mut world = World::ready(&team("web", &report)).await;
    for (change, actual) in [
        (
            json!({"tag": [{"key": "team", "value": "payments"}]}),
            Some("payments"),
        ),
        (json!({"untag": ["team"]}), None),
    ] {
        world.outside(&change);
        let shown = |world: &World| {
            let drift = world.status().drift.unwrap_or_default();
            let first = drift.first().cloned().unwrap_or_default();
            (first.field, first.desired, first.actual)
        };
        let expected = (
            "spec.tags[team]".to_owned(),
            Some("web".to_owned()),
            Some(actual.unwrap_or("nothing").to_owned()),
        );
        world.until("shown", |world| shown(world) == expected).await;
        assert_eq!(world.condition("Synced"), "False Drifted");
        assert!(world.message("Synced").contains("spec.tags[team]"));
        assert!(world.condition("Ready").starts_with("True"));
        world.rests().await;
        assert_eq!(world.calls(TAG), 0);
        assert_eq!(world.tag("team").as_deref(), actual);
    }
    world.apply(&team("search", &report));
    world
        .until("tagged", |world| {
            world.tag("team").as_deref() == Some("search")
        })
        .await;
    world.rests().await;
    assert_eq!(world.status().drift, None);
    assert_eq!(world.condition("Synced"), "True InSync");
}

#[tokio::test]
async fn a_suspended_object_shows_a_tag_that_was_changed_outside() {
    let mut world = World::ready(&team("web", &json!({}))).await;
    world.apply(&team("web", &json!({"suspend": true})));
    world.outside(&json!({"untag": ["team"]}));
    world
        .until("shown", |world| world.status().drift.is_some())
        .await;
    world.rests().await;
    assert_eq!(world.calls(TAG), 0);
    assert_eq!(world.condition("Synced"), "False Drifted");
}

/// Somebody takes a tag away or changes it again a little after each time that it is set.
async fn fought_over(world: &mut World, change: &Value, span: Duration) {
    let step = Duration::from_secs(30);
    let mut passed = Duration::ZERO;
    let mut seen = world.calls(TAG);
    while passed < span {
        world.run(step).await;
        passed += step;
        if world.calls(TAG) > seen {
            seen = world.calls(TAG);
            world.outside(change);
        }
    }
}

#[tokio::test]
async fn a_tag_that_is_taken_away_again_and_again_is_given_up_after_a_few_tries() {
    for change in [
        json!({"untag": ["team"]}),
        json!({"tag": [{"key": "team", "value": "payments"}]}),
    ] {
        let mut world = World::ready(&team("web", &json!({}))).await;
        world.outside(&change);
        fought_over(&mut world, &change, 4 * HOUR).await;
        assert_eq!(world.calls(TAG), 3, "{change}");
        assert_eq!(world.condition("Stalled"), "True NotConverging");
        let message = world.message("Stalled");
        assert!(message.contains("spec.tags[team]"), "{message}");
        assert_eq!(world.condition("Synced"), "False NotConverging");
        assert!(world.condition("Ready").starts_with("True"));
        world.rests().await;
        world.restart_operator().await;
        world.rests().await;
        assert_eq!(world.calls(TAG), 3);
        world.annotate("ecs-express.dev/retry", "1");
        world.until("tagged", |world| world.calls(TAG) == 4).await;
        world.rests().await;
        assert_eq!(world.condition("Stalled"), "absent");
        assert_eq!(world.condition("Synced"), "True InSync");
    }
}

#[tokio::test]
async fn an_edit_of_the_tags_is_sent_after_the_former_ones_were_given_up() {
    let mut world = World::ready(&team("web", &json!({}))).await;
    let change = json!({"untag": ["team"]});
    world.outside(&change);
    fought_over(&mut world, &change, HOUR).await;
    assert_eq!(world.condition("Stalled"), "True NotConverging");
    world.apply(&team("search", &json!({})));
    world
        .until("tagged", |world| {
            world.tag("team").as_deref() == Some("search")
        })
        .await;
    world.rests().await;
    assert_eq!(world.condition("Stalled"), "absent");
}

#[tokio::test]
async fn an_edit_of_the_configuration_is_sent_while_a_tag_is_given_up() {
    let mut world = World::ready(&team("web", &json!({}))).await;
    let change = json!({"untag": ["team"]});
    world.outside(&change);
    fought_over(&mut world, &change, HOUR).await;
    world.apply(&team(
        "web",
        &json!({"primaryContainer": {"image": "shop:2"}}),
    ));
    world.until("sent", |world| world.calls(UPDATE) == 1).await;
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.service()["activeRevisions"][0]["image"], "shop:2");
}

#[tokio::test]
async fn owner_tags_that_are_taken_away_again_and_again_are_given_up_and_the_service_stays_ours() {
    let keys = [
        "ecs-express.dev/name",
        "ecs-express.dev/namespace",
        "ecs-express.dev/cluster-id",
        "ecs-express.dev/uid",
    ];
    let change = json!({ "untag": keys });
    let mut world = World::ready(&json!({})).await;
    world.outside(&change);
    fought_over(&mut world, &change, 4 * HOUR).await;
    assert_eq!(world.calls(TAG), 3);
    assert_eq!(world.condition("Stalled"), "True NotConverging");
    assert!(
        world
            .message("Stalled")
            .contains("ecs-express.dev/cluster-id")
    );
    world.delete();
    world.until_gone().await;
    assert_eq!(world.service()["statusCode"], "INACTIVE");
}

#[tokio::test]
async fn a_tag_removed_outside_now_and_then_is_set_each_time() {
    let mut world = World::ready(&team("web", &json!({}))).await;
    for set in 1..=5 {
        world.outside(&json!({"untag": ["team"]}));
        world.until("tagged", |world| world.calls(TAG) == set).await;
        world.run(HOUR).await;
        assert_eq!(world.condition("Stalled"), "absent", "{set}");
    }
}

#[tokio::test]
async fn under_report_lost_owner_tags_are_set_again_and_a_changed_tag_of_the_user_is_left() {
    let mut world = World::ready(&team("web", &json!({"driftPolicy": "Report"}))).await;
    world.outside(&json!({"tag": [{"key": "team", "value": "payments"}]}));
    world.outside(&json!({"untag": ["ecs-express.dev/name"]}));
    world
        .until("tagged", |world| {
            world.tag("ecs-express.dev/name").is_some()
        })
        .await;
    world.rests().await;
    assert_eq!(world.tag("team").as_deref(), Some("payments"));
    assert_eq!(world.condition("Synced"), "False Drifted");
}

#[tokio::test]
async fn under_report_an_edit_of_the_tags_is_sent_once_though_the_configuration_drifted() {
    let report = json!({"driftPolicy": "Report"});
    let mut world = World::ready(&team("web", &report)).await;
    world.outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    world
        .until("shown", |world| world.status().drift.is_some())
        .await;
    world.apply(&team("search", &report));
    world
        .until("tagged", |world| {
            world.tag("team").as_deref() == Some("search")
        })
        .await;
    world.run(HOUR).await;
    world.outside(&json!({"tag": [{"key": "team", "value": "payments"}]}));
    world.run(HOUR).await;
    assert_eq!(world.tag("team").as_deref(), Some("payments"));
    assert_eq!(world.calls(TAG), 1);
}

#[tokio::test]
async fn under_report_a_renamed_tag_is_set_and_its_former_name_removed() {
    let report = json!({"driftPolicy": "Report"});
    let mut world = World::ready(&team("web", &report)).await;
    world.apply(&json!({"driftPolicy": "Report", "tags": [{"key": "group", "value": "web"}]}));
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.tag("group").as_deref(), Some("web"));
    assert_eq!(world.tag("team"), None);
    assert_eq!(world.condition("Synced"), "True InSync");
}

#[tokio::test]
async fn a_tag_that_was_given_up_and_put_right_outside_is_kept_again() {
    let mut world = World::ready(&team("web", &json!({}))).await;
    let change = json!({"untag": ["team"]});
    world.outside(&change);
    fought_over(&mut world, &change, HOUR).await;
    assert_eq!(world.condition("Stalled"), "True NotConverging");
    world.outside(&json!({"tag": [{"key": "team", "value": "web"}]}));
    world.until_condition("Stalled", "absent").await;
    world.rests().await;
    world.outside(&change);
    world
        .until("tagged", |world| world.tag("team").is_some())
        .await;
}
