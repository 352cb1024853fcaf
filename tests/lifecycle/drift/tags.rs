//! Tags of the user and of the operator; other tags stay.

use serde_json::json;

use crate::harness::simulated_cluster::{SimulatedCluster, UPDATE};

const NAME: &str = "ecs-express.dev/name";

#[tokio::test]
async fn tags_are_set_changed_and_removed_without_an_update_and_other_tags_stay() {
    let mut cluster = SimulatedCluster::ready(
        &json!({"tags": [{"key": "team", "value": "a"}, {"key": "tier", "value": "1"}]}),
    )
    .await;
    assert_eq!(cluster.tag("team").as_deref(), Some("a"));
    cluster.change_outside(&json!({"tag": [{"key": "cost", "value": "7"}]}));
    cluster.apply(&json!({"tags": [{"key": "team", "value": "b"}]}));
    cluster
        .until("tagged", |cluster| {
            cluster.tag("team").as_deref() == Some("b")
        })
        .await;
    cluster
        .until("untagged", |cluster| cluster.tag("tier").is_none())
        .await;
    cluster.assert_idle().await;
    assert!(cluster.is_ready());
    assert_eq!(cluster.tag("cost").as_deref(), Some("7"));
    assert_eq!(
        (cluster.calls("TagResource"), cluster.calls("UntagResource")),
        (1, 1)
    );
    assert_eq!(cluster.calls(UPDATE), 0);
}

#[tokio::test]
async fn the_service_stays_ready_while_tags_change() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.apply(&json!({"tags": [{"key": "team", "value": "b"}]}));
    while cluster.calls("TagResource") == 0 {
        cluster.reconcile_once().await;
        assert!(cluster.is_ready(), "{:?}", cluster.status().conditions);
        cluster.run(std::time::Duration::from_secs(1)).await;
    }
}

/// ECS accepts 50 tags, also between two calls.
#[tokio::test]
async fn all_tags_that_a_service_may_have_are_replaced_by_others() {
    let tags = |prefix: &str| {
        let tag = |number| json!({"key": format!("{prefix}{number}"), "value": "x"});
        json!({"tags": (0..46).map(tag).collect::<Vec<_>>()})
    };
    let mut cluster = SimulatedCluster::ready(&tags("old")).await;
    cluster.apply(&tags("new"));
    cluster
        .until("tagged", |cluster| cluster.tag("new45").is_some())
        .await;
    cluster.assert_idle().await;
    assert_eq!(cluster.tag("old0"), None);
    assert_eq!(cluster.condition("Synced"), "True InSync");
    assert!(cluster.tag(NAME).is_some());
}

#[tokio::test]
async fn tags_removed_outside_are_restored() {
    let mut cluster =
        SimulatedCluster::ready(&json!({"tags": [{"key": "team", "value": "a"}]})).await;
    cluster.change_outside(&json!({"untag": ["team"]}));
    cluster
        .until("tagged", |cluster| cluster.tag("team").is_some())
        .await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls("TagResource"), 1);
}

#[tokio::test]
async fn under_report_tags_removed_outside_are_left_and_an_edit_of_them_is_sent() {
    let report =
        |team: &str| json!({"driftPolicy": "Report", "tags": [{"key": "team", "value": team}]});
    let mut cluster = SimulatedCluster::ready(&report("a")).await;
    cluster.change_outside(&json!({"untag": ["team"]}));
    cluster
        .until("shown", |cluster| cluster.status().drift.is_some())
        .await;
    cluster.assert_idle().await;
    assert_eq!(cluster.tag("team"), None);
    cluster.apply(&report("b"));
    cluster
        .until("tagged", |cluster| {
            cluster.tag("team").as_deref() == Some("b")
        })
        .await;
    cluster.assert_idle().await;
}

#[tokio::test]
async fn owner_tags_removed_outside_are_restored() {
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
        let mut cluster = SimulatedCluster::ready(&json!({})).await;
        cluster.change_outside(&json!({"untag": keys}));
        cluster
            .until("tagged", |cluster| {
                keys.iter().all(|key| cluster.tag(key).is_some())
            })
            .await;
        cluster.assert_idle().await;
        assert!(cluster.is_ready());
        cluster.delete();
        cluster.until_gone().await;
        assert_eq!(cluster.service()["statusCode"], "INACTIVE");
    }
}

#[tokio::test]
async fn a_lost_status_unsets_no_tag() {
    let mut cluster =
        SimulatedCluster::ready(&json!({"tags": [{"key": "team", "value": "a"}]})).await;
    cluster.change_outside(&json!({"tag": [{"key": "cost", "value": "7"}]}));
    cluster.api.lose_status(&cluster.key);
    cluster.restart_operator();
    cluster.assert_idle().await;
    assert!(cluster.is_ready());
    assert_eq!(cluster.tag("cost").as_deref(), Some("7"));
    assert_eq!(
        (cluster.calls("UntagResource"), cluster.calls(UPDATE)),
        (0, 0)
    );
}
