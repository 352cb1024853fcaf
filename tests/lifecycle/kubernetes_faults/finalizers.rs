//! Finalizers and identity annotations that others add, remove or copy.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::simulated_cluster::{CREATE, DELETE, SimulatedCluster};

const OURS: &str = "ecs-express.dev/finalizer";
const THEIRS: &str = "example.com/backup";

fn finalizers(cluster: &SimulatedCluster) -> Vec<String> {
    let object = cluster.api.stored(&cluster.key);
    let finalizers = object.and_then(|object| object.metadata.finalizers);
    finalizers.unwrap_or_default()
}

fn set(cluster: &SimulatedCluster, metadata: &Value) {
    let patch = json!({ "metadata": metadata });
    cluster.api.change(&cluster.key, &patch);
}

#[tokio::test]
async fn the_finalizers_of_others_stay_and_keep_nothing_waiting_in_ecs() {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    cluster.apply(&json!({}));
    set(&cluster, &json!({"finalizers": [THEIRS]}));
    cluster.until_ready().await;
    assert_eq!(finalizers(&cluster), [THEIRS, OURS]);
    cluster.delete();
    cluster
        .until("ours to be removed", |cluster| {
            finalizers(cluster) == [THEIRS]
        })
        .await;
    assert_eq!(cluster.service()["statusCode"], "INACTIVE");
    // The object stays until the other finalizer is removed, and is left alone.
    let sent = cluster.changes_sent();
    cluster.api.take_writes();
    for _ in 0..10 {
        cluster.requeue_now();
        cluster.run(Duration::from_secs(600)).await;
    }
    assert_eq!(cluster.changes_sent(), sent);
    assert_eq!(cluster.api.take_writes(), Vec::<String>::new());
    set(&cluster, &json!({"finalizers": null}));
    assert!(cluster.api.stored(&cluster.key).is_none());
}

#[tokio::test]
async fn a_finalizer_that_was_removed_is_added_again_without_a_call() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    let sent = cluster.changes_sent();
    set(&cluster, &json!({"finalizers": null}));
    cluster.requeue_now();
    cluster.run(Duration::from_secs(60)).await;
    assert_eq!(finalizers(&cluster), [OURS]);
    assert!(cluster.is_ready());
    cluster.assert_idle().await;
    assert_eq!(cluster.changes_sent(), sent);
}

#[tokio::test]
async fn identity_annotations_that_were_stripped_are_stored_again_without_a_call() {
    for stripped in [
        json!({"ecs-express.dev/service-arn": null}),
        json!({"ecs-express.dev/cluster-id": null}),
        json!({"ecs-express.dev/service-arn": null, "ecs-express.dev/cluster-id": null}),
    ] {
        let mut cluster = SimulatedCluster::ready(&json!({})).await;
        let annotations = |cluster: &SimulatedCluster| {
            let object = cluster.api.stored(&cluster.key).unwrap();
            object.metadata.annotations.unwrap_or_default()
        };
        let (sent, before) = (cluster.changes_sent(), annotations(&cluster));
        set(&cluster, &json!({"annotations": stripped}));
        cluster.requeue_now();
        cluster.run(Duration::from_secs(60)).await;
        assert_eq!(annotations(&cluster), before, "{stripped}");
        cluster.assert_idle().await;
        assert_eq!(cluster.changes_sent(), sent, "{stripped}");
    }
}

#[tokio::test]
async fn an_identity_that_cannot_be_parsed_blocks_even_the_deletion_until_it_is_corrected() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    let arn = |arn: &str| json!({"annotations": {"ecs-express.dev/service-arn": arn}});
    let sent = cluster.changes_sent();
    set(&cluster, &arn("shop"));
    cluster.requeue_now();
    cluster
        .until_condition("Stalled", "True IdentityChanged")
        .await;
    cluster.delete();
    cluster.run(Duration::from_secs(3600)).await;
    assert_eq!(cluster.changes_sent(), sent);
    assert_eq!(finalizers(&cluster), [OURS]);
    let correct = "arn:aws:ecs:eu-west-1:123456789012:service/default/team-a_shop";
    set(&cluster, &arn(correct));
    cluster.requeue_now();
    cluster.until_gone().await;
    assert_eq!((cluster.calls(CREATE), cluster.calls(DELETE)), (1, 1));
}
