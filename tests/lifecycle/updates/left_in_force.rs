//! Values that stay in force in ECS after they were removed from the spec: each field is named, and reported once.

use ecs_express_emulator::Fault;
use serde_json::{Value, json};

use crate::{
    harness::full_spec::{everything, with},
    harness::simulated_cluster::{SimulatedCluster, UPDATE},
};

#[tokio::test]
async fn every_field_that_stays_in_force_is_named_and_reported_by_one_event() {
    let mut cluster = SimulatedCluster::ready(&everything()).await;
    cluster
        .emulator
        .change_settings(&json!({"emptyLists": "Keep"}))
        .unwrap();
    cluster.apply(&with(&json!({
        "taskRoleArn": null,
        "cpuArchitecture": null,
        "healthCheckPath": null,
        "scalingTarget": {"minTaskCount": null},
        "primaryContainer": {"environment": null},
    })));
    cluster.until_condition("Synced", "True LeftInForce").await;
    cluster.until_ready().await;
    cluster.assert_idle().await;
    let message = cluster.message("Synced");
    for field in [
        "spec.taskRoleArn",
        "spec.cpuArchitecture",
        "spec.healthCheckPath",
        "spec.scalingTarget.minTaskCount",
        "spec.primaryContainer.environment",
    ] {
        assert!(message.contains(field), "{field}: {message}");
    }
    let ready = cluster.message("Ready");
    assert!(
        ready.contains("spec.primaryContainer.environment"),
        "{ready}"
    );
    let events = cluster.take_events();
    let reported = |events: &[&str]| events.iter().filter(|it| **it == "LeftInForce").count();
    assert_eq!(reported(&events), 1, "{events:?}");
}

#[tokio::test]
async fn a_rejected_change_of_the_metric_says_that_the_target_value_comes_from_ecs() {
    let scaling = |metric: &str, value: Value| json!({"scalingTarget": {"autoScalingMetric": metric, "autoScalingTargetValue": value}});
    let requests = scaling("REQUEST_COUNT_PER_TARGET", json!(1000));
    let mut cluster = SimulatedCluster::ready(&requests).await;
    cluster.apply(&scaling("AVERAGE_CPU", Value::Null));
    cluster
        .until_condition("Stalled", "True InvalidParameter")
        .await;
    let message = cluster.message("Stalled");
    for words in [
        "spec.scalingTarget.autoScalingTargetValue",
        "1000",
        "not in the spec",
    ] {
        assert!(message.contains(words), "{words}: {message}");
    }
    cluster.apply(&scaling("AVERAGE_CPU", json!(60)));
    cluster.until_ready().await;
    cluster.assert_idle().await;
}

#[tokio::test]
async fn a_rejected_cpu_says_that_the_memory_comes_from_ecs() {
    let mut cluster = SimulatedCluster::ready(&json!({"cpu": "256", "memory": "512"})).await;
    cluster.apply(&json!({"cpu": "1024"}));
    cluster
        .until_condition("Stalled", "True InvalidParameter")
        .await;
    let message = cluster.message("Stalled");
    let origin = "not in the spec but still in force in ECS counts as well: spec.memory 512";
    assert!(message.contains(origin), "{message}");
    cluster.apply(&json!({"cpu": "1024", "memory": "2048"}));
    cluster.until_ready().await;
    cluster.assert_idle().await;
}

#[tokio::test]
async fn an_error_that_quotes_a_value_in_force_says_where_the_value_comes_from() {
    let mut cluster =
        SimulatedCluster::ready(&json!({"scalingTarget": {"minTaskCount": 5, "maxTaskCount": 10}}))
            .await;
    cluster.apply(&json!({"scalingTarget": {"maxTaskCount": 3}}));
    cluster
        .until_condition("Stalled", "True InvalidParameter")
        .await;
    let message = cluster.message("Stalled");
    assert!(
        message.contains("spec.scalingTarget.minTaskCount") && message.contains("not in the spec"),
        "{message}"
    );
    assert!(!message.contains("containerPort"), "{message}");
}

#[tokio::test]
async fn an_error_about_a_value_of_the_spec_mentions_no_value_in_force() {
    let mut cluster = SimulatedCluster::ready(&everything()).await;
    cluster.emulator.fail_next(Fault::new(
        UPDATE,
        "InvalidParameterException",
        "healthCheckPath is odd",
    ));
    cluster.apply(&with(&json!({"healthCheckPath": "/odd"})));
    cluster
        .until_condition("Stalled", "True InvalidParameter")
        .await;
    let message = cluster.message("Stalled");
    assert!(!message.contains("not in the spec"), "{message}");
}

#[tokio::test]
async fn an_error_that_contains_the_name_of_a_member_only_as_a_part_of_a_word_mentions_no_value_in_force()
 {
    let scaling = |metric: &str, value: Value| json!({"scalingTarget": {"autoScalingMetric": metric, "autoScalingTargetValue": value}});
    let memory = scaling("AVERAGE_MEMORY", json!(70));
    let mut cluster = SimulatedCluster::ready(&memory).await;
    cluster.emulator.fail_next(Fault::new(
        UPDATE,
        "InvalidParameterException",
        "descaling of subimages is not supported",
    ));
    cluster.apply(&scaling("AVERAGE_CPU", Value::Null));
    cluster
        .until_condition("Stalled", "True InvalidParameter")
        .await;
    let message = cluster.message("Stalled");
    assert!(!message.contains("not in the spec"), "{message}");
    assert!(!message.contains("spec."), "{message}");
}
