//! Containers above the size limit of task definitions.

use serde_json::{Value, json};

use crate::harness::simulated_cluster::{CREATE, DELETE, SimulatedCluster, UPDATE};

/// Forty variables of more than a megabyte in total, which the API server accepts.
fn large() -> Value {
    let value = "x".repeat(32_000);
    let environment: Vec<_> = (0..40)
        .map(|number| json!({"name": format!("V{number}"), "value": value}))
        .collect();
    json!({"primaryContainer": {"image": "shop:2", "environment": environment}})
}

#[tokio::test]
async fn a_container_larger_than_ecs_accepts_is_rejected_with_its_size_and_the_limit_before_any_call()
 {
    let mut cluster = SimulatedCluster::new().await;
    cluster.apply(&large());
    cluster.until_condition("Stalled", "True InvalidSpec").await;
    let message = cluster.message("Ready");
    // 40 values, their names, and the image.
    let size = 40 * 32_000 + 10 * 2 + 30 * 3 + "shop:2".len();
    for part in [
        "spec.primaryContainer",
        &size.to_string(),
        "65536",
        "secrets",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert_eq!(cluster.take_events(), ["InvalidSpec"]);
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(CREATE), 0);
    cluster.delete();
    cluster.until_gone().await;
}

#[tokio::test]
async fn a_service_whose_spec_became_too_large_keeps_running_and_is_deleted_with_its_object() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.apply(&large());
    cluster.until_condition("Stalled", "True InvalidSpec").await;
    cluster.assert_idle().await;
    assert_eq!((cluster.calls(UPDATE), cluster.calls(DELETE)), (0, 0));
    cluster.delete();
    cluster.until_gone().await;
    assert_eq!(cluster.calls(DELETE), 1);
}

#[tokio::test]
async fn a_spec_that_was_too_large_is_sent_once_it_is_corrected() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.apply(&large());
    cluster.until_condition("Stalled", "True InvalidSpec").await;
    cluster.apply(&json!({"primaryContainer": {"image": "shop:3"}}));
    cluster.until_ready().await;
    assert_eq!(cluster.calls(UPDATE), 1);
}
