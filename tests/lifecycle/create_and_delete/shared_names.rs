//! Two objects of one namespace that claim one service name.

use std::time::Duration;

use ecs_express_operator::controller::{objects::ObjectKey, reconcile};
use serde_json::json;
use test_support::manifest::spec;

use crate::harness::simulated_cluster::{
    CREATE, DELETE, SERVICE, SimulatedCluster, UPDATE, manifest,
};

const HOUR: Duration = Duration::from_secs(3600);

/// A Ready service of the object `shop`, and an object `blog` that wants the same name.
async fn two_objects() -> (SimulatedCluster, ObjectKey) {
    let cluster = SimulatedCluster::ready(&json!({})).await;
    let mut blog =
        manifest(&json!({"serviceName": SERVICE, "primaryContainer": {"image": "blog:1"}}));
    blog["metadata"]["name"] = json!("blog");
    cluster.api.apply(&blog);
    let key = ObjectKey {
        namespace: "team-a".into(),
        name: "blog".into(),
    };
    (cluster, key)
}

/// Reconciles both objects for this long.
async fn run(cluster: &mut SimulatedCluster, other: &ObjectKey, span: Duration) {
    for _ in 0..span.as_secs() / 10 {
        reconcile(&cluster.operator, other).await;
        cluster.run(Duration::from_secs(10)).await;
    }
}

fn reason(cluster: &SimulatedCluster, key: &ObjectKey, kind: &str) -> String {
    let status = cluster.api.stored(key).unwrap().status.unwrap();
    let condition = status.conditions.iter().find(|it| it.type_ == kind);
    condition.unwrap().reason.clone()
}

#[tokio::test]
async fn the_first_keeps_the_service_and_the_second_is_refused_and_leaves_no_trace() {
    let (mut cluster, blog) = two_objects().await;
    let before = cluster.changes_sent();
    run(&mut cluster, &blog, HOUR).await;
    assert_eq!(reason(&cluster, &blog, "Stalled"), "NotOwned");
    assert_eq!(cluster.changes_sent(), before, "they do not fight");
    assert_eq!(cluster.service()["activeRevisions"][0]["image"], "shop:1");

    cluster.api.delete(&blog);
    run(&mut cluster, &blog, Duration::from_secs(300)).await;
    assert!(cluster.api.stored(&blog).is_none());
    assert!(cluster.is_ready());
    assert_eq!((cluster.calls(UPDATE), cluster.calls(DELETE)), (0, 0));
}

#[tokio::test]
async fn the_second_gets_the_name_once_the_first_has_deleted_its_service() {
    let (mut cluster, blog) = two_objects().await;
    run(&mut cluster, &blog, Duration::from_secs(60)).await;
    cluster.delete();
    run(&mut cluster, &blog, HOUR).await;
    assert!(cluster.api.stored(&cluster.key).is_none());
    assert_eq!(reason(&cluster, &blog, "Ready"), "Available");
    assert_eq!(cluster.service()["activeRevisions"][0]["image"], "blog:1");
    assert_eq!((cluster.calls(CREATE), cluster.calls(DELETE)), (2, 1));
}

#[tokio::test]
async fn a_service_with_the_tags_of_a_sibling_object_is_not_touched() {
    for adoption in ["Never", "Adopt"] {
        let cluster = SimulatedCluster::new().await;
        cluster.call_outside(
            CREATE,
            &spec(
                &json!({"serviceName": SERVICE, "primaryContainer": {"image": "theirs:1"},
                    "tags": [
                        {"key": "ecs-express.dev/cluster-id", "value": "cluster-1"},
                        {"key": "ecs-express.dev/namespace", "value": "team-a"},
                        {"key": "ecs-express.dev/name", "value": "blog"},
                        {"key": "ecs-express.dev/uid", "value": "uid-of-blog"},
                    ],
                }),
            ),
        );
        let mut cluster = cluster;
        cluster.advance(Duration::from_secs(600));
        let before = cluster.changes_sent();
        cluster.apply(&json!({"adoptionPolicy": adoption}));
        cluster.until_condition("Stalled", "True NotOwned").await;
        cluster.run(HOUR).await;
        cluster.delete();
        cluster.until_gone().await;
        assert_eq!(cluster.changes_sent(), before, "{adoption}");
        assert_eq!(cluster.service()["statusCode"], "ACTIVE", "{adoption}");
        assert_eq!(cluster.tag("ecs-express.dev/name").as_deref(), Some("blog"));
    }
}
