//! Incomplete responses: a member that ECS always fills and does not show yet is no difference.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    harness::full_spec::everything,
    harness::simulated_cluster::{CREATE, SimulatedCluster, UPDATE},
};

/// Every member that ECS always fills.
const BLOCKS: [&str; 8] = [
    "scalingTarget",
    "scalingTarget.minTaskCount",
    "primaryContainer",
    "primaryContainer.containerPort",
    "networkConfiguration",
    "networkConfiguration.securityGroups",
    "cpu",
    "healthCheckPath",
];

async fn lagging(member: &str, seconds: u64) -> SimulatedCluster {
    let lag = json!({ (member): seconds });
    SimulatedCluster::with(json!({"bakeSeconds": 10, "memberLagSeconds": lag})).await
}

#[tokio::test]
async fn a_member_that_a_new_revision_does_not_show_yet_is_no_difference() {
    for member in BLOCKS {
        let mut cluster = lagging(member, 300).await;
        cluster.apply(&everything());
        cluster.run(Duration::from_secs(240)).await;
        assert_eq!(cluster.condition("Stalled"), "absent", "{member}");
        assert!(!cluster.is_ready(), "{member}");
        assert_eq!(
            (cluster.calls(CREATE), cluster.calls(UPDATE)),
            (1, 0),
            "{member}"
        );
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(
            (cluster.calls(CREATE), cluster.calls(UPDATE)),
            (1, 0),
            "{member}"
        );
        cluster.apply(&crate::harness::full_spec::with(
            &json!({"primaryContainer": {"image": "shop:2"}}),
        ));
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(cluster.calls(UPDATE), 1, "{member}");
        assert_eq!(cluster.condition("Synced"), "True InSync", "{member}");
    }
}

#[tokio::test]
async fn a_member_that_stays_absent_is_named_and_causes_no_update() {
    let mut cluster = lagging("scalingTarget", 6000).await;
    cluster.apply(&everything());
    cluster.run(Duration::from_secs(3600)).await;
    assert_eq!(cluster.calls(UPDATE), 0);
    assert_eq!(cluster.condition("Ready"), "Unknown Unavailable");
    assert_eq!(cluster.condition("Synced"), "Unknown Unavailable");
    assert_eq!(cluster.condition("Stalled"), "absent");
    for kind in ["Ready", "Synced"] {
        let message = cluster.message(kind);
        assert!(
            message.contains("spec.scalingTarget.minTaskCount"),
            "{message}"
        );
    }
    let sent = cluster.changes_sent();
    cluster.run(Duration::from_secs(1800)).await;
    assert_eq!(cluster.changes_sent(), sent);
    cluster.until("Ready", SimulatedCluster::is_ready).await;
}

#[tokio::test]
async fn an_edit_of_another_field_is_sent_while_a_member_that_the_spec_sets_stays_absent() {
    let mut cluster = SimulatedCluster::ready(&everything()).await;
    cluster
        .emulator
        .change_settings(&json!({"memberLagSeconds": {"scalingTarget": 1_000_000}}))
        .unwrap();
    cluster.apply(&crate::harness::full_spec::with(
        &json!({"primaryContainer": {"image": "shop:2"}}),
    ));
    cluster
        .until("sent", |cluster| cluster.calls(UPDATE) == 1)
        .await;
    cluster.run(Duration::from_secs(3600)).await;
    assert_eq!(cluster.calls(UPDATE), 1);
    assert_eq!(cluster.service()["activeRevisions"][0]["image"], "shop:2");
}

#[tokio::test]
async fn an_update_waits_for_the_members_in_force_that_it_has_to_carry() {
    let mut cluster =
        SimulatedCluster::ready(&json!({"scalingTarget": {"maxTaskCount": 10}})).await;
    cluster.change_outside(
        &json!({"update": {"scalingTarget": {"minTaskCount": 4, "maxTaskCount": 10}}}),
    );
    cluster
        .emulator
        .change_settings(&json!({"memberLagSeconds": {"scalingTarget.minTaskCount": 1_000_000}}))
        .unwrap();
    cluster.apply(&json!({"scalingTarget": {"maxTaskCount": 11}}));
    cluster.run(Duration::from_secs(600)).await;
    assert_eq!(cluster.calls(UPDATE), 0);
    cluster
        .emulator
        .change_settings(&json!({"memberLagSeconds": {}}))
        .unwrap();
    cluster.until_ready().await;
    cluster.assert_idle().await;
    let updates = cluster.sent(UPDATE);
    assert_eq!(updates.len(), 1);
    assert_eq!(updates[0]["scalingTarget"]["minTaskCount"], 4);
}

#[tokio::test]
async fn a_value_left_in_force_is_not_forgotten_while_ecs_does_not_show_it() {
    let mut cluster = SimulatedCluster::ready(&everything()).await;
    cluster.apply(&crate::harness::full_spec::with(
        &json!({"healthCheckPath": Value::Null}),
    ));
    cluster.until_condition("Synced", "True LeftInForce").await;
    cluster
        .emulator
        .change_settings(&json!({"memberLagSeconds": {"healthCheckPath": 1_000_000}}))
        .unwrap();
    cluster.run(Duration::from_secs(700)).await;
    cluster
        .emulator
        .change_settings(&json!({"memberLagSeconds": {}}))
        .unwrap();
    cluster.run(Duration::from_secs(700)).await;
    cluster.until_ready().await;
    assert_eq!(cluster.condition("Synced"), "True LeftInForce");
}
