//! Update: one call for each edit, none for what means the same.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    api_server::merge,
    world::{SERVICE, UPDATE, World},
};

/// Every field that can be changed.
pub fn everything() -> Value {
    json!({
        "taskRoleArn": "arn:aws:iam::123456789012:role/task",
        "primaryContainer": {
            "image": "shop:1",
            "containerPort": 8080,
            "command": ["serve", "--fast"],
            "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
            "secrets": [{"name": "S", "valueFrom": "arn:aws:ssm:eu-west-1:123456789012:parameter/s"}],
            "repositoryCredentials": {
                "credentialsParameter": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:registry"
            },
            "awsLogsConfiguration": {"logGroup": "/shop", "logStreamPrefix": "web"},
        },
        "healthCheckPath": "/health",
        "networkConfiguration": {
            "subnets": ["subnet-0123abcd", "subnet-4567abcd"],
            "securityGroups": ["sg-0123abcd"],
        },
        "cpu": "1024",
        "memory": "2048",
        "cpuArchitecture": "ARM64",
        "scalingTarget": {
            "minTaskCount": 2,
            "maxTaskCount": 10,
            "autoScalingMetric": "AVERAGE_CPU",
            "autoScalingTargetValue": 50,
        },
    })
}

/// The same with a change; null takes a field away.
pub fn with(change: &Value) -> Value {
    let mut spec = everything();
    merge(&mut spec, change);
    spec
}

/// The images of all updates.
fn images(world: &World) -> Vec<String> {
    let updates = world.sent(UPDATE);
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
    let mut world = World::ready(&everything()).await;
    for change in changes {
        let (before, updates) = (world.status().revisions, world.calls(UPDATE));
        let mut spec = world.api.spec(&world.key);
        merge(&mut spec, &change);
        world.apply(&spec);
        world.until_ready().await;
        world.run(Duration::from_secs(60)).await;
        assert_eq!(world.calls(UPDATE), updates + 1, "{change}");
        assert_ne!(world.status().revisions, before, "{change}");
        assert_eq!(world.condition("Synced"), "True InSync", "{change}");
    }
    world.rests().await;
}

#[tokio::test]
async fn of_several_edits_during_a_rollout_the_newest_wins_and_no_call_is_made_twice() {
    let mut world = World::ready(&json!({})).await;
    for image in ["shop:2", "shop:3", "shop:2", "shop:4"] {
        world.apply(&json!({"primaryContainer": {"image": image}}));
        world.run(Duration::from_secs(25)).await;
    }
    world.until_ready().await;
    world.rests().await;
    assert_eq!(images(&world), ["shop:2", "shop:3", "shop:2", "shop:4"]);
    assert_eq!(world.service()["activeRevisions"][0]["image"], "shop:4");
}

#[tokio::test]
async fn an_edit_that_is_taken_back_before_it_is_seen_is_no_call() {
    let mut world = World::ready(&json!({})).await;
    world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    world.apply(&json!({}));
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.calls(UPDATE), 0);
}

#[tokio::test]
async fn what_means_the_same_is_no_update() {
    let mut world = World::ready(&with(&json!({"cpu": "2048", "memory": "4096"}))).await;
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
        world.apply(&spec);
        world.until_ready().await;
        world.run(Duration::from_secs(600)).await;
        assert_eq!(world.calls(UPDATE), 0, "{change}");
    }
    world.rests().await;
}

#[tokio::test]
async fn lists_are_cleared_by_being_empty_and_by_being_left_out() {
    for gone in [json!([]), Value::Null] {
        for list in ["environment", "command", "secrets"] {
            let mut world = World::ready(&everything()).await;
            world.apply(&with(&json!({"primaryContainer": {(list): gone}})));
            world.until_ready().await;
            world.rests().await;
            let updates = world.sent(UPDATE);
            assert_eq!(updates.len(), 1, "{list} {gone}");
            assert_eq!(
                updates[0]["primaryContainer"][list],
                json!([]),
                "{list} {gone}"
            );
            assert_eq!(world.condition("Synced"), "True InSync");
        }
    }
}

#[tokio::test]
async fn a_list_that_ecs_does_not_clear_is_sent_once_and_said_to_be_left_in_force() {
    for list in ["environment", "command", "secrets"] {
        let mut world = World::ready(&everything()).await;
        world
            .emulator
            .change_settings(&json!({"emptyLists": "Keep"}))
            .unwrap();
        world.apply(&with(&json!({"primaryContainer": {(list): null}})));
        world.until_ready().await;
        world.rests().await;
        assert_eq!(world.calls(UPDATE), 1, "{list}");
        assert_eq!(world.condition("Synced"), "True LeftInForce", "{list}");
        assert!(
            world.message("Synced").contains(list),
            "{}",
            world.message("Synced")
        );
        assert_eq!(world.condition("Stalled"), "absent");
    }
}

#[tokio::test]
async fn members_that_an_edit_leaves_out_keep_their_value_whether_ecs_merges_or_replaces() {
    for omitted in ["Merge", "Replace"] {
        let mut world = World::ready(&everything()).await;
        world
            .emulator
            .change_settings(&json!({"omittedMembers": omitted}))
            .unwrap();
        world.apply(&with(&json!({
            "primaryContainer": {"image": "shop:2", "containerPort": null, "repositoryCredentials": null},
            "networkConfiguration": {"subnets": null},
            "scalingTarget": {"maxTaskCount": null},
        })));
        world.until_ready().await;
        world.rests().await;
        let updates = world.sent(UPDATE);
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
        assert_eq!(world.condition("Synced"), "True LeftInForce", "{omitted}");
    }
}

#[tokio::test]
async fn a_field_that_ecs_cannot_clear_stays_in_force_and_is_no_update() {
    for (field, value) in [
        ("taskRoleArn", "role/task"),
        ("cpuArchitecture", "ARM64"),
        ("healthCheckPath", "/health"),
        ("networkConfiguration", "subnet-0123abcd"),
        ("scalingTarget", "2"),
    ] {
        let mut world = World::ready(&everything()).await;
        // Of the network only the subnets: security groups can be cleared.
        let gone = match field {
            "networkConfiguration" => json!({"subnets": null}),
            _ => Value::Null,
        };
        world.apply(&with(&json!({ (field): gone })));
        world.until_ready().await;
        world.rests().await;
        assert_eq!(world.calls(UPDATE), 0, "{field}");
        assert_eq!(world.condition("Synced"), "True LeftInForce", "{field}");
        let message = world.message("Synced");
        assert!(
            message.contains(field) && message.contains(value),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_restart_is_one_update_with_the_same_configuration() {
    let mut world = World::ready(&everything()).await;
    world.annotate("ecs-express.dev/restart", "1");
    world.until("sent", |world| world.calls(UPDATE) == 1).await;
    world.until_ready().await;
    world.rests().await;
    world.restart_operator().await;
    world.rests().await;
    assert_eq!(world.calls(UPDATE), 1);
    assert!(
        world.sent(UPDATE)[0]["serviceArn"]
            .as_str()
            .unwrap()
            .ends_with(SERVICE)
    );
}
