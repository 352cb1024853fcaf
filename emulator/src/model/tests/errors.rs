use serde_json::json;

use super::{SHOP, World, create_request, create_with};
use crate::model::Caller;

#[test]
fn a_service_that_never_was_is_not_found_in_each_actions_own_way() {
    let mut world = World::with_shop();
    let body = json!({ "serviceArn": format!("{SHOP}-2") });
    let (code, _) = world.code("DescribeExpressGatewayService", body.clone());
    assert_eq!(code, "ResourceNotFoundException");
    let (code, _) = world.code("UpdateExpressGatewayService", body.clone());
    assert_eq!(code, "ServiceNotFoundException");
    let (code, message) = world.code("DeleteExpressGatewayService", body.clone());
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("InvalidParameterException", "Resource not found")
    );
    world
        .model
        .change_settings(&json!({ "notFoundForm": "InvalidParameter" }))
        .unwrap();
    let (code, message) = world.code("DescribeExpressGatewayService", body);
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("InvalidParameterException", "Resource not found")
    );
}

#[test]
fn the_cluster_default_is_made_and_any_other_must_exist() {
    let mut world = World::with(&json!({ "clusters": ["team"] }));
    let (code, _) = world.code(
        "CreateExpressGatewayService",
        create_with(json!({ "cluster": "other" })),
    );
    assert_eq!(code, "ClusterNotFoundException");
    let (code, _) = world.code(
        "DescribeExpressGatewayService",
        json!({ "serviceArn": SHOP }),
    );
    assert_eq!(code, "ClusterNotFoundException");
    world.create(create_request()).unwrap();
    world.describe();
    let arn = "arn:aws:ecs:us-east-1:123456789012:cluster/team";
    let answer = world
        .create(create_with(json!({ "cluster": arn })))
        .unwrap();
    assert_eq!(answer["service"]["cluster"], "team");
}

#[test]
fn an_update_of_a_service_that_goes_away_is_refused() {
    let mut world = World::with_shop();
    world.delete().unwrap();
    let body = json!({ "serviceArn": SHOP });
    let (code, message) = world.code("UpdateExpressGatewayService", body.clone());
    assert_eq!(code, "ServiceNotActiveException");
    assert!(message.contains("DRAINING"));
    world.pass(90);
    let (code, message) = world.code("UpdateExpressGatewayService", body);
    assert_eq!(code, "ServiceNotActiveException");
    assert!(message.contains("INACTIVE"));
}

#[test]
fn a_service_lives_in_one_region_and_one_account() {
    let mut world = World::with_shop();
    world.caller.region = "eu-central-1".to_owned();
    let body = json!({ "serviceArn": SHOP });
    let (code, message) = world.code("DescribeExpressGatewayService", body.clone());
    assert_eq!(code, "InvalidParameterException");
    assert_eq!(
        message,
        "Identifier is for us-east-1. Your region is eu-central-1"
    );
    let answer = world.create(create_request()).unwrap();
    assert_ne!(answer["service"]["serviceArn"], SHOP);
    world.caller = Caller {
        account: "999999999999".to_owned(),
        region: "us-east-1".to_owned(),
    };
    let (code, message) = world.code("DescribeExpressGatewayService", body);
    assert_eq!(code, "InvalidParameterException");
    assert!(message.contains("999999999999"), "{message}");
}

#[test]
fn partitions_follow_the_region() {
    let mut world = World::new();
    world.caller.region = "us-gov-west-1".to_owned();
    let answer = world.create(create_request()).unwrap();
    let arn = answer["service"]["serviceArn"].as_str().unwrap();
    assert!(
        arn.starts_with("arn:aws-us-gov:ecs:us-gov-west-1:"),
        "{arn}"
    );
}

#[test]
fn an_unknown_action_is_told_what_there_is() {
    let (code, message) = World::new().code("RunTask", json!({}));
    assert_eq!(code, "UnknownOperationException");
    assert!(message.contains("DescribeServices"), "{message}");
}

#[test]
fn a_value_of_the_wrong_type_is_a_serialization_error() {
    let request = create_with(json!({ "cpu": 1024 }));
    let (code, _) = World::new().code("CreateExpressGatewayService", request);
    assert_eq!(code, "SerializationException");
}

#[test]
fn reads_may_miss_a_service_that_was_just_created() {
    let mut world = World::with(&json!({ "createVisibleSeconds": 10 }));
    world.create(create_request()).unwrap();
    let (code, _) = world.code(
        "DescribeExpressGatewayService",
        json!({ "serviceArn": SHOP }),
    );
    assert_eq!(code, "ResourceNotFoundException");
    let answer = world
        .call("DescribeServices", json!({ "services": ["shop"] }))
        .unwrap();
    assert_eq!(answer["failures"][0]["reason"], "MISSING");
    world.pass(10);
    world.describe();
}
