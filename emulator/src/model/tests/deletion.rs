use serde_json::json;

use super::{SHOP, World, create_request};

#[test]
fn a_deleted_service_drains_becomes_inactive_and_is_purged() {
    let mut world = World::with_shop();
    let answer = world.delete().unwrap();
    assert_eq!(answer["service"]["status"]["statusCode"], "DRAINING");
    world.pass(89);
    assert_eq!(world.describe()["status"]["statusCode"], "DRAINING");
    world.pass(1);
    let service = world.describe();
    assert_eq!(service["status"]["statusCode"], "INACTIVE");
    assert_eq!(service["activeConfigurations"], json!([]));
    world.pass(3600);
    let body = json!({ "serviceArn": SHOP });
    let (code, _) = world.code("DescribeExpressGatewayService", body);
    assert_eq!(code, "ResourceNotFoundException");
}

#[test]
fn a_name_is_held_while_active_and_while_draining() {
    let mut world = World::with_shop();
    let (code, message) = world.code("CreateExpressGatewayService", create_request());
    assert_eq!(code, "InvalidParameterException");
    assert!(message.contains("Creation of service was not idempotent"));
    world.delete().unwrap();
    let (code, message) = world.code("CreateExpressGatewayService", create_request());
    assert_eq!(code, "InvalidParameterException");
    assert_eq!(message, "Unable to Start a service that is still Draining.");
}

#[test]
fn a_create_over_an_inactive_service_makes_a_new_one_under_the_same_arn() {
    let mut world = World::with_shop();
    let old = world.describe();
    let old_endpoint = old["activeConfigurations"][0]["ingressPaths"].clone();
    world.delete().unwrap();
    world.pass(90);
    let new = world.create(create_request()).unwrap()["service"].take();
    assert_eq!(new["serviceArn"], old["serviceArn"]);
    assert_ne!(new["createdAt"], old["createdAt"]);
    world.pass(150);
    let configuration = world.configuration();
    assert_ne!(configuration["ingressPaths"], old_endpoint);
    let task_definition = configuration["taskDefinitionArn"].as_str().unwrap();
    assert!(task_definition.ends_with(":2"), "{task_definition}");
}

#[test]
fn a_name_may_still_drain_after_its_service_is_inactive() {
    let mut world = World::with(&json!({ "drainingTailSeconds": 120 }));
    world.create(create_request()).unwrap();
    world.delete().unwrap();
    world.pass(100);
    assert_eq!(world.describe()["status"]["statusCode"], "INACTIVE");
    let (_, message) = world.code("CreateExpressGatewayService", create_request());
    assert_eq!(message, "Unable to Start a service that is still Draining.");
    world.pass(120);
    world.create(create_request()).unwrap();
}

#[test]
fn a_second_delete_says_in_which_status_the_service_is() {
    let mut world = World::with_shop();
    world.delete().unwrap();
    let error = world.delete().unwrap_err();
    assert_eq!(error.code, "ServiceNotActiveException");
    assert_eq!(error.message, "Service is in DRAINING status");
    world.pass(90);
    let error = world.delete().unwrap_err();
    assert_eq!(error.code, "ServiceNotActiveException");
    assert_eq!(
        error.message,
        "Cannot perform this operation on a service in INACTIVE status"
    );
    world.pass(3600);
    let error = world.delete().unwrap_err();
    assert_eq!(error.code, "InvalidParameterException");
    assert_eq!(error.message, "Resource not found");
}

#[test]
fn a_delete_stops_the_rollout_that_runs() {
    let mut world = World::with_shop();
    world.update(json!({}));
    world.pass(60);
    world.delete().unwrap();
    assert_eq!(world.deployment()["status"], "STOPPED");
    assert!(world.describe().get("currentDeployment").is_none());
}

#[test]
fn revisions_of_an_inactive_service_cannot_be_described() {
    let mut world = World::with_shop();
    let revision = world.configuration()["serviceRevisionArn"].take();
    world.delete().unwrap();
    world.pass(90);
    let body = json!({ "serviceRevisionArns": [revision] });
    let (code, message) = world.code("DescribeServiceRevisions", body);
    assert_eq!(code, "InvalidParameterException");
    assert_eq!(
        message,
        "Cannot call DescribeServiceRevisions for a service that is INACTIVE"
    );
}
