//! Managed resources: what ECS creates for a service, and its later failures.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::simulated_cluster::SimulatedCluster;

const HOUR: Duration = Duration::from_secs(3600);

fn target_groups(cluster: &SimulatedCluster) -> Vec<Value> {
    let status = serde_json::to_value(cluster.status()).unwrap();
    let resources = status["managedResources"].as_array().unwrap().iter();
    let groups = resources.filter(|resource| resource["type"] == "TargetGroup");
    groups.cloned().collect()
}

#[tokio::test]
async fn a_managed_resource_that_fails_later_is_observed_within_the_hour() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.run(HOUR).await;
    cluster.change_outside(&json!({"fail": {"resource": "TargetGroups", "reason": "quota"}}));
    cluster.run(HOUR + Duration::from_secs(600)).await;
    for group in target_groups(&cluster) {
        assert_eq!(
            (&group["status"], &group["reason"]),
            (&json!("FAILED"), &json!("quota"))
        );
    }
    assert_eq!(target_groups(&cluster).len(), 2);
}

#[tokio::test]
async fn managed_resources_are_read_once_an_hour_while_idle() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    let before = cluster.calls("DescribeServiceRevisions");
    cluster.run(10 * HOUR).await;
    let reads = cluster.calls("DescribeServiceRevisions") - before;
    assert!((9..=11).contains(&reads), "{reads} reads in ten hours");
    cluster.restart_operator();
    let before = cluster.calls("DescribeServiceRevisions");
    cluster.reconcile_once().await;
    assert_eq!(
        cluster.calls("DescribeServiceRevisions"),
        before,
        "a restart alone reads nothing more"
    );
    cluster.run(HOUR).await;
    assert_eq!(cluster.calls("DescribeServiceRevisions"), before + 1);
}
