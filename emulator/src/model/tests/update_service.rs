use serde_json::{Value, json};

use super::{SHOP, World};

fn force(members: Value) -> Value {
    let mut body = json!({ "service": "shop", "forceNewDeployment": true });
    for (member, value) in members.as_object().unwrap() {
        body[member] = value.clone();
    }
    body
}

#[test]
fn a_forced_deployment_makes_a_revision_of_what_runs() {
    let mut world = World::with_shop();
    let before = world.configuration();
    let answer = world.call("UpdateService", force(json!({}))).unwrap();
    assert_eq!(answer["service"]["serviceArn"], SHOP);
    assert_eq!(answer["service"]["resourceManagementType"], "ECS");
    world.pass(600);
    let after = world.configuration();
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
    let mut world = World::with_shop();
    let before = world.configuration();
    world
        .call(
            "UpdateService",
            json!({ "service": SHOP, "cluster": "default" }),
        )
        .unwrap();
    world.pass(600);
    assert_eq!(world.configuration(), before);
}

#[test]
fn another_task_definition_rolls_out() {
    let mut world = World::with_shop();
    let mut definition = world
        .call(
            "DescribeTaskDefinition",
            json!({ "taskDefinition": "default-shop" }),
        )
        .unwrap()["taskDefinition"]
        .take();
    definition["runtimePlatform"]["cpuArchitecture"] = json!("ARM64");
    world.call("RegisterTaskDefinition", definition).unwrap();
    let body = json!({ "service": "shop", "taskDefinition": "default-shop:2" });
    world.call("UpdateService", body).unwrap();
    world.pass(600);
    assert_eq!(world.configuration()["cpuArchitecture"], "ARM64");
    let body = json!({ "service": "shop", "taskDefinition": "none:1" });
    let (code, message) = world.code("UpdateService", body);
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("ClientException", "TaskDefinition not found.")
    );
}

#[test]
fn what_express_owns_is_refused_and_so_is_what_is_not_modelled() {
    let mut world = World::with_shop();
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
        let (found, message) = world.code("UpdateService", force(members));
        assert_eq!(found, code);
        assert!(message.contains(word), "{message}");
    }
    assert!(world.describe().get("currentDeployment").is_none());
}

#[test]
fn only_a_service_that_is_there_and_active_is_updated() {
    let mut world = World::with_shop();
    let (code, _) = world.code("UpdateService", force(json!({ "service": "none" })));
    assert_eq!(code, "ServiceNotFoundException");
    let (code, _) = world.code("UpdateService", force(json!({ "cluster": "none" })));
    assert_eq!(code, "ClusterNotFoundException");
    world.delete().unwrap();
    let (code, _) = world.code("UpdateService", force(json!({})));
    assert_eq!(code, "ServiceNotActiveException");
}
