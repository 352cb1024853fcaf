use serde_json::json;

use super::{Fixture, SHOP, create_request, create_with};
use crate::model::Caller;

#[test]
fn each_action_reports_a_missing_service_in_its_own_way() {
    let mut ecs = Fixture::with_shop();
    let body = json!({ "serviceArn": format!("{SHOP}-2") });
    let (code, _) = ecs.error_of("DescribeExpressGatewayService", body.clone());
    assert_eq!(code, "ResourceNotFoundException");
    let (code, _) = ecs.error_of("UpdateExpressGatewayService", body.clone());
    assert_eq!(code, "ServiceNotFoundException");
    let (code, message) = ecs.error_of("DeleteExpressGatewayService", body.clone());
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("InvalidParameterException", "Resource not found")
    );
    ecs.model
        .change_settings(&json!({ "notFoundForm": "InvalidParameter" }))
        .unwrap();
    let (code, message) = ecs.error_of("DescribeExpressGatewayService", body);
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("InvalidParameterException", "Resource not found")
    );
}

#[test]
fn the_default_cluster_is_created_and_any_other_must_exist() {
    let mut ecs = Fixture::with(&json!({ "clusters": ["team"] }));
    let (code, _) = ecs.error_of(
        "CreateExpressGatewayService",
        create_with(json!({ "cluster": "other" })),
    );
    assert_eq!(code, "ClusterNotFoundException");
    let (code, _) = ecs.error_of(
        "DescribeExpressGatewayService",
        json!({ "serviceArn": SHOP }),
    );
    assert_eq!(code, "ClusterNotFoundException");
    ecs.create(create_request()).unwrap();
    ecs.describe();
    let arn = "arn:aws:ecs:us-east-1:123456789012:cluster/team";
    let answer = ecs.create(create_with(json!({ "cluster": arn }))).unwrap();
    assert_eq!(answer["service"]["cluster"], "team");
}

#[test]
fn an_update_of_a_draining_or_inactive_service_is_rejected() {
    let mut ecs = Fixture::with_shop();
    ecs.delete().unwrap();
    let body = json!({ "serviceArn": SHOP });
    let (code, message) = ecs.error_of("UpdateExpressGatewayService", body.clone());
    assert_eq!(code, "ServiceNotActiveException");
    assert!(message.contains("DRAINING"));
    ecs.advance(90);
    let (code, message) = ecs.error_of("UpdateExpressGatewayService", body);
    assert_eq!(code, "ServiceNotActiveException");
    assert!(message.contains("INACTIVE"));
}

#[test]
fn a_service_belongs_to_one_region_and_one_account() {
    let mut ecs = Fixture::with_shop();
    ecs.caller.region = "eu-central-1".to_owned();
    let body = json!({ "serviceArn": SHOP });
    let (code, message) = ecs.error_of("DescribeExpressGatewayService", body.clone());
    assert_eq!(code, "InvalidParameterException");
    assert_eq!(
        message,
        "Identifier is for us-east-1. Your region is eu-central-1"
    );
    let answer = ecs.create(create_request()).unwrap();
    assert_ne!(answer["service"]["serviceArn"], SHOP);
    ecs.caller = Caller {
        account: "999999999999".to_owned(),
        region: "us-east-1".to_owned(),
    };
    let (code, message) = ecs.error_of("DescribeExpressGatewayService", body);
    assert_eq!(code, "InvalidParameterException");
    assert!(message.contains("999999999999"), "{message}");
}

#[test]
fn partitions_follow_the_region() {
    let mut ecs = Fixture::new();
    ecs.caller.region = "us-gov-west-1".to_owned();
    let answer = ecs.create(create_request()).unwrap();
    let arn = answer["service"]["serviceArn"].as_str().unwrap();
    assert!(
        arn.starts_with("arn:aws-us-gov:ecs:us-gov-west-1:"),
        "{arn}"
    );
}

#[test]
fn the_error_for_an_unknown_action_lists_the_supported_ones() {
    let (code, message) = Fixture::new().error_of("RunTask", json!({}));
    assert_eq!(code, "UnknownOperationException");
    assert!(message.contains("DescribeServices"), "{message}");
}

#[test]
fn a_value_of_the_wrong_type_is_a_serialization_error() {
    let request = create_with(json!({ "cpu": 1024 }));
    let (code, _) = Fixture::new().error_of("CreateExpressGatewayService", request);
    assert_eq!(code, "SerializationException");
}

#[test]
fn reads_may_miss_a_new_service() {
    let mut ecs = Fixture::with(&json!({ "createVisibleSeconds": 10 }));
    ecs.create(create_request()).unwrap();
    let (code, _) = ecs.error_of(
        "DescribeExpressGatewayService",
        json!({ "serviceArn": SHOP }),
    );
    assert_eq!(code, "ResourceNotFoundException");
    let answer = ecs
        .call("DescribeServices", json!({ "services": ["shop"] }))
        .unwrap();
    assert_eq!(answer["failures"][0]["reason"], "MISSING");
    ecs.advance(10);
    ecs.describe();
}
