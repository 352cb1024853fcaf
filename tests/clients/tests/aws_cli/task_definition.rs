//! A service that runs a given task definition.

use serde_json::json;

use super::{Aws, EXECUTION, INFRASTRUCTURE, SHOP, images};
use crate::fixture::run_scenario;

#[tokio::test]
async fn the_cli_runs_a_registered_task_definition_and_its_next_revision() {
    run_scenario("aws-cli", async |fixture| {
        let aws = Aws { fixture };
        let first = register(&aws, "registry.example/shop:1").await;
        let second = register(&aws, "registry.example/shop:2").await;
        let described = aws
            .call(&["ecs", "describe-task-definition", "--task-definition=shop"])
            .await;
        let described = &described["taskDefinition"];
        assert_eq!(described["taskDefinitionArn"], second);
        assert_eq!(described["runtimePlatform"]["cpuArchitecture"], "ARM64");
        create(&aws, &first).await;
        fixture.advance(600);
        let service = aws.describe_shop().await;
        let active = &service["activeConfigurations"][0];
        assert_eq!(active["taskDefinitionArn"], first);
        aws.update_shop(&["--task-definition-arn", &second]).await;
        fixture.advance(600);
        assert_eq!(
            images(&aws.describe_shop().await),
            ["registry.example/shop:2"]
        );
        force_new_deployment(&aws).await;
        check_cluster(&aws).await;
    })
    .await;
}

async fn register(aws: &Aws<'_>, image: &str) -> String {
    let container = json!([{
        "name": "Main",
        "image": image,
        "portMappings": [{ "name": "http", "containerPort": 8080, "protocol": "tcp" }],
    }]);
    let answer = aws
        .call(&[
            "ecs",
            "register-task-definition",
            "--family=shop",
            "--requires-compatibilities=FARGATE",
            "--network-mode=awsvpc",
            "--cpu=512",
            "--memory=1024",
            "--execution-role-arn",
            EXECUTION,
            "--runtime-platform=cpuArchitecture=ARM64,operatingSystemFamily=LINUX",
            "--container-definitions",
            &container.to_string(),
        ])
        .await;
    let arn = answer["taskDefinition"]["taskDefinitionArn"].as_str();
    arn.unwrap().to_owned()
}

async fn create(aws: &Aws<'_>, definition: &str) {
    aws.call(&[
        "ecs",
        "create-express-gateway-service",
        "--service-name=shop",
        "--infrastructure-role-arn",
        INFRASTRUCTURE,
        "--task-definition-arn",
        definition,
    ])
    .await;
}

async fn force_new_deployment(aws: &Aws<'_>) {
    let before = aws.newest_deployment().await;
    let answer = aws
        .call(&[
            "ecs",
            "update-service",
            "--service",
            SHOP,
            "--force-new-deployment",
        ])
        .await;
    assert_eq!(answer["service"]["serviceArn"], SHOP);
    let after = aws.wait_for_deployment().await;
    assert_eq!(after["status"], "SUCCESSFUL");
    assert_ne!(
        after["serviceDeploymentArn"],
        before["serviceDeploymentArn"]
    );
}

async fn check_cluster(aws: &Aws<'_>) {
    let answer = aws
        .call(&[
            "ecs",
            "describe-clusters",
            "--clusters",
            "default",
            "absent",
        ])
        .await;
    assert_eq!(answer["clusters"][0]["activeServicesCount"], 1);
    assert_eq!(answer["failures"][0]["reason"], "MISSING");
}
