//! Services of other owners under the object's name: what the object says of them.

use std::time::Duration;

use ecs_express_operator::core::report::event::Event;
use serde_json::{Value, json};
use test_support::manifest::{INFRASTRUCTURE_ROLE, spec};

use super::warnings::{the_warning, warnings};
use crate::harness::simulated_cluster::{CREATE, SERVICE, SimulatedCluster};

fn owned_by(cluster_id: &str, namespace: &str, name: &str) -> Value {
    json!([
        {"key": "ecs-express.dev/cluster-id", "value": cluster_id},
        {"key": "ecs-express.dev/namespace", "value": namespace},
        {"key": "ecs-express.dev/name", "value": name},
        {"key": "ecs-express.dev/uid", "value": "1"},
    ])
}

/// Creates a service with the object's name as another client.
fn somebody_creates(cluster: &SimulatedCluster, role: &str, tags: &Value) {
    cluster.call_outside(
        CREATE,
        &spec(&json!({
            "serviceName": SERVICE,
            "infrastructureRoleArn": role,
            "primaryContainer": {"image": "theirs:1"},
            "tags": tags,
        })),
    );
}

#[tokio::test]
async fn a_service_replaced_by_one_of_another_owner_is_reported_as_gone() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.change_outside(&json!({"purge": true}));
    cluster.advance(Duration::from_secs(5));
    somebody_creates(
        &cluster,
        INFRASTRUCTURE_ROLE,
        &owned_by("cluster-2", "team-b", "shop"),
    );
    cluster.until_condition("Stalled", "True NotOwned").await;
    let message = cluster.message("Ready");
    assert!(
        message.contains("the service of this object was deleted outside Kubernetes"),
        "{message}"
    );
    let note = the_warning(&cluster).note;
    assert!(note.starts_with(&message), "{note}");
    assert!(note.contains("; its URL was http"), "{note}");
    cluster.assert_idle().await;
}

#[tokio::test]
async fn no_event_tells_what_happens_to_a_service_that_the_object_does_not_own() {
    let mut cluster = SimulatedCluster::new().await;
    somebody_creates(&cluster, INFRASTRUCTURE_ROLE, &json!([]));
    cluster.apply(&json!({}));
    cluster.until_condition("Stalled", "True NotOwned").await;
    cluster.run(Duration::from_secs(600)).await;
    cluster.api.take_events();
    let failed = json!({"resource": "LoadBalancer", "reason": "deleted"});
    cluster.change_outside(&json!({ "fail": failed }));
    cluster.run(Duration::from_secs(1800)).await;
    assert_eq!(warnings(&cluster), Vec::<Event>::new());
}

#[tokio::test]
async fn the_message_does_not_suggest_deleting_a_service_of_an_object_in_this_cluster() {
    let mut cluster = SimulatedCluster::new().await;
    somebody_creates(
        &cluster,
        INFRASTRUCTURE_ROLE,
        &owned_by("cluster-1", "team-b", "web"),
    );
    cluster.apply(&json!({}));
    cluster.until_condition("Stalled", "True NotOwned").await;
    let message = cluster.message("Ready");
    assert!(
        message.contains("ExpressService team-b/web of this cluster"),
        "{message}"
    );
    assert!(message.contains("another spec.serviceName"), "{message}");
    assert!(!message.contains("delete the service in ECS"), "{message}");
}

#[tokio::test]
async fn another_infrastructure_role_is_explained_by_a_service_that_was_created_outside() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.change_outside(&json!({"purge": true}));
    cluster.advance(Duration::from_secs(5));
    let other = "arn:aws:iam::123456789012:role/other";
    somebody_creates(&cluster, other, &owned_by("cluster-1", "team-a", "shop"));
    cluster.until_condition("Stalled", "True Immutable").await;
    let message = cluster.message("Stalled");
    assert!(message.contains("replaced outside Kubernetes"), "{message}");
    assert!(message.contains(other), "{message}");
    cluster.assert_idle().await;
}

#[tokio::test]
async fn a_service_that_another_object_has_released_is_offered_for_adoption() {
    let mut cluster = SimulatedCluster::new().await;
    let mut tags = owned_by("cluster-1", "team-b", "web");
    tags[3]["value"] = json!("released");
    somebody_creates(&cluster, INFRASTRUCTURE_ROLE, &tags);
    cluster.apply(&json!({}));
    cluster.until_condition("Stalled", "True NotOwned").await;
    let message = cluster.message("Stalled");
    assert!(
        message.contains("set spec.adoptionPolicy to Adopt"),
        "{message}"
    );
    assert!(!message.contains("which manages it"), "{message}");
}
