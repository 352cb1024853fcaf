//! Conflicts over tags: confirmed before an adoption, reported under Report, and given up after some attempts.

use std::time::Duration;

use serde_json::{Value, json};
use test_support::{manifest::spec, merge_patch::merge};

use crate::harness::simulated_cluster::{CREATE, SERVICE, SimulatedCluster, UPDATE};

const HOUR: Duration = Duration::from_secs(3600);
const TAG: &str = "TagResource";

fn team(value: &str, more: &Value) -> Value {
    let mut spec = json!({"tags": [{"key": "team", "value": value}]});
    merge(&mut spec, more);
    spec
}

/// Creates an unowned service with the object's name.
fn free(cluster: &SimulatedCluster, tags: &Value) {
    cluster.call_outside(
        CREATE,
        &spec(&json!({"serviceName": SERVICE,
            "tags": tags,
        })),
    );
    cluster.advance(Duration::from_secs(600));
    cluster
        .emulator
        .with_model(ecs_express_emulator::Model::clear_calls);
}

#[tokio::test]
async fn an_adoption_that_would_change_the_value_of_a_tag_shows_it_and_waits_for_confirmation() {
    for drift in ["Correct", "Report"] {
        let mut cluster = SimulatedCluster::new().await;
        free(
            &cluster,
            &json!([{"key": "team", "value": "payments"}, {"key": "cost", "value": "7"}]),
        );
        cluster.apply(&team(
            "web",
            &json!({"adoptionPolicy": "Adopt", "driftPolicy": drift}),
        ));
        cluster
            .until_condition("Stalled", "True AdoptionNotConfirmed")
            .await;
        cluster.assert_idle().await;
        assert_eq!(cluster.changes_sent(), 0);
        assert_eq!(cluster.tag("team").as_deref(), Some("payments"));
        let message = cluster.message("Stalled");
        assert!(
            message.contains("spec.tags[team]: spec has web, ECS has payments"),
            "{message}"
        );
        let (_, hash) = message
            .rsplit_once("ecs-express.dev/adopt-confirm=")
            .unwrap();
        cluster.annotate("ecs-express.dev/adopt-confirm", hash);
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(cluster.tag("team").as_deref(), Some("web"), "{drift}");
        assert_eq!(cluster.tag("cost").as_deref(), Some("7"), "{drift}");
        assert_eq!(
            (cluster.calls(TAG), cluster.calls(UPDATE)),
            (1, 0),
            "{drift}"
        );
    }
}

#[tokio::test]
async fn a_confirmation_does_not_hold_for_another_value_of_a_tag() {
    let mut cluster = SimulatedCluster::new().await;
    free(&cluster, &json!([{"key": "team", "value": "payments"}]));
    cluster.apply(&team("web", &json!({"adoptionPolicy": "Adopt"})));
    cluster
        .until_condition("Stalled", "True AdoptionNotConfirmed")
        .await;
    let message = cluster.message("Stalled");
    let (_, hash) = message
        .rsplit_once("ecs-express.dev/adopt-confirm=")
        .unwrap();
    cluster.change_outside(&json!({"tag": [{"key": "team", "value": "search"}]}));
    cluster.annotate("ecs-express.dev/adopt-confirm", hash);
    cluster.run(HOUR).await;
    assert_eq!(cluster.changes_sent(), 0);
    assert_eq!(cluster.tag("team").as_deref(), Some("search"));
}

#[tokio::test]
async fn a_tag_that_is_only_added_needs_no_confirmation() {
    let mut cluster = SimulatedCluster::new().await;
    free(&cluster, &json!([{"key": "cost", "value": "7"}]));
    cluster.apply(&team("web", &json!({"adoptionPolicy": "Adopt"})));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.tag("team").as_deref(), Some("web"));
    assert_eq!(cluster.calls(TAG), 1);
}

#[tokio::test]
async fn under_report_a_tag_changed_outside_is_reported_and_not_corrected() {
    let report = json!({"driftPolicy": "Report"});
    let mut cluster = SimulatedCluster::ready(&team("web", &report)).await;
    for (change, actual) in [
        (
            json!({"tag": [{"key": "team", "value": "payments"}]}),
            Some("payments"),
        ),
        (json!({"untag": ["team"]}), None),
    ] {
        cluster.change_outside(&change);
        let shown = |cluster: &SimulatedCluster| {
            let drift = cluster.status().drift.unwrap_or_default();
            let first = drift.first().cloned().unwrap_or_default();
            (first.field, first.desired, first.actual)
        };
        let expected = (
            "spec.tags[team]".to_owned(),
            Some("web".to_owned()),
            Some(actual.unwrap_or("nothing").to_owned()),
        );
        cluster
            .until("shown", |cluster| shown(cluster) == expected)
            .await;
        assert_eq!(cluster.condition("Synced"), "False Drifted");
        assert!(cluster.message("Synced").contains("spec.tags[team]"));
        assert!(cluster.condition("Ready").starts_with("True"));
        cluster.assert_idle().await;
        assert_eq!(cluster.calls(TAG), 0);
        assert_eq!(cluster.tag("team").as_deref(), actual);
    }
    cluster.apply(&team("search", &report));
    cluster
        .until("tagged", |cluster| {
            cluster.tag("team").as_deref() == Some("search")
        })
        .await;
    cluster.assert_idle().await;
    assert_eq!(cluster.status().drift, None);
    assert_eq!(cluster.condition("Synced"), "True InSync");
}

#[tokio::test]
async fn a_suspended_object_reports_a_tag_that_was_changed_outside() {
    let mut cluster = SimulatedCluster::ready(&team("web", &json!({}))).await;
    cluster.apply(&team("web", &json!({"suspend": true})));
    cluster.change_outside(&json!({"untag": ["team"]}));
    cluster
        .until("shown", |cluster| cluster.status().drift.is_some())
        .await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(TAG), 0);
    assert_eq!(cluster.condition("Synced"), "False Drifted");
}

/// Another client removes or changes a tag shortly after each time that it is set.
async fn fought_over(cluster: &mut SimulatedCluster, change: &Value, span: Duration) {
    let step = Duration::from_secs(30);
    let mut passed = Duration::ZERO;
    let mut seen = cluster.calls(TAG);
    while passed < span {
        cluster.run(step).await;
        passed += step;
        if cluster.calls(TAG) > seen {
            seen = cluster.calls(TAG);
            cluster.change_outside(change);
        }
    }
}

#[tokio::test]
async fn a_tag_that_is_removed_again_and_again_is_given_up_after_a_few_attempts() {
    for change in [
        json!({"untag": ["team"]}),
        json!({"tag": [{"key": "team", "value": "payments"}]}),
    ] {
        let mut cluster = SimulatedCluster::ready(&team("web", &json!({}))).await;
        cluster.change_outside(&change);
        fought_over(&mut cluster, &change, 4 * HOUR).await;
        assert_eq!(cluster.calls(TAG), 3, "{change}");
        assert_eq!(cluster.condition("Stalled"), "True NotConverging");
        let message = cluster.message("Stalled");
        assert!(message.contains("spec.tags[team]"), "{message}");
        assert_eq!(cluster.condition("Synced"), "False NotConverging");
        assert!(cluster.condition("Ready").starts_with("True"));
        cluster.assert_idle().await;
        cluster.restart_operator();
        cluster.assert_idle().await;
        assert_eq!(cluster.calls(TAG), 3);
        cluster.annotate("ecs-express.dev/retry", "1");
        cluster
            .until("tagged", |cluster| cluster.calls(TAG) == 4)
            .await;
        cluster.assert_idle().await;
        assert_eq!(cluster.condition("Stalled"), "absent");
        assert_eq!(cluster.condition("Synced"), "True InSync");
    }
}

#[tokio::test]
async fn an_edit_of_the_tags_is_sent_after_the_former_ones_were_given_up() {
    let mut cluster = SimulatedCluster::ready(&team("web", &json!({}))).await;
    let change = json!({"untag": ["team"]});
    cluster.change_outside(&change);
    fought_over(&mut cluster, &change, HOUR).await;
    assert_eq!(cluster.condition("Stalled"), "True NotConverging");
    cluster.apply(&team("search", &json!({})));
    cluster
        .until("tagged", |cluster| {
            cluster.tag("team").as_deref() == Some("search")
        })
        .await;
    cluster.assert_idle().await;
    assert_eq!(cluster.condition("Stalled"), "absent");
}

#[tokio::test]
async fn an_edit_of_the_configuration_is_sent_while_a_tag_is_given_up() {
    let mut cluster = SimulatedCluster::ready(&team("web", &json!({}))).await;
    let change = json!({"untag": ["team"]});
    cluster.change_outside(&change);
    fought_over(&mut cluster, &change, HOUR).await;
    cluster.apply(&team(
        "web",
        &json!({"primaryContainer": {"image": "shop:2"}}),
    ));
    cluster
        .until("sent", |cluster| cluster.calls(UPDATE) == 1)
        .await;
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.service()["activeRevisions"][0]["image"], "shop:2");
}

#[tokio::test]
async fn owner_tags_that_are_removed_again_and_again_are_given_up_and_the_service_stays_ours() {
    let keys = [
        "ecs-express.dev/name",
        "ecs-express.dev/namespace",
        "ecs-express.dev/cluster-id",
        "ecs-express.dev/uid",
    ];
    let change = json!({ "untag": keys });
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.change_outside(&change);
    fought_over(&mut cluster, &change, 4 * HOUR).await;
    assert_eq!(cluster.calls(TAG), 3);
    assert_eq!(cluster.condition("Stalled"), "True NotConverging");
    assert!(
        cluster
            .message("Stalled")
            .contains("ecs-express.dev/cluster-id")
    );
    cluster.delete();
    cluster.until_gone().await;
    assert_eq!(cluster.service()["statusCode"], "INACTIVE");
}

#[tokio::test]
async fn a_tag_removed_outside_occasionally_is_set_each_time() {
    let mut cluster = SimulatedCluster::ready(&team("web", &json!({}))).await;
    for set in 1..=5 {
        cluster.change_outside(&json!({"untag": ["team"]}));
        cluster
            .until("tagged", |cluster| cluster.calls(TAG) == set)
            .await;
        cluster.run(HOUR).await;
        assert_eq!(cluster.condition("Stalled"), "absent", "{set}");
    }
}

#[tokio::test]
async fn under_report_lost_owner_tags_are_restored_and_a_changed_user_tag_is_left() {
    let mut cluster =
        SimulatedCluster::ready(&team("web", &json!({"driftPolicy": "Report"}))).await;
    cluster.change_outside(&json!({"tag": [{"key": "team", "value": "payments"}]}));
    cluster.change_outside(&json!({"untag": ["ecs-express.dev/name"]}));
    cluster
        .until("tagged", |cluster| {
            cluster.tag("ecs-express.dev/name").is_some()
        })
        .await;
    cluster.assert_idle().await;
    assert_eq!(cluster.tag("team").as_deref(), Some("payments"));
    assert_eq!(cluster.condition("Synced"), "False Drifted");
}

#[tokio::test]
async fn under_report_an_edit_of_the_tags_is_sent_once_even_if_the_configuration_drifted() {
    let report = json!({"driftPolicy": "Report"});
    let mut cluster = SimulatedCluster::ready(&team("web", &report)).await;
    cluster.change_outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    cluster
        .until("shown", |cluster| cluster.status().drift.is_some())
        .await;
    cluster.apply(&team("search", &report));
    cluster
        .until("tagged", |cluster| {
            cluster.tag("team").as_deref() == Some("search")
        })
        .await;
    cluster.run(HOUR).await;
    cluster.change_outside(&json!({"tag": [{"key": "team", "value": "payments"}]}));
    cluster.run(HOUR).await;
    assert_eq!(cluster.tag("team").as_deref(), Some("payments"));
    assert_eq!(cluster.calls(TAG), 1);
}

#[tokio::test]
async fn under_report_a_renamed_tag_is_set_and_its_old_name_removed() {
    let report = json!({"driftPolicy": "Report"});
    let mut cluster = SimulatedCluster::ready(&team("web", &report)).await;
    cluster.apply(&json!({"driftPolicy": "Report", "tags": [{"key": "group", "value": "web"}]}));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.tag("group").as_deref(), Some("web"));
    assert_eq!(cluster.tag("team"), None);
    assert_eq!(cluster.condition("Synced"), "True InSync");
}

#[tokio::test]
async fn a_tag_that_was_given_up_and_restored_outside_is_maintained_again() {
    let mut cluster = SimulatedCluster::ready(&team("web", &json!({}))).await;
    let change = json!({"untag": ["team"]});
    cluster.change_outside(&change);
    fought_over(&mut cluster, &change, HOUR).await;
    assert_eq!(cluster.condition("Stalled"), "True NotConverging");
    cluster.change_outside(&json!({"tag": [{"key": "team", "value": "web"}]}));
    cluster.until_condition("Stalled", "absent").await;
    cluster.assert_idle().await;
    cluster.change_outside(&change);
    cluster
        .until("tagged", |cluster| cluster.tag("team").is_some())
        .await;
}
