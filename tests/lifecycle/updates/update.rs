//! Update: one call for each edit, none for an equivalent spec.

use std::time::Duration;

use serde_json::{Value, json};

use test_support::{api_server::Definition, merge_patch::merge};

use crate::harness::{
    full_spec::{everything, with},
    simulated_cluster::{SERVICE, SimulatedCluster, UPDATE},
};

/// The images of all updates.
fn images(cluster: &SimulatedCluster) -> Vec<String> {
    let updates = cluster.sent(UPDATE);
    let image = |update: &Value| {
        update["primaryContainer"]["image"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    updates.iter().map(image).collect()
}

#[tokio::test]
async fn each_field_changed_is_one_update_and_ready_again_with_a_new_revision() {
    let group = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:other";
    let changes = [
        json!({"primaryContainer": {"image": "shop:2"}}),
        json!({"primaryContainer": {"containerPort": 9090}}),
        json!({"primaryContainer": {"command": ["serve"]}}),
        json!({"primaryContainer": {"environment": [{"name": "A", "value": "3"}]}}),
        json!({"primaryContainer": {"secrets": [{"name": "S", "valueFrom": "arn:aws:ssm:eu-west-1:123456789012:parameter/t"}]}}),
        json!({"primaryContainer": {"repositoryCredentials": {"credentialsParameter": group}}}),
        json!({"primaryContainer": {"awsLogsConfiguration": {"logGroup": "/other"}}}),
        json!({"primaryContainer": {"awsLogsConfiguration": {"logStreamPrefix": "other"}}}),
        json!({"executionRoleArn": "arn:aws:iam::123456789012:role/other"}),
        json!({"taskRoleArn": "arn:aws:iam::123456789012:role/other"}),
        json!({"healthCheckPath": "/other"}),
        json!({"networkConfiguration": {"subnets": ["subnet-89ababcd", "subnet-cdefabcd"]}}),
        json!({"networkConfiguration": {"securityGroups": ["sg-4567abcd"]}}),
        json!({"cpu": "512"}),
        json!({"memory": "4096"}),
        json!({"cpuArchitecture": "X86_64"}),
        json!({"scalingTarget": {"minTaskCount": 3}}),
        json!({"scalingTarget": {"maxTaskCount": 11}}),
        json!({"scalingTarget": {"autoScalingMetric": "AVERAGE_MEMORY"}}),
        json!({"scalingTarget": {"autoScalingTargetValue": 70}}),
    ];
    let mut cluster = SimulatedCluster::ready(&everything()).await;
    for change in changes {
        let (before, updates) = (cluster.status().revisions, cluster.calls(UPDATE));
        let mut spec = cluster.api.spec(&cluster.key);
        merge(&mut spec, &change);
        cluster.apply(&spec);
        cluster.until_ready().await;
        cluster.run(Duration::from_secs(60)).await;
        assert_eq!(cluster.calls(UPDATE), updates + 1, "{change}");
        assert_ne!(cluster.status().revisions, before, "{change}");
        assert_eq!(cluster.condition("Synced"), "True InSync", "{change}");
    }
    cluster.assert_idle().await;
}

#[tokio::test]
async fn of_several_edits_during_a_rollout_the_newest_wins_and_no_call_is_made_twice() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    for image in ["shop:2", "shop:3", "shop:2", "shop:4"] {
        cluster.apply(&json!({"primaryContainer": {"image": image}}));
        cluster.run(Duration::from_secs(25)).await;
    }
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(images(&cluster), ["shop:2", "shop:3", "shop:2", "shop:4"]);
    assert_eq!(cluster.service()["activeRevisions"][0]["image"], "shop:4");
}

#[tokio::test]
async fn an_edit_that_is_reverted_before_it_is_observed_makes_no_call() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.apply(&json!({}));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 0);
}

#[tokio::test]
async fn an_equivalent_spec_makes_no_update() {
    let mut cluster =
        SimulatedCluster::ready(&with(&json!({"cpu": "2048", "memory": "4096"}))).await;
    // An older schema lets the cluster be spelled in another way.
    cluster
        .api
        .serve(Definition::current().without_transition_rules());
    let same = [
        json!({"cpu": "2 vCPU", "memory": "4 GB"}),
        json!({"primaryContainer": {"environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]}}),
        json!({"networkConfiguration": {"subnets": ["subnet-4567abcd", "subnet-0123abcd"]}}),
        json!({"cluster": "default"}),
        json!({"cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/default"}),
    ];
    for change in same {
        let mut spec = with(&json!({"cpu": "2048", "memory": "4096"}));
        merge(&mut spec, &change);
        cluster.apply(&spec);
        cluster.until_ready().await;
        cluster.run(Duration::from_secs(600)).await;
        assert_eq!(cluster.calls(UPDATE), 0, "{change}");
    }
    cluster.assert_idle().await;
}

#[tokio::test]
async fn lists_are_cleared_when_empty_and_when_omitted() {
    for gone in [json!([]), Value::Null] {
        for list in ["environment", "command", "secrets"] {
            let mut cluster = SimulatedCluster::ready(&everything()).await;
            cluster.apply(&with(&json!({"primaryContainer": {(list): gone}})));
            cluster.until_ready().await;
            cluster.assert_idle().await;
            let updates = cluster.sent(UPDATE);
            assert_eq!(updates.len(), 1, "{list} {gone}");
            assert_eq!(
                updates[0]["primaryContainer"][list],
                json!([]),
                "{list} {gone}"
            );
            assert_eq!(cluster.condition("Synced"), "True InSync");
        }
    }
}

#[tokio::test]
async fn a_list_that_ecs_does_not_clear_is_sent_once_and_reported_as_left_in_force() {
    for list in ["environment", "command", "secrets"] {
        let mut cluster = SimulatedCluster::ready(&everything()).await;
        cluster
            .emulator
            .change_settings(&json!({"emptyLists": "Keep"}))
            .unwrap();
        cluster.apply(&with(&json!({"primaryContainer": {(list): null}})));
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(cluster.calls(UPDATE), 1, "{list}");
        assert_eq!(cluster.condition("Synced"), "True LeftInForce", "{list}");
        assert!(
            cluster.message("Synced").contains(list),
            "{}",
            cluster.message("Synced")
        );
        assert_eq!(cluster.condition("Stalled"), "absent");
    }
}

#[tokio::test]
async fn members_that_an_edit_omits_keep_their_value_whether_ecs_merges_or_replaces() {
    for omitted in ["Merge", "Replace"] {
        let mut cluster = SimulatedCluster::ready(&everything()).await;
        cluster
            .emulator
            .change_settings(&json!({"omittedMembers": omitted}))
            .unwrap();
        cluster.apply(&with(&json!({
            "primaryContainer": {"image": "shop:2", "containerPort": null, "repositoryCredentials": null},
            "networkConfiguration": {"subnets": null},
            "scalingTarget": {"maxTaskCount": null},
        })));
        cluster.until_ready().await;
        cluster.assert_idle().await;
        let updates = cluster.sent(UPDATE);
        assert_eq!(updates.len(), 1, "{omitted}");
        assert_eq!(updates[0]["primaryContainer"]["containerPort"], 8080);
        assert_eq!(updates[0]["scalingTarget"]["maxTaskCount"], 10);
        assert_eq!(
            updates[0]["networkConfiguration"]["securityGroups"],
            json!(["sg-0123abcd"])
        );
        assert_eq!(
            updates[0]["networkConfiguration"]["subnets"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
        assert_eq!(cluster.condition("Synced"), "True LeftInForce", "{omitted}");
    }
}

#[tokio::test]
async fn a_field_that_ecs_cannot_clear_stays_in_force_and_makes_no_update() {
    for (field, value) in [
        ("taskRoleArn", "role/task"),
        ("cpuArchitecture", "ARM64"),
        ("healthCheckPath", "/health"),
        ("networkConfiguration", "subnet-0123abcd"),
        ("scalingTarget", "2"),
    ] {
        let mut cluster = SimulatedCluster::ready(&everything()).await;
        // Only the subnets of the network: security groups can be cleared.
        let gone = match field {
            "networkConfiguration" => json!({"subnets": null}),
            _ => Value::Null,
        };
        cluster.apply(&with(&json!({ (field): gone })));
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(cluster.calls(UPDATE), 0, "{field}");
        assert_eq!(cluster.condition("Synced"), "True LeftInForce", "{field}");
        let message = cluster.message("Synced");
        assert!(
            message.contains(field) && message.contains(value),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_restart_is_one_update_with_the_same_configuration() {
    let mut cluster = SimulatedCluster::ready(&everything()).await;
    cluster.annotate("ecs-express.dev/restart", "1");
    cluster
        .until("sent", |cluster| cluster.calls(UPDATE) == 1)
        .await;
    cluster.until_ready().await;
    cluster.assert_idle().await;
    cluster.restart_operator();
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 1);
    assert!(
        cluster.sent(UPDATE)[0]["serviceArn"]
            .as_str()
            .unwrap()
            .ends_with(SERVICE)
    );
}
