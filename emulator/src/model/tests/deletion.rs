use serde_json::json;

use super::{Fixture, SHOP, create_request};

#[test]
fn a_deleted_service_drains_becomes_inactive_and_is_purged() {
    let mut ecs = Fixture::with_shop();
    let answer = ecs.delete().unwrap();
    assert_eq!(answer["service"]["status"]["statusCode"], "DRAINING");
    ecs.advance(89);
    assert_eq!(ecs.describe()["status"]["statusCode"], "DRAINING");
    ecs.advance(1);
    let service = ecs.describe();
    assert_eq!(service["status"]["statusCode"], "INACTIVE");
    assert_eq!(service["activeConfigurations"], json!([]));
    ecs.advance(3600);
    let body = json!({ "serviceArn": SHOP });
    let (code, _) = ecs.error_of("DescribeExpressGatewayService", body);
    assert_eq!(code, "ResourceNotFoundException");
}

#[test]
fn a_name_is_reserved_while_active_and_while_draining() {
    let mut ecs = Fixture::with_shop();
    let (code, message) = ecs.error_of("CreateExpressGatewayService", create_request());
    assert_eq!(code, "InvalidParameterException");
    assert!(message.contains("Creation of service was not idempotent"));
    ecs.delete().unwrap();
    let (code, message) = ecs.error_of("CreateExpressGatewayService", create_request());
    assert_eq!(code, "InvalidParameterException");
    assert_eq!(message, "Unable to Start a service that is still Draining.");
}

#[test]
fn a_create_over_an_inactive_service_creates_a_new_one_with_the_same_arn() {
    let mut ecs = Fixture::with_shop();
    let old = ecs.describe();
    let old_endpoint = old["activeConfigurations"][0]["ingressPaths"].clone();
    ecs.delete().unwrap();
    ecs.advance(90);
    let new = ecs.create(create_request()).unwrap()["service"].take();
    assert_eq!(new["serviceArn"], old["serviceArn"]);
    assert_ne!(new["createdAt"], old["createdAt"]);
    ecs.advance(150);
    let configuration = ecs.configuration();
    assert_ne!(configuration["ingressPaths"], old_endpoint);
    let task_definition = configuration["taskDefinitionArn"].as_str().unwrap();
    assert!(task_definition.ends_with(":2"), "{task_definition}");
}

#[test]
fn a_name_may_stay_reserved_after_its_service_is_inactive() {
    let mut ecs = Fixture::with(&json!({ "drainingTailSeconds": 120 }));
    ecs.create(create_request()).unwrap();
    ecs.delete().unwrap();
    ecs.advance(100);
    assert_eq!(ecs.describe()["status"]["statusCode"], "INACTIVE");
    let (_, message) = ecs.error_of("CreateExpressGatewayService", create_request());
    assert_eq!(message, "Unable to Start a service that is still Draining.");
    ecs.advance(120);
    ecs.create(create_request()).unwrap();
}

#[test]
fn a_second_delete_reports_the_status_of_the_service() {
    let mut ecs = Fixture::with_shop();
    ecs.delete().unwrap();
    let error = ecs.delete().unwrap_err();
    assert_eq!(error.code, "ServiceNotActiveException");
    assert_eq!(error.message, "Service is in DRAINING status");
    ecs.advance(90);
    let error = ecs.delete().unwrap_err();
    assert_eq!(error.code, "ServiceNotActiveException");
    assert_eq!(
        error.message,
        "Cannot perform this operation on a service in INACTIVE status"
    );
    ecs.advance(3600);
    let error = ecs.delete().unwrap_err();
    assert_eq!(error.code, "InvalidParameterException");
    assert_eq!(error.message, "Resource not found");
}

#[test]
fn a_delete_stops_the_running_deployment() {
    let mut ecs = Fixture::with_shop();
    ecs.update(json!({}));
    ecs.advance(60);
    ecs.delete().unwrap();
    assert_eq!(ecs.deployment()["status"], "STOPPED");
    assert!(ecs.describe().get("currentDeployment").is_none());
}

#[test]
fn revisions_of_an_inactive_service_cannot_be_described() {
    let mut ecs = Fixture::with_shop();
    let revision = ecs.configuration()["serviceRevisionArn"].take();
    ecs.delete().unwrap();
    ecs.advance(90);
    let body = json!({ "serviceRevisionArns": [revision] });
    let (code, message) = ecs.error_of("DescribeServiceRevisions", body);
    assert_eq!(code, "InvalidParameterException");
    assert_eq!(
        message,
        "Cannot call DescribeServiceRevisions for a service that is INACTIVE"
    );
}
