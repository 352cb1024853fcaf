//! A configuration is read back as it was sent.

use serde_json::{Value, json};

use super::{Aws, CREATE_SHOP, EXECUTION, INFRASTRUCTURE, SHOP};
use crate::fixture::run_scenario;

const SECRET: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:";

/// Every member of a create that the CLI's own model knows. Environment and secrets are sorted, as in responses.
fn full() -> Value {
    json!({
        "serviceName": "shop",
        "cluster": "team",
        "infrastructureRoleArn": INFRASTRUCTURE,
        "executionRoleArn": EXECUTION,
        "taskRoleArn": "arn:aws:iam::123456789012:role/task",
        "primaryContainer": {
            "image": "registry.example/shop:1",
            "containerPort": 8080,
            "awsLogsConfiguration": { "logGroup": "/shop", "logStreamPrefix": "web" },
            "repositoryCredentials": { "credentialsParameter": format!("{SECRET}registry") },
            "command": ["serve", "--fast"],
            "environment": [{ "name": "APP", "value": "shop" }, { "name": "ZONE", "value": "b" }],
            "secrets": [{ "name": "TOKEN", "valueFrom": format!("{SECRET}token") }],
        },
        "healthCheckPath": "/healthz",
        "networkConfiguration": { "subnets": ["subnet-0a", "subnet-0b"], "securityGroups": ["sg-0a"] },
        "cpu": "512",
        "memory": "1024",
        "scalingTarget": {
            "minTaskCount": 2,
            "maxTaskCount": 6,
            "autoScalingMetric": "AVERAGE_MEMORY",
            "autoScalingTargetValue": 70,
        },
        "tags": [{ "key": "team", "value": "a" }],
    })
}

#[tokio::test]
async fn the_cli_reads_back_a_full_configuration() {
    run_scenario("aws-cli", async |fixture| {
        let aws = Aws { fixture };
        let full = full();
        let input = full.to_string();
        aws.call(&[
            "ecs",
            "create-express-gateway-service",
            "--cli-input-json",
            &input,
        ])
        .await;
        fixture.advance(10);
        let arn = SHOP.replace("default", "team");
        let describe = ["ecs", "describe-express-gateway-service", "--include=TAGS"];
        let answer = aws
            .call(&[&describe[..], &["--service-arn", &arn]].concat())
            .await;
        let service = &answer["service"];
        assert_eq!(service["tags"], full["tags"]);
        let active = &service["activeConfigurations"][0];
        for member in [
            "executionRoleArn",
            "taskRoleArn",
            "primaryContainer",
            "healthCheckPath",
            "cpu",
            "memory",
            "scalingTarget",
        ] {
            assert_eq!(active[member], full[member], "{member}");
        }
        let network = &active["networkConfiguration"];
        assert_eq!(network["subnets"], full["networkConfiguration"]["subnets"]);
        // ECS adds a managed group.
        let groups = network["securityGroups"].as_array().unwrap();
        assert!(groups.contains(&json!("sg-0a")), "{groups:?}");
    })
    .await;
}

#[tokio::test]
async fn the_cli_sets_an_architecture_once_its_model_knows_it() {
    run_scenario("aws-cli", async |fixture| {
        fixture.give_cli_the_model_of_boto3().await;
        let aws = Aws { fixture };
        let architecture = ["--cpu-architecture", "ARM64"];
        aws.call(&[&CREATE_SHOP[..], &architecture].concat()).await;
        fixture.advance(10);
        let service = aws.describe_shop().await;
        let active = &service["activeConfigurations"][0];
        assert_eq!(active["cpuArchitecture"], "ARM64");
        let service = aws.update_shop(&["--cpu-architecture=X86_64"]).await;
        let target = &service["targetConfiguration"];
        assert_eq!(target["cpuArchitecture"], "X86_64");
    })
    .await;
}
