use serde_json::{Value, json};

use super::{Fixture, create_request, create_with};

fn rejected(members: Value) -> String {
    let mut ecs = Fixture::new();
    let (code, message) = ecs.error_of("CreateExpressGatewayService", create_with(members));
    assert_eq!(code, "InvalidParameterException", "{message}");
    message
}

#[test]
fn the_error_of_a_create_names_the_missing_member() {
    for (member, word) in [
        ("infrastructureRoleArn", "InfrastructureRoleArn"),
        ("executionRoleArn", "ExecutionRoleArn"),
        ("primaryContainer", "PrimaryContainer"),
    ] {
        assert!(rejected(json!({ member: null })).contains(word));
    }
}

#[test]
fn a_task_definition_excludes_the_members_that_it_determines() {
    let arn = "arn:aws:ecs:us-east-1:123456789012:task-definition/web:7";
    let message = rejected(json!({ "taskDefinitionArn": arn, "cpu": "256" }));
    assert!(
        message.contains("primaryContainer, executionRoleArn, cpu"),
        "{message}"
    );
}

#[test]
fn malformed_values_are_rejected_by_member() {
    let cases = [
        (
            json!({ "infrastructureRoleArn": "role/x" }),
            "infrastructureRoleArn",
        ),
        (
            json!({ "executionRoleArn": "arn:aws:iam::1:role/x" }),
            "executionRoleArn",
        ),
        (
            json!({ "taskRoleArn": "arn:aws:iam::123456789012:user/x" }),
            "taskRoleArn",
        ),
        (json!({ "serviceName": "no spaces" }), "no spaces"),
        (json!({ "cluster": "a/b" }), "a/b"),
        (json!({ "healthCheckPath": "health" }), "healthCheckPath"),
        (json!({ "cpuArchitecture": "RISCV" }), "X86_64, ARM64"),
        (
            json!({ "networkConfiguration": { "subnets": ["net-1", "net-2"] } }),
            "subnets",
        ),
        (
            json!({ "networkConfiguration": { "subnets": ["subnet-1"] } }),
            "At least two",
        ),
        (
            json!({ "networkConfiguration": { "securityGroups": ["x"] } }),
            "securityGroups",
        ),
        (json!({ "primaryContainer": {} }), "image"),
        (
            json!({ "primaryContainer": { "image": "a", "containerPort": 0 } }),
            "containerPort",
        ),
        (
            json!({ "scalingTarget": { "minTaskCount": 3, "maxTaskCount": 2 } }),
            "minTaskCount 3",
        ),
        (
            json!({ "scalingTarget": { "autoScalingMetric": "LOAD" } }),
            "AVERAGE_MEMORY",
        ),
        (
            json!({ "scalingTarget": { "autoScalingTargetValue": 0 } }),
            "autoScalingTargetValue",
        ),
    ];
    for (members, word) in cases {
        let message = rejected(members);
        assert!(message.contains(word), "{message} should name {word}");
    }
}

#[test]
fn only_pairs_of_cpu_and_memory_that_fargate_offers_are_accepted() {
    for (cpu, memory) in [("256", "512"), ("1024", "8192"), ("16384", "122880")] {
        let mut ecs = Fixture::new();
        let members = json!({ "cpu": cpu, "memory": memory });
        ecs.create(create_with(members)).unwrap();
    }
    for (cpu, memory) in [
        ("256", "4096"),
        ("300", "512"),
        ("4096", "8191"),
        ("1 vCPU", "2 GB"),
    ] {
        let message = rejected(json!({ "cpu": cpu, "memory": memory }));
        assert!(
            message.contains("No Fargate configuration exists"),
            "{message}"
        );
    }
}

#[test]
fn a_pair_is_checked_together_with_the_current_value() {
    let mut ecs = Fixture::with_shop();
    let body = json!({ "serviceArn": super::SHOP, "cpu": "4096" });
    let (code, _) = ecs.error_of("UpdateExpressGatewayService", body);
    assert_eq!(code, "InvalidParameterException");
    assert!(ecs.describe().get("currentDeployment").is_none());
}

#[test]
fn a_variable_and_a_secret_cannot_share_a_name() {
    let message = rejected(json!({ "primaryContainer": {
        "image": "shop:1",
        "environment": [{ "name": "TOKEN", "value": "x" }],
        "secrets": [{ "name": "TOKEN", "valueFrom": "y" }],
    } }));
    assert!(message.contains("TOKEN"), "{message}");
}

#[test]
fn unknown_members_are_ignored() {
    let mut ecs = Fixture::new();
    ecs.create(create_with(json!({ "color": "red" }))).unwrap();
}

#[test]
fn a_missing_name_is_generated_from_the_image() {
    let mut ecs = Fixture::new();
    let mut request = create_request();
    request.as_object_mut().unwrap().remove("serviceName");
    let answer = ecs.create(request).unwrap();
    let name = answer["service"]["serviceName"].as_str().unwrap();
    assert!(name.starts_with("shop-"), "{name}");
}
