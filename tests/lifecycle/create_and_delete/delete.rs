//! Delete: the finalizer stays until the absence of the service is confirmed, and nobody has to intervene.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::json;

use crate::harness::simulated_cluster::{CREATE, DELETE, DESCRIBE, SimulatedCluster, UPDATE};

const UID: &str = "ecs-express.dev/uid";

fn live(cluster: &SimulatedCluster) -> bool {
    cluster.service()["statusCode"] == "ACTIVE"
}

#[tokio::test]
async fn the_finalizer_stays_until_inactive_was_observed_twice_ten_seconds_apart() {
    for settings in [
        json!({}),
        json!({"inactiveSeconds": 5}),
        json!({"notFoundForm": "InvalidParameter"}),
    ] {
        let mut cluster = SimulatedCluster::ready(&json!({})).await;
        cluster.emulator.change_settings(&settings).unwrap();
        cluster.delete();
        let mut seen = Vec::new();
        while cluster.api.stored(&cluster.key).is_some() {
            cluster.run(Duration::from_secs(1)).await;
            let state = cluster.service()["statusCode"].clone();
            seen.push(state != "ACTIVE" && state != "DRAINING");
        }
        assert!(
            seen.iter().filter(|gone| **gone).count() >= 10,
            "{settings}"
        );
        assert_eq!(cluster.calls(DELETE), 1);
    }
}

#[tokio::test]
async fn an_object_created_and_deleted_at_once_leaves_nothing_behind() {
    for reconciles in 0..6 {
        let mut cluster = SimulatedCluster::new().await;
        cluster.apply(&json!({}));
        for _ in 0..reconciles {
            cluster.reconcile_once().await;
            cluster.run(Duration::from_secs(1)).await;
        }
        cluster.delete();
        cluster.until_gone().await;
        cluster.run(Duration::from_secs(600)).await;
        assert!(!live(&cluster), "{reconciles} reconciles");
    }
}

#[tokio::test]
async fn a_create_whose_response_was_lost_leaks_nothing_when_deleted_at_once() {
    for (code, visible) in [
        ("ConnectionReset", 0),
        ("ServerException", 0),
        ("ConnectionReset", 60),
    ] {
        for restart in [false, true] {
            let mut cluster =
                SimulatedCluster::with(json!({"createVisibleSeconds": visible})).await;
            cluster
                .emulator
                .fail_next(Fault::new(CREATE, code, "lost").applied());
            cluster.apply(&json!({}));
            cluster.reconcile_once().await;
            assert_eq!(cluster.calls(CREATE), 1);
            cluster.delete();
            if restart {
                cluster.restart_operator();
            }
            cluster.until_gone().await;
            assert!(!live(&cluster), "{code} {visible} {restart}");
            assert_eq!(cluster.calls(DELETE), 1);
        }
    }
}

#[tokio::test]
async fn the_object_stays_while_ecs_cannot_be_read() {
    for (code, message) in [
        ("AccessDeniedException", "no"),
        ("UnsupportedFeatureException", "no"),
    ] {
        let mut cluster = SimulatedCluster::ready(&json!({})).await;
        cluster
            .emulator
            .fail_next(Fault::new(DESCRIBE, code, message).times(10_000));
        cluster.delete();
        cluster.run(Duration::from_secs(3600)).await;
        assert!(
            cluster.api.stored(&cluster.key).is_some() && live(&cluster),
            "{code}"
        );
        assert!(
            cluster.condition("Ready").starts_with("Unknown"),
            "{}",
            cluster.condition("Ready")
        );
        cluster
            .emulator
            .with_model(ecs_express_emulator::Model::clear_faults);
        cluster.until_gone().await;
        assert!(!live(&cluster));
    }
}

#[tokio::test]
async fn every_error_of_a_delete_is_recovered_from() {
    for (code, message) in [
        ("ServiceNotActiveException", "Service is in DRAINING status"),
        (
            "ServiceNotActiveException",
            "Cannot perform this operation on a service in INACTIVE status",
        ),
        ("ServiceNotFoundException", "Service not found."),
        ("InvalidParameterException", "Resource not found"),
        ("ClusterNotFoundException", "Cluster not found."),
        ("AccessDeniedException", "not authorized"),
        ("ThrottlingException", "Rate exceeded"),
        ("ServerException", "oops"),
        ("ConnectionReset", ""),
        ("ClientException", "whatever"),
    ] {
        for applied in [false, true] {
            let mut cluster = SimulatedCluster::ready(&json!({})).await;
            let fault = Fault::new(DELETE, code, message);
            cluster
                .emulator
                .fail_next(if applied { fault.applied() } else { fault });
            cluster.delete();
            cluster.until_gone().await;
            assert!(!live(&cluster), "{code}: {message}, applied: {applied}");
        }
    }
}

#[tokio::test]
async fn the_object_of_a_purged_service_is_released() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.change_outside(&json!({"purge": true}));
    cluster.delete();
    cluster.until_gone().await;
    assert_eq!(cluster.calls(DELETE), 0);
}

#[tokio::test]
async fn retain_marks_the_service_released_and_a_new_object_of_the_name_takes_it_back() {
    let mut cluster = SimulatedCluster::ready(&json!({"deletionPolicy": "Retain"})).await;
    cluster.delete();
    cluster.until_gone().await;
    assert!(live(&cluster));
    assert_eq!(cluster.tag(UID).as_deref(), Some("released"));
    assert_eq!(cluster.calls(DELETE), 0);
    cluster.apply(&json!({}));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_ne!(cluster.tag(UID).as_deref(), Some("released"));
    assert_eq!((cluster.calls(CREATE), cluster.calls(UPDATE)), (1, 0));
    cluster.delete();
    cluster.until_gone().await;
    assert!(!live(&cluster));
}

/// The mark of a released service alone would not say which object released it.
#[tokio::test]
async fn a_retained_service_that_had_lost_its_tags_is_taken_back_by_a_new_object_of_the_name() {
    let mut cluster = SimulatedCluster::ready(&json!({"deletionPolicy": "Retain"})).await;
    let owner_tags = ["cluster-id", "namespace", "name", "uid"];
    let keys = owner_tags.map(|name| format!("ecs-express.dev/{name}"));
    cluster.change_outside(&json!({ "untag": keys }));
    cluster.delete();
    cluster.until_gone().await;
    assert_eq!(cluster.tag(UID).as_deref(), Some("released"));
    cluster.apply(&json!({}));
    cluster.until_ready().await;
}

#[tokio::test]
async fn retain_succeeds_even_when_ecs_refuses_everything() {
    let mut cluster = SimulatedCluster::ready(&json!({"deletionPolicy": "Retain"})).await;
    cluster
        .emulator
        .fail_next(Fault::new("*", "AccessDeniedException", "no").times(10_000));
    cluster.delete();
    cluster.until_gone().await;
    assert!(live(&cluster));
    let events = cluster.take_events();
    assert!(events.contains(&"Retained"), "{events:?}");
}

#[tokio::test]
async fn a_new_object_of_the_name_takes_its_service_back() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.api.remove(&cluster.key);
    cluster.apply(&json!({}));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!((cluster.calls(CREATE), cluster.calls(UPDATE)), (1, 0));
}

#[tokio::test]
async fn a_new_object_of_the_name_waits_for_the_old_service_to_drain() {
    for tail in [0, 120] {
        let mut cluster = SimulatedCluster::ready(&json!({})).await;
        cluster
            .emulator
            .change_settings(&json!({"drainingTailSeconds": tail}))
            .unwrap();
        cluster.delete();
        cluster
            .until("draining", |cluster| {
                cluster.service()["statusCode"] == "DRAINING"
            })
            .await;
        cluster.api.remove(&cluster.key);
        cluster.apply(&json!({}));
        cluster.run(Duration::from_secs(15)).await;
        assert_eq!(cluster.condition("Ready"), "False Draining");
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert!(live(&cluster));
    }
}

#[tokio::test]
async fn a_suspended_object_can_be_deleted() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.apply(&json!({"suspend": true, "primaryContainer": {"image": "shop:2"}}));
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 0);
    assert_eq!(cluster.condition("Ready"), "False Suspended");
    cluster.delete();
    cluster.until_gone().await;
    assert!(!live(&cluster));
}

#[tokio::test]
async fn a_deletion_during_a_rollout_succeeds() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster
        .until("sent", |cluster| cluster.calls(UPDATE) == 1)
        .await;
    cluster.delete();
    cluster.until_gone().await;
    assert!(!live(&cluster));
}
