//! The lifecycle of a service, from its creation to its deletion.

use serde_json::{Value, json};

use super::{Aws, SHOP, images};
use crate::fixture::run_scenario;

#[tokio::test]
async fn the_cli_takes_a_service_from_create_to_inactive() {
    run_scenario("aws-cli", async |fixture| {
        let aws = Aws { fixture };
        roll_out(&aws).await;
        update(&aws).await;
        tag(&aws).await;
        list(&aws).await;
        delete(&aws).await;
    })
    .await;
}

async fn roll_out(aws: &Aws<'_>) {
    let service = aws.create_shop().await;
    assert_eq!(service["serviceArn"], SHOP);
    assert_eq!(service["status"]["statusCode"], "ACTIVE");
    assert_eq!(service.get("currentDeployment"), None);
    let deployment = aws.wait_for_deployment().await;
    assert_eq!(deployment["status"], "SUCCESSFUL");
    let service = aws.describe_shop().await;
    let active = &service["activeConfigurations"][0];
    let revision = &active["serviceRevisionArn"];
    assert_eq!(*revision, deployment["targetServiceRevision"]["arn"]);
    let endpoint = active["ingressPaths"][0]["endpoint"].as_str().unwrap();
    assert!(endpoint.starts_with("http"), "{endpoint}");
    check_revision(aws, revision.as_str().unwrap()).await;
}

async fn check_revision(aws: &Aws<'_>, arn: &str) {
    let answer = aws
        .call(&[
            "ecs",
            "describe-service-revisions",
            "--service-revision-arns",
            arn,
        ])
        .await;
    let managed = &answer["serviceRevisions"][0]["ecsManagedResources"];
    assert_eq!(
        managed["ingressPaths"][0]["loadBalancer"]["status"],
        "ACTIVE"
    );
}

async fn update(aws: &Aws<'_>) {
    let service = aws
        .update_shop(&[
            "--primary-container=image=registry.example/shop:2",
            "--cpu=512",
            "--memory=1024",
        ])
        .await;
    assert_eq!(service["targetConfiguration"]["cpu"], "512");
    aws.fixture.advance(60);
    let both = aws.describe_shop().await;
    assert_eq!(
        images(&both),
        ["registry.example/shop:1", "registry.example/shop:2"]
    );
    let deployment = aws.wait_for_deployment().await;
    assert_eq!(deployment["status"], "SUCCESSFUL");
    let target = &deployment["targetServiceRevision"]["arn"];
    assert_eq!(
        *target,
        service["targetConfiguration"]["serviceRevisionArn"]
    );
    assert_eq!(
        images(&aws.describe_shop().await),
        ["registry.example/shop:2"]
    );
}

async fn tag(aws: &Aws<'_>) {
    let tags = ["key=team,value=a", "key=stage,value=live"];
    let tag = ["ecs", "tag-resource", "--resource-arn", SHOP, "--tags"];
    assert_eq!(aws.call(&[&tag[..], &tags].concat()).await, Value::Null);
    let untag = [
        "ecs",
        "untag-resource",
        "--resource-arn",
        SHOP,
        "--tag-keys=stage",
    ];
    assert_eq!(aws.call(&untag).await, Value::Null);
    let list = ["ecs", "list-tags-for-resource", "--resource-arn", SHOP];
    let left = json!([{ "key": "team", "value": "a" }]);
    assert_eq!(aws.call(&list).await["tags"], left);
    assert_eq!(aws.describe_shop().await["tags"], left);
}

async fn list(aws: &Aws<'_>) {
    let listed = aws
        .call(&["ecs", "list-services", "--resource-management-type=ECS"])
        .await;
    assert_eq!(listed["serviceArns"], json!([SHOP]));
    let described = aws
        .call(&["ecs", "describe-services", "--services=shop"])
        .await;
    assert_eq!(described["services"][0]["resourceManagementType"], "ECS");
    assert_eq!(described["services"][0]["runningCount"], 1);
    let wait = ["ecs", "wait", "services-stable", "--services=shop"];
    assert_eq!(aws.call(&wait).await, Value::Null);
}

async fn delete(aws: &Aws<'_>) {
    let delete = [
        "ecs",
        "delete-express-gateway-service",
        "--service-arn",
        SHOP,
    ];
    assert_eq!(
        aws.call(&delete).await["service"]["status"]["statusCode"],
        "DRAINING"
    );
    assert_eq!(aws.refusal(&delete).await.code, "ServiceNotActiveException");
    aws.fixture.advance(120);
    assert_eq!(
        aws.describe_shop().await["status"]["statusCode"],
        "INACTIVE"
    );
    let wait = ["ecs", "wait", "services-inactive", "--services=shop"];
    assert_eq!(aws.call(&wait).await, Value::Null);
}
