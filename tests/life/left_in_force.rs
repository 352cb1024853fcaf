//! What stays in force in ECS though the spec no longer has it: every field is named, and it is told once.

use ecs_express_emulator::Fault;
use serde_json::{Value, json};

use crate::{
    update::{everything, with},
    world::{UPDATE, World},
};

#[tokio::test]
async fn every_field_that_stays_in_force_is_named_and_told_by_one_event() {
    let mut world = World::ready(&everything()).await;
    world
        .emulator
        .change_settings(&json!({"emptyLists": "Keep"}))
        .unwrap();
    world.apply(&with(&json!({
        "taskRoleArn": null,
        "cpuArchitecture": null,
        "healthCheckPath": null,
        "scalingTarget": {"minTaskCount": null},
        "primaryContainer": {"environment": null},
    })));
    world.until_condition("Synced", "True LeftInForce").await;
    world.until_ready().await;
    world.rests().await;
    let message = world.message("Synced");
    for field in [
        "spec.taskRoleArn",
        "spec.cpuArchitecture",
        "spec.healthCheckPath",
        "spec.scalingTarget.minTaskCount",
        "spec.primaryContainer.environment",
    ] {
        assert!(message.contains(field), "{field}: {message}");
    }
    let ready = world.message("Ready");
    assert!(
        ready.contains("spec.primaryContainer.environment"),
        "{ready}"
    );
    let events = world.take_events();
    let told = |events: &[&str]| events.iter().filter(|it| **it == "LeftInForce").count();
    assert_eq!(told(&events), 1, "{events:?}");
}

#[tokio::test]
async fn a_refused_switch_of_the_metric_says_that_the_target_value_comes_from_ecs() {
    let scaling = |metric: &str, value: Value| json!({"scalingTarget": {"autoScalingMetric": metric, "autoScalingTargetValue": value}});
    let requests = scaling("REQUEST_COUNT_PER_TARGET", json!(1000));
    let mut world = World::ready(&requests).await;
    world.apply(&scaling("AVERAGE_CPU", Value::Null));
    world
        .until_condition("Stalled", "True InvalidParameter")
        .await;
    let message = world.message("Stalled");
    for words in [
        "spec.scalingTarget.autoScalingTargetValue",
        "1000",
        "not in the spec",
    ] {
        assert!(message.contains(words), "{words}: {message}");
    }
    world.apply(&scaling("AVERAGE_CPU", json!(60)));
    world.until_ready().await;
    world.rests().await;
}

#[tokio::test]
async fn a_refusal_that_quotes_a_value_in_force_says_where_the_value_comes_from() {
    let mut world =
        World::ready(&json!({"scalingTarget": {"minTaskCount": 5, "maxTaskCount": 10}})).await;
    world.apply(&json!({"scalingTarget": {"maxTaskCount": 3}}));
    world
        .until_condition("Stalled", "True InvalidParameter")
        .await;
    let message = world.message("Stalled");
    assert!(
        message.contains("spec.scalingTarget.minTaskCount") && message.contains("not in the spec"),
        "{message}"
    );
    assert!(!message.contains("containerPort"), "{message}");
}

#[tokio::test]
async fn a_refusal_of_what_the_spec_sets_speaks_of_no_value_in_force() {
    let mut world = World::ready(&everything()).await;
    world.emulator.fail_next(Fault::new(
        UPDATE,
        "InvalidParameterException",
        "healthCheckPath is odd",
    ));
    world.apply(&with(&json!({"healthCheckPath": "/odd"})));
    world
        .until_condition("Stalled", "True InvalidParameter")
        .await;
    let message = world.message("Stalled");
    assert!(!message.contains("not in the spec"), "{message}");
}
