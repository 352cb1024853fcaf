use serde_json::{Value, json};

use super::{Fixture, SHOP};

fn force(members: Value) -> Value {
    let mut body = json!({ "service": "shop", "forceNewDeployment": true });
    for (member, value) in members.as_object().unwrap() {
        body[member] = value.clone();
    }
    body
}

#[test]
fn a_forced_deployment_creates_a_revision_with_the_current_configuration() {
    let mut ecs = Fixture::with_shop();
    let before = ecs.configuration();
    let answer = ecs.call("UpdateService", force(json!({}))).unwrap();
    assert_eq!(answer["service"]["serviceArn"], SHOP);
    assert_eq!(answer["service"]["resourceManagementType"], "ECS");
    ecs.advance(600);
    let after = ecs.configuration();
    assert_ne!(after["serviceRevisionArn"], before["serviceRevisionArn"]);
    for member in [
        "taskDefinitionArn",
        "cpu",
        "primaryContainer",
        "networkConfiguration",
    ] {
        assert_eq!(after[member], before[member], "{member}");
    }
}

#[test]
fn an_update_without_a_member_changes_nothing() {
    let mut ecs = Fixture::with_shop();
    let before = ecs.configuration();
    ecs.call(
        "UpdateService",
        json!({ "service": SHOP, "cluster": "default" }),
    )
    .unwrap();
    ecs.advance(600);
    assert_eq!(ecs.configuration(), before);
}

#[test]
fn another_task_definition_is_deployed() {
    let mut ecs = Fixture::with_shop();
    let mut definition = ecs
        .call(
            "DescribeTaskDefinition",
            json!({ "taskDefinition": "default-shop" }),
        )
        .unwrap()["taskDefinition"]
        .take();
    definition["runtimePlatform"]["cpuArchitecture"] = json!("ARM64");
    ecs.call("RegisterTaskDefinition", definition).unwrap();
    let body = json!({ "service": "shop", "taskDefinition": "default-shop:2" });
    ecs.call("UpdateService", body).unwrap();
    ecs.advance(600);
    assert_eq!(ecs.configuration()["cpuArchitecture"], "ARM64");
    let body = json!({ "service": "shop", "taskDefinition": "none:1" });
    let (code, message) = ecs.error_of("UpdateService", body);
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("ClientException", "TaskDefinition not found.")
    );
}

#[test]
fn members_that_express_manages_or_the_model_lacks_are_rejected() {
    let mut ecs = Fixture::with_shop();
    for (members, code, word) in [
        (
            json!({ "deploymentConfiguration": { "maximumPercent": 100 } }),
            "InvalidParameterException",
            "deploymentConfiguration",
        ),
        (
            json!({ "loadBalancers": [] }),
            "InvalidParameterException",
            "loadBalancers",
        ),
        (
            json!({ "desiredCount": 0 }),
            "UnsupportedFeatureException",
            "desiredCount",
        ),
    ] {
        let (found, message) = ecs.error_of("UpdateService", force(members));
        assert_eq!(found, code);
        assert!(message.contains(word), "{message}");
    }
    assert!(ecs.describe().get("currentDeployment").is_none());
}

#[test]
fn only_an_existing_active_service_is_updated() {
    let mut ecs = Fixture::with_shop();
    let (code, _) = ecs.error_of("UpdateService", force(json!({ "service": "none" })));
    assert_eq!(code, "ServiceNotFoundException");
    let (code, _) = ecs.error_of("UpdateService", force(json!({ "cluster": "none" })));
    assert_eq!(code, "ClusterNotFoundException");
    ecs.delete().unwrap();
    let (code, _) = ecs.error_of("UpdateService", force(json!({})));
    assert_eq!(code, "ServiceNotActiveException");
}
