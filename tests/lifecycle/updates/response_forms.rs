//! The forms of ECS responses, and the two modes of a task definition: none is ever a difference.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    harness::full_spec::everything,
    harness::simulated_cluster::{CREATE, SimulatedCluster, UPDATE},
};

fn task_definition(revision: u32) -> Value {
    json!({
        "primaryContainer": null,
        "executionRoleArn": null,
        "taskDefinitionArn": format!("arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:{revision}"),
    })
}

#[tokio::test]
async fn a_service_works_with_every_form_of_responses() {
    for settings in [
        json!({"clusterForm": "Arn"}),
        json!({"endpointForm": "Host"}),
        json!({"endpointForm": "HostThenUrl"}),
        json!({"notFoundForm": "InvalidParameter"}),
        json!({"notFoundForm": "ResourceNotFound"}),
        json!({"configurationOrder": "NewestFirst"}),
        json!({"configurationOrder": "OldestFirst"}),
        json!({"configurationOrder": "Alternating"}),
        json!({"createVisibleSeconds": 45}),
        json!({"drainingTailSeconds": 120}),
    ] {
        let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
        cluster.emulator.change_settings(&settings).unwrap();
        cluster.apply(&everything());
        cluster.until_ready().await;
        assert_eq!(cluster.condition("Synced"), "True InSync", "{settings}");
        let url = cluster.status().url.unwrap();
        assert!(url.contains("://"), "{url}");
        cluster.assert_idle().await;
        assert_eq!(
            (cluster.calls(CREATE), cluster.calls(UPDATE)),
            (1, 0),
            "{settings}"
        );
        cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(
            (cluster.calls(CREATE), cluster.calls(UPDATE)),
            (1, 1),
            "{settings}"
        );
        cluster.delete();
        cluster.until_gone().await;
        assert_eq!(cluster.service()["statusCode"], "INACTIVE", "{settings}");
    }
}

#[tokio::test]
async fn a_named_cluster_is_given_by_name_or_by_arn() {
    for name in ["web", "arn:aws:ecs:eu-west-1:123456789012:cluster/web"] {
        let mut cluster =
            SimulatedCluster::with(json!({"clusters": ["web"], "clusterForm": "Arn"})).await;
        cluster.apply(&json!({"cluster": name}));
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(cluster.service()["cluster"], "web");
        assert_eq!((cluster.calls(CREATE), cluster.calls(UPDATE)), (1, 0));
    }
}

#[tokio::test]
async fn a_given_task_definition_runs_and_the_values_that_it_sets_are_no_difference() {
    let mut cluster = SimulatedCluster::ready(&task_definition(1)).await;
    assert_eq!(cluster.condition("Synced"), "True InSync");
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 0);
    cluster.apply(&task_definition(2));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 1);
    assert_eq!(cluster.condition("Synced"), "True InSync");
}

#[tokio::test]
async fn each_change_of_the_mode_is_one_update() {
    let mut cluster = SimulatedCluster::ready(&everything()).await;
    for (updates, spec) in [
        (1, task_definition(1)),
        (2, everything()),
        (3, task_definition(1)),
    ] {
        cluster.apply(&spec);
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(cluster.calls(UPDATE), updates);
        assert_eq!(cluster.condition("Stalled"), "absent");
    }
    assert!(cluster.sent(UPDATE)[0]["primaryContainer"].is_null());
    assert_eq!(
        cluster.sent(UPDATE)[1]["primaryContainer"]["image"],
        "shop:1"
    );
}

#[tokio::test]
async fn scaling_with_only_some_members_set_is_no_difference() {
    for member in ["minTaskCount", "maxTaskCount", "autoScalingTargetValue"] {
        let mut cluster = SimulatedCluster::ready(&json!({"scalingTarget": {(member): 5}})).await;
        cluster.run(Duration::from_secs(60)).await;
        assert_eq!(cluster.condition("Synced"), "True InSync", "{member}");
        cluster.assert_idle().await;
    }
}
