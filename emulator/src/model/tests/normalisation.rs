use serde_json::json;

use super::{World, create_request, create_with};

#[test]
fn every_unset_field_shows_the_default_in_force() {
    let mut world = World::with_shop();
    let configuration = world.configuration();
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
fn environment_and_secrets_come_back_sorted_by_name() {
    let mut world = World::new();
    let request = create_with(json!({ "primaryContainer": {
        "image": "shop:1",
        "environment": [{ "name": "B", "value": "2" }, { "name": "A", "value": "1" }],
        "secrets": [{ "name": "Z", "valueFrom": "z" }, { "name": "Y", "valueFrom": "y" }],
    } }));
    world.create(request).unwrap();
    world.pass(3);
    let container = world.configuration()["primaryContainer"].take();
    assert_eq!(container["environment"][0]["name"], "A");
    assert_eq!(container["secrets"][0]["name"], "Y");
}

#[test]
fn the_security_group_of_ecs_is_added_to_those_sent() {
    let mut world = World::new();
    let network = json!({ "networkConfiguration": {
        "securityGroups": ["sg-mine"],
        "subnets": ["subnet-a", "subnet-b"],
    } });
    world.create(create_with(network)).unwrap();
    world.pass(3);
    let network = world.configuration()["networkConfiguration"].take();
    assert_eq!(network["securityGroups"][0], "sg-mine");
    assert_eq!(network["securityGroups"].as_array().unwrap().len(), 2);
    assert_eq!(network["subnets"], json!(["subnet-a", "subnet-b"]));
}

#[test]
fn a_partial_scaling_target_is_filled() {
    let mut world = World::new();
    world
        .create(create_with(
            json!({ "scalingTarget": { "minTaskCount": 0 } }),
        ))
        .unwrap();
    world.pass(3);
    let scaling = world.configuration()["scalingTarget"].take();
    assert_eq!(scaling["minTaskCount"], 0);
    assert_eq!(scaling["maxTaskCount"], 20);
    assert_eq!(scaling["autoScalingMetric"], "AVERAGE_CPU");
}

#[test]
fn a_customers_task_definition_shows_a_derived_container_and_no_architecture() {
    let mut world = World::new();
    let arn = "arn:aws:ecs:us-east-1:123456789012:task-definition/web:7";
    let request = json!({
        "serviceName": "shop",
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infrastructure",
        "taskDefinitionArn": arn,
    });
    world.create(request).unwrap();
    world.pass(150);
    let configuration = world.configuration();
    assert_eq!(configuration["taskDefinitionArn"], arn);
    assert!(configuration["primaryContainer"]["image"].is_string());
    assert!(configuration["executionRoleArn"].is_string());
    assert!(configuration.get("cpuArchitecture").is_none());
    world.update(json!({ "scalingTarget": { "minTaskCount": 2 } }));
    world.pass(600);
    let configuration = world.configuration();
    assert_eq!(configuration["taskDefinitionArn"], arn);
    assert!(configuration.get("cpuArchitecture").is_none());
}

#[test]
fn the_cluster_and_the_endpoint_have_two_forms() {
    let mut world = World::with_shop();
    assert_eq!(world.describe()["cluster"], "default");
    world
        .model
        .change_settings(&json!({ "clusterForm": "Arn", "endpointForm": "Host" }))
        .unwrap();
    assert_eq!(
        world.describe()["cluster"],
        "arn:aws:ecs:us-east-1:123456789012:cluster/default"
    );
    let paths = world.configuration()["ingressPaths"].take();
    let endpoint = paths[0]["endpoint"].as_str().unwrap();
    assert!(
        endpoint.starts_with("127.0.0.1:4566/services/"),
        "{endpoint}"
    );
}

#[test]
fn an_endpoint_may_get_its_scheme_only_when_the_deployment_is_done() {
    let mut world = World::with(&json!({ "endpointForm": "HostThenUrl" }));
    world.create(create_request()).unwrap();
    world.pass(10);
    let early = world.configuration()["ingressPaths"][0]["endpoint"].take();
    world.pass(140);
    let late = world.configuration()["ingressPaths"][0]["endpoint"].take();
    assert_eq!(
        late.as_str().unwrap(),
        format!("http://{}", early.as_str().unwrap())
    );
}

/// A service with everything set, updated with a container that names only its image.
fn omitted(settings: serde_json::Value) -> serde_json::Value {
    let mut world = World::with(&settings);
    let request = create_with(json!({ "primaryContainer": {
        "image": "shop:1",
        "containerPort": 8080,
        "command": ["serve"],
        "environment": [{ "name": "A", "value": "1" }],
    } }));
    world.create(request).unwrap();
    world.pass(150);
    world.update(json!({ "primaryContainer": { "image": "shop:2", "environment": [] } }));
    world.pass(600);
    world.configuration()["primaryContainer"].take()
}

#[test]
fn absent_members_of_a_sent_container_fall_back_where_ecs_replaces() {
    let container = omitted(json!({}));
    assert_eq!(container["containerPort"], 80);
    assert_eq!(container["command"], json!([]));
    assert_eq!(container["environment"], json!([]));
}

#[test]
fn absent_members_of_a_sent_container_stay_where_ecs_merges() {
    let container = omitted(json!({ "omittedMembers": "Merge" }));
    assert_eq!(container["image"], "shop:2");
    assert_eq!(container["containerPort"], 8080);
    assert_eq!(container["command"], json!(["serve"]));
    assert_eq!(container["environment"], json!([]));
}

#[test]
fn an_empty_list_may_keep_the_old_one() {
    let container = omitted(json!({ "emptyLists": "Keep" }));
    assert_eq!(container["environment"][0]["name"], "A");
}

#[test]
fn absent_top_level_blocks_stay() {
    let mut world = World::with_shop();
    world.update(json!({ "primaryContainer": { "image": "shop:2", "command": ["serve"] } }));
    world.pass(600);
    world.update(json!({ "taskRoleArn": "arn:aws:iam::123456789012:role/task" }));
    world.pass(600);
    let configuration = world.configuration();
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
