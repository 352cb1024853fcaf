use serde_json::json;

use super::{Fixture, create_request, create_with};

#[test]
fn every_unset_member_shows_its_default() {
    let mut ecs = Fixture::with_shop();
    let configuration = ecs.configuration();
    assert_eq!(configuration["cpu"], "1024");
    assert_eq!(configuration["memory"], "2048");
    assert_eq!(configuration["healthCheckPath"], "/");
    assert_eq!(configuration["cpuArchitecture"], "X86_64");
    assert_eq!(
        configuration["scalingTarget"],
        json!({
            "minTaskCount": 1,
            "maxTaskCount": 20,
            "autoScalingMetric": "AVERAGE_CPU",
            "autoScalingTargetValue": 60,
        })
    );
    let container = &configuration["primaryContainer"];
    assert_eq!(container["containerPort"], 80);
    assert_eq!(container["command"], json!([]));
    assert_eq!(container["awsLogsConfiguration"]["logStreamPrefix"], "ecs");
    let log_group = container["awsLogsConfiguration"]["logGroup"]
        .as_str()
        .unwrap();
    assert!(
        log_group.starts_with("/aws/ecs/default/shop-"),
        "{log_group}"
    );
    let task_definition = configuration["taskDefinitionArn"].as_str().unwrap();
    assert!(
        task_definition.ends_with("task-definition/default-shop:1"),
        "{task_definition}"
    );
    let network = &configuration["networkConfiguration"];
    assert_eq!(network["subnets"].as_array().unwrap().len(), 2);
    assert_eq!(network["securityGroups"].as_array().unwrap().len(), 1);
}

#[test]
fn environment_and_secrets_are_returned_sorted_by_name() {
    let mut ecs = Fixture::new();
    let request = create_with(json!({ "primaryContainer": {
        "image": "shop:1",
        "environment": [{ "name": "B", "value": "2" }, { "name": "A", "value": "1" }],
        "secrets": [{ "name": "Z", "valueFrom": "z" }, { "name": "Y", "valueFrom": "y" }],
    } }));
    ecs.create(request).unwrap();
    ecs.advance(3);
    let container = ecs.configuration()["primaryContainer"].take();
    assert_eq!(container["environment"][0]["name"], "A");
    assert_eq!(container["secrets"][0]["name"], "Y");
}

#[test]
fn the_managed_security_group_is_added_to_the_requested_ones() {
    let mut ecs = Fixture::new();
    let network = json!({ "networkConfiguration": {
        "securityGroups": ["sg-mine"],
        "subnets": ["subnet-a", "subnet-b"],
    } });
    ecs.create(create_with(network)).unwrap();
    ecs.advance(3);
    let network = ecs.configuration()["networkConfiguration"].take();
    assert_eq!(network["securityGroups"][0], "sg-mine");
    assert_eq!(network["securityGroups"].as_array().unwrap().len(), 2);
    assert_eq!(network["subnets"], json!(["subnet-a", "subnet-b"]));
}

#[test]
fn a_partial_scaling_target_is_completed() {
    let mut ecs = Fixture::new();
    ecs.create(create_with(
        json!({ "scalingTarget": { "minTaskCount": 0 } }),
    ))
    .unwrap();
    ecs.advance(3);
    let scaling = ecs.configuration()["scalingTarget"].take();
    assert_eq!(scaling["minTaskCount"], 0);
    assert_eq!(scaling["maxTaskCount"], 20);
    assert_eq!(scaling["autoScalingMetric"], "AVERAGE_CPU");
}

#[test]
fn a_customers_task_definition_shows_a_derived_container_and_no_architecture() {
    let mut ecs = Fixture::new();
    let arn = "arn:aws:ecs:us-east-1:123456789012:task-definition/web:7";
    let request = json!({
        "serviceName": "shop",
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infrastructure",
        "taskDefinitionArn": arn,
    });
    ecs.create(request).unwrap();
    ecs.advance(150);
    let configuration = ecs.configuration();
    assert_eq!(configuration["taskDefinitionArn"], arn);
    assert!(configuration["primaryContainer"]["image"].is_string());
    assert!(configuration["executionRoleArn"].is_string());
    assert!(configuration.get("cpuArchitecture").is_none());
    ecs.update(json!({ "scalingTarget": { "minTaskCount": 2 } }));
    ecs.advance(600);
    let configuration = ecs.configuration();
    assert_eq!(configuration["taskDefinitionArn"], arn);
    assert!(configuration.get("cpuArchitecture").is_none());
}

#[test]
fn the_cluster_and_the_endpoint_have_two_forms() {
    let mut ecs = Fixture::with_shop();
    assert_eq!(ecs.describe()["cluster"], "default");
    ecs.model
        .change_settings(&json!({ "clusterForm": "Arn", "endpointForm": "Host" }))
        .unwrap();
    assert_eq!(
        ecs.describe()["cluster"],
        "arn:aws:ecs:us-east-1:123456789012:cluster/default"
    );
    let paths = ecs.configuration()["ingressPaths"].take();
    let endpoint = paths[0]["endpoint"].as_str().unwrap();
    assert!(
        endpoint.starts_with("127.0.0.1:4566/services/"),
        "{endpoint}"
    );
}

#[test]
fn an_endpoint_may_get_its_scheme_only_after_the_deployment() {
    let mut ecs = Fixture::with(&json!({ "endpointForm": "HostThenUrl" }));
    ecs.create(create_request()).unwrap();
    ecs.advance(10);
    let early = ecs.configuration()["ingressPaths"][0]["endpoint"].take();
    ecs.advance(140);
    let late = ecs.configuration()["ingressPaths"][0]["endpoint"].take();
    assert_eq!(
        late.as_str().unwrap(),
        format!("http://{}", early.as_str().unwrap())
    );
}

/// Updates a service that has every member set with a container that has only an image.
fn omitted(settings: serde_json::Value) -> serde_json::Value {
    let mut ecs = Fixture::with(&settings);
    let request = create_with(json!({ "primaryContainer": {
        "image": "shop:1",
        "containerPort": 8080,
        "command": ["serve"],
        "environment": [{ "name": "A", "value": "1" }],
    } }));
    ecs.create(request).unwrap();
    ecs.advance(150);
    ecs.update(json!({ "primaryContainer": { "image": "shop:2", "environment": [] } }));
    ecs.advance(600);
    ecs.configuration()["primaryContainer"].take()
}

#[test]
fn absent_members_of_a_container_get_defaults_if_ecs_replaces() {
    let container = omitted(json!({}));
    assert_eq!(container["containerPort"], 80);
    assert_eq!(container["command"], json!([]));
    assert_eq!(container["environment"], json!([]));
}

#[test]
fn absent_members_of_a_container_are_kept_if_ecs_merges() {
    let container = omitted(json!({ "omittedMembers": "Merge" }));
    assert_eq!(container["image"], "shop:2");
    assert_eq!(container["containerPort"], 8080);
    assert_eq!(container["command"], json!(["serve"]));
    assert_eq!(container["environment"], json!([]));
}

#[test]
fn an_empty_list_may_keep_the_previous_one() {
    let container = omitted(json!({ "emptyLists": "Keep" }));
    assert_eq!(container["environment"][0]["name"], "A");
}

#[test]
fn absent_top_level_blocks_are_kept() {
    let mut ecs = Fixture::with_shop();
    ecs.update(json!({ "primaryContainer": { "image": "shop:2", "command": ["serve"] } }));
    ecs.advance(600);
    ecs.update(json!({ "taskRoleArn": "arn:aws:iam::123456789012:role/task" }));
    ecs.advance(600);
    let configuration = ecs.configuration();
    assert_eq!(
        configuration["primaryContainer"]["command"],
        json!(["serve"])
    );
    assert_eq!(
        configuration["taskRoleArn"],
        "arn:aws:iam::123456789012:role/task"
    );
    assert_eq!(
        configuration["executionRoleArn"],
        "arn:aws:iam::123456789012:role/execution"
    );
}
