//! Ownership: a service of another owner is never touched; an unowned one is adopted only on request.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::{Value, json};
use test_support::manifest::spec;

use crate::harness::simulated_cluster::{CREATE, DELETE, SERVICE, SimulatedCluster, UPDATE};

const HOUR: Duration = Duration::from_secs(3600);

/// Creates a service with the object's name as another client.
fn foreign(cluster: &SimulatedCluster, image: &str, tags: &Value) {
    cluster.call_outside(
        CREATE,
        &spec(
            &json!({"serviceName": SERVICE, "primaryContainer": {"image": image},
                "tags": tags,
            }),
        ),
    );
    cluster.advance(Duration::from_secs(600));
    cluster
        .emulator
        .with_model(ecs_express_emulator::Model::clear_calls);
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
async fn a_service_of_another_owner_is_refused_and_untouched_through_edits_and_deletion() {
    for adoption in ["Never", "Adopt"] {
        let mut cluster = SimulatedCluster::new().await;
        foreign(&cluster, "theirs:1", &anothers());
        cluster.apply(&json!({"adoptionPolicy": adoption}));
        cluster.until_condition("Ready", "False NotOwned").await;
        assert_eq!(cluster.condition("Stalled"), "True NotOwned");
        assert!(
            cluster
                .message("Ready")
                .contains("team-b/shop in the cluster with id cluster-2")
        );
        cluster.assert_idle().await;
        cluster
            .apply(&json!({"adoptionPolicy": adoption, "primaryContainer": {"image": "shop:2"}}));
        cluster.run(HOUR).await;
        assert_eq!(cluster.condition("Ready"), "False NotOwned");
        cluster.delete();
        cluster.until_gone().await;
        assert_eq!(cluster.changes_sent(), 0);
        assert_eq!(cluster.service()["statusCode"], "ACTIVE");
        assert!(cluster.take_events().contains(&"LeftAlone"));
    }
}

#[tokio::test]
async fn a_service_that_passed_to_another_owner_is_not_touched_any_more() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.change_outside(&json!({"tag": anothers()}));
    cluster.until_condition("Ready", "False NotOwned").await;
    let sent = cluster.changes_sent();
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.run(HOUR).await;
    cluster.delete();
    cluster.until_gone().await;
    assert_eq!(cluster.changes_sent(), sent);
    assert_eq!(cluster.service()["statusCode"], "ACTIVE");
}

#[tokio::test]
async fn an_unowned_service_is_refused_where_adoption_was_not_requested() {
    let mut cluster = SimulatedCluster::new().await;
    foreign(&cluster, "shop:1", &json!([]));
    cluster.apply(&json!({}));
    cluster.until_condition("Ready", "False NotOwned").await;
    assert!(cluster.message("Ready").contains("adoptionPolicy"));
    cluster.assert_idle().await;
    assert_eq!(cluster.changes_sent(), 0);
    cluster.apply(&json!({"adoptionPolicy": "Adopt"}));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.changes_sent(), 1, "one call to tag");
}

#[tokio::test]
async fn an_unowned_service_without_a_difference_is_adopted_and_from_then_on_ours() {
    let mut cluster = SimulatedCluster::new().await;
    foreign(&cluster, "shop:1", &json!([{"key": "cost", "value": "7"}]));
    cluster.apply(&json!({"adoptionPolicy": "Adopt"}));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(
        (
            cluster.calls("TagResource"),
            cluster.calls(UPDATE),
            cluster.calls(CREATE)
        ),
        (1, 0, 0)
    );
    assert_eq!(cluster.tag("cost").as_deref(), Some("7"));
    cluster.apply(&json!({"adoptionPolicy": "Adopt", "primaryContainer": {"image": "shop:2"}}));
    cluster.until_ready().await;
    assert_eq!(cluster.calls(UPDATE), 1);
    cluster.delete();
    cluster.until_gone().await;
    assert_eq!(cluster.service()["statusCode"], "INACTIVE");
}

#[tokio::test]
async fn a_difference_is_shown_first_and_sent_when_confirmed_with_the_hash_of_the_message() {
    for drift in ["Correct", "Report"] {
        let mut cluster = SimulatedCluster::new().await;
        foreign(&cluster, "theirs:1", &json!([]));
        cluster.apply(&json!({"adoptionPolicy": "Adopt", "driftPolicy": drift}));
        cluster
            .until_condition("Stalled", "True AdoptionNotConfirmed")
            .await;
        cluster.assert_idle().await;
        assert_eq!(cluster.changes_sent(), 0);
        let message = cluster.message("Stalled");
        assert!(
            message.contains("spec has shop:1, ECS has theirs:1"),
            "{message}"
        );
        let (_, hash) = message
            .rsplit_once("ecs-express.dev/adopt-confirm=")
            .unwrap();
        cluster.annotate("ecs-express.dev/adopt-confirm", "wrong");
        cluster.run(HOUR).await;
        assert_eq!(cluster.changes_sent(), 0);
        cluster.annotate("ecs-express.dev/adopt-confirm", hash);
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(
            (cluster.calls("TagResource"), cluster.calls(UPDATE)),
            (1, 1),
            "{drift}"
        );
        assert_eq!(cluster.service()["activeRevisions"][0]["image"], "shop:1");
    }
}

#[tokio::test]
async fn a_service_with_another_infrastructure_role_is_refused() {
    let mut cluster = SimulatedCluster::new().await;
    foreign(&cluster, "shop:1", &json!([]));
    cluster.apply(&json!({
        "adoptionPolicy": "Adopt",
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/other",
    }));
    cluster.until_condition("Stalled", "True NotOwned").await;
    assert!(cluster.message("Stalled").contains("role/infra"));
    assert_eq!(cluster.changes_sent(), 0);
}

#[tokio::test]
async fn an_ordinary_service_of_the_name_is_refused_whatever_the_policy() {
    for spec in [json!({}), json!({"adoptionPolicy": "Adopt"})] {
        let mut cluster = SimulatedCluster::new().await;
        cluster.change_outside(&json!({"customer": true}));
        cluster.apply(&spec);
        cluster.until_condition("Stalled", "True NotOwned").await;
        cluster.run(HOUR).await;
        assert_eq!(cluster.condition("Stalled"), "True NotOwned", "{spec}");
        assert_eq!(cluster.condition("Ready"), "False NotOwned");
        assert_eq!(cluster.calls(UPDATE) + cluster.calls("TagResource"), 0);
        cluster.delete();
        cluster.until_gone().await;
        assert_eq!(cluster.calls(DELETE), 0, "{spec}");
        assert_eq!(cluster.service()["statusCode"], "ACTIVE");
    }
}

#[tokio::test]
async fn an_unowned_service_is_left_alone_when_its_object_is_deleted() {
    let mut cluster = SimulatedCluster::new().await;
    foreign(&cluster, "theirs:1", &json!([]));
    cluster.apply(&json!({"adoptionPolicy": "Adopt"}));
    cluster
        .until_condition("Stalled", "True AdoptionNotConfirmed")
        .await;
    cluster.delete();
    cluster.until_gone().await;
    assert_eq!(cluster.changes_sent(), 0);
}

#[tokio::test]
async fn a_service_retained_by_another_object_can_be_adopted() {
    let mut cluster = SimulatedCluster::new().await;
    let mut tags = anothers();
    tags[3]["value"] = json!("released");
    foreign(&cluster, "shop:1", &tags);
    cluster.apply(&json!({"adoptionPolicy": "Adopt"}));
    cluster.until_ready().await;
    assert_eq!(
        cluster.tag("ecs-express.dev/cluster-id").as_deref(),
        Some("cluster-1")
    );
}

#[tokio::test]
async fn a_name_that_an_ordinary_service_no_longer_uses_is_available() {
    let mut cluster =
        SimulatedCluster::with(json!({"bakeSeconds": 10, "inactiveSeconds": 1_000_000})).await;
    cluster.change_outside(&json!({"customer": true}));
    cluster.apply(&json!({}));
    cluster.until_condition("Ready", "False NotOwned").await;
    cluster.change_outside(&json!({"delete": true}));
    cluster.until_ready().await;
    assert_eq!(cluster.calls(CREATE), 1);
    cluster.assert_idle().await;
    cluster.delete();
    cluster.until_gone().await;
}

/// Express Mode would refuse to delete it, again and again.
#[tokio::test]
async fn an_ordinary_service_that_carries_the_owner_tags_is_left_alone() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    let tags: Vec<_> = ["cluster-id", "namespace", "name", "uid"]
        .map(|name| format!("ecs-express.dev/{name}"))
        .into_iter()
        .map(|key| json!({"key": key, "value": cluster.tag(&key)}))
        .collect();
    cluster.change_outside(&json!({"purge": true}));
    cluster.change_outside(&json!({"customer": true}));
    cluster.change_outside(&json!({ "tag": tags }));
    cluster.delete();
    cluster.until_gone().await;
    assert_eq!(cluster.calls(DELETE), 0);
}

#[tokio::test]
async fn an_object_whose_name_was_taken_by_an_ordinary_service_that_is_gone_can_be_deleted() {
    let mut cluster = SimulatedCluster::with(json!({"inactiveSeconds": 1_000_000})).await;
    cluster.change_outside(&json!({"customer": true}));
    cluster.apply(&json!({}));
    cluster.until_condition("Ready", "False NotOwned").await;
    cluster.change_outside(&json!({"delete": true}));
    cluster.advance(HOUR);
    cluster.delete();
    cluster.until_gone().await;
    assert_eq!(cluster.changes_sent(), 0);
}

#[tokio::test]
async fn an_adoption_waits_until_it_is_known_who_manages_the_service() {
    let mut cluster = SimulatedCluster::new().await;
    foreign(&cluster, "shop:1", &json!([]));
    let denied = Fault::new("DescribeServices", "AccessDeniedException", "no").times(1000);
    cluster.emulator.fail_next(denied);
    cluster.apply(&json!({"adoptionPolicy": "Adopt"}));
    cluster.run(HOUR).await;
    assert_eq!(cluster.changes_sent(), 0);
    assert_eq!(cluster.condition("Ready"), "Unknown AccessDenied");
    cluster
        .emulator
        .with_model(ecs_express_emulator::Model::clear_faults);
    cluster.until_ready().await;
    assert_eq!(cluster.changes_sent(), 1, "one call to tag");
}
