//! Tags: the user's and the operator's own; those of others stay.

use serde_json::json;

use crate::world::{UPDATE, World};

const NAME: &str = "ecs-express.dev/name";

#[tokio::test]
async fn tags_are_set_changed_and_removed_without_an_update_and_those_of_others_stay() {
    let mut world = World::ready(
        &json!({"tags": [{"key": "team", "value": "a"}, {"key": "tier", "value": "1"}]}),
    )
    .await;
    assert_eq!(world.tag("team").as_deref(), Some("a"));
    world.outside(&json!({"tag": [{"key": "cost", "value": "7"}]}));
    world.apply(&json!({"tags": [{"key": "team", "value": "b"}]}));
    world
        .until("tagged", |world| world.tag("team").as_deref() == Some("b"))
        .await;
    world
        .until("untagged", |world| world.tag("tier").is_none())
        .await;
    world.rests().await;
    assert!(world.is_ready());
    assert_eq!(world.tag("cost").as_deref(), Some("7"));
    assert_eq!(
        (world.calls("TagResource"), world.calls("UntagResource")),
        (1, 1)
    );
    assert_eq!(world.calls(UPDATE), 0);
}

#[tokio::test]
async fn the_service_stays_ready_while_tags_change() {
    let mut world = World::ready(&json!({})).await;
    world.apply(&json!({"tags": [{"key": "team", "value": "b"}]}));
    while world.calls("TagResource") == 0 {
        world.pass().await;
        assert!(world.is_ready(), "{:?}", world.status().conditions);
        world.run(std::time::Duration::from_secs(1)).await;
    }
}

#[tokio::test]
async fn tags_removed_outside_are_set_again() {
    let mut world = World::ready(&json!({"tags": [{"key": "team", "value": "a"}]})).await;
    world.outside(&json!({"untag": ["team"]}));
    world
        .until("tagged", |world| world.tag("team").is_some())
        .await;
    world.rests().await;
    assert_eq!(world.calls("TagResource"), 1);
}

#[tokio::test]
async fn under_report_tags_removed_outside_are_left_and_an_edit_of_them_is_sent() {
    let report =
        |team: &str| json!({"driftPolicy": "Report", "tags": [{"key": "team", "value": team}]});
    let mut world = World::ready(&report("a")).await;
    world.outside(&json!({"untag": ["team"]}));
    world
        .until("shown", |world| world.status().drift.is_some())
        .await;
    world.rests().await;
    assert_eq!(world.tag("team"), None);
    world.apply(&report("b"));
    world
        .until("tagged", |world| world.tag("team").as_deref() == Some("b"))
        .await;
    world.rests().await;
}

#[tokio::test]
async fn owner_tags_removed_outside_are_set_again() {
    for keys in [
        vec![NAME],
        vec![
            NAME,
            "ecs-express.dev/namespace",
            "ecs-express.dev/cluster-id",
            "ecs-express.dev/uid",
        ],
        vec!["ecs-express.dev/uid"],
    ] {
        let mut world = World::ready(&json!({})).await;
        world.outside(&json!({"untag": keys}));
        world
            .until("tagged", |world| {
                keys.iter().all(|key| world.tag(key).is_some())
            })
            .await;
        world.rests().await;
        assert!(world.is_ready());
        world.delete();
        world.until_gone().await;
        assert_eq!(world.service()["statusCode"], "INACTIVE");
    }
}

#[tokio::test]
async fn a_lost_status_unsets_no_tag() {
    let mut world = World::ready(&json!({"tags": [{"key": "team", "value": "a"}]})).await;
    world.outside(&json!({"tag": [{"key": "cost", "value": "7"}]}));
    world.api.lose_status(&world.key);
    world.restart_operator().await;
    world.rests().await;
    assert!(world.is_ready());
    assert_eq!(world.tag("cost").as_deref(), Some("7"));
    assert_eq!((world.calls("UntagResource"), world.calls(UPDATE)), (0, 0));
}
