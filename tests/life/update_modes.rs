//! The forms in which ECS may answer, and the two modes of a task definition: none is ever a difference.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    update::everything,
    world::{CREATE, UPDATE, World},
};

fn task_definition(revision: u32) -> Value {
    json!({
        "primaryContainer": null,
        "executionRoleArn": null,
        "taskDefinitionArn": format!("arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:{revision}"),
    })
}

#[tokio::test]
async fn a_service_lives_in_every_form_of_answers() {
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
        let mut world = World::with(json!({"bakeSeconds": 10})).await;
        world.emulator.change_settings(&settings).unwrap();
        world.apply(&everything());
        world.until_ready().await;
        assert_eq!(world.condition("Synced"), "True InSync", "{settings}");
        let url = world.status().url.unwrap();
        assert!(url.contains("://"), "{url}");
        world.rests().await;
        assert_eq!(
            (world.calls(CREATE), world.calls(UPDATE)),
            (1, 0),
            "{settings}"
        );
        world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
        world.until_ready().await;
        world.rests().await;
        assert_eq!(
            (world.calls(CREATE), world.calls(UPDATE)),
            (1, 1),
            "{settings}"
        );
        world.delete();
        world.until_gone().await;
        assert_eq!(world.service()["statusCode"], "INACTIVE", "{settings}");
    }
}

#[tokio::test]
async fn a_named_cluster_is_given_by_name_or_by_arn() {
    for cluster in ["web", "arn:aws:ecs:eu-west-1:123456789012:cluster/web"] {
        let mut world = World::with(json!({"clusters": ["web"], "clusterForm": "Arn"})).await;
        world.apply(&json!({"cluster": cluster}));
        world.until_ready().await;
        world.rests().await;
        assert_eq!(world.service()["cluster"], "web");
        assert_eq!((world.calls(CREATE), world.calls(UPDATE)), (1, 0));
    }
}

#[tokio::test]
async fn a_given_task_definition_runs_and_what_it_decides_is_no_difference() {
    let mut world = World::ready(&task_definition(1)).await;
    assert_eq!(world.condition("Synced"), "True InSync");
    world.rests().await;
    assert_eq!(world.calls(UPDATE), 0);
    world.apply(&task_definition(2));
    world.until_ready().await;
    world.rests().await;
    assert_eq!(world.calls(UPDATE), 1);
    assert_eq!(world.condition("Synced"), "True InSync");
}

#[tokio::test]
async fn each_switch_of_the_mode_is_one_update() {
    let mut world = World::ready(&everything()).await;
    for (updates, spec) in [
        (1, task_definition(1)),
        (2, everything()),
        (3, task_definition(1)),
    ] {
        world.apply(&spec);
        world.until_ready().await;
        world.rests().await;
        assert_eq!(world.calls(UPDATE), updates);
        assert_eq!(world.condition("Stalled"), "absent");
    }
    assert!(world.sent(UPDATE)[0]["primaryContainer"].is_null());
    assert_eq!(world.sent(UPDATE)[1]["primaryContainer"]["image"], "shop:1");
}

#[tokio::test]
async fn scaling_of_part_of_its_members_is_no_difference() {
    for member in ["minTaskCount", "maxTaskCount", "autoScalingTargetValue"] {
        let mut world = World::ready(&json!({"scalingTarget": {(member): 5}})).await;
        world.run(Duration::from_secs(60)).await;
        assert_eq!(world.condition("Synced"), "True InSync", "{member}");
        world.rests().await;
    }
}
