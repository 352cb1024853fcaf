//! Both answers of each question that AWS leaves open.

use serde_json::{Value, json};

use super::{SHOP, World, create_request, create_with};
use crate::model::Change;

const OWN_DEFINITION: &str = "arn:aws:ecs:us-east-1:123456789012:task-definition/own:3";

fn shop_with(settings: &Value, members: Value) -> World {
    let mut world = World::with(settings);
    world.create(create_with(members)).unwrap();
    world.pass(150);
    world
}

fn after(world: &mut World, members: Value) -> Value {
    world.update(members);
    world.pass(600);
    world.configuration()
}

#[test]
fn a_block_absent_from_an_update_is_kept_or_reset() {
    let members = json!({ "cpu": "512", "memory": "1024", "healthCheckPath": "/up" });
    for (answer, cpu, path) in [("Keep", "512", "/up"), ("Reset", "1024", "/")] {
        let mut world = shop_with(&json!({ "omittedBlocks": answer }), members.clone());
        let shown = after(&mut world, json!({}));
        assert_eq!(shown["cpu"], cpu);
        assert_eq!(shown["healthCheckPath"], path);
        let image = &shown["primaryContainer"]["image"];
        assert_eq!(image, "registry.example/shop:1");
    }
}

#[test]
fn an_empty_string_is_refused_or_clears() {
    let members = json!({
        "taskRoleArn": "arn:aws:iam::123456789012:role/task",
        "healthCheckPath": "/up",
        "primaryContainer": {
            "image": "registry.example/shop:1",
            "repositoryCredentials": { "credentialsParameter": "arn:aws:secretsmanager:x" },
        },
    });
    let update = json!({
        "taskRoleArn": "",
        "healthCheckPath": "",
        "primaryContainer": {
            "image": "registry.example/shop:1",
            "repositoryCredentials": { "credentialsParameter": "" },
        },
    });
    let mut world = shop_with(&json!({}), members.clone());
    let mut body = update.clone();
    body["serviceArn"] = json!(SHOP);
    let (code, _) = world.code("UpdateExpressGatewayService", body);
    assert_eq!(code, "InvalidParameterException");
    let settings = json!({ "emptyStrings": "Clear", "omittedMembers": "Merge" });
    let mut world = shop_with(&settings, members);
    let shown = after(&mut world, update);
    assert!(shown.get("taskRoleArn").is_none());
    assert_eq!(shown["healthCheckPath"], "/");
    let container = &shown["primaryContainer"];
    assert!(container.get("repositoryCredentials").is_none());
}

#[test]
fn defaults_are_those_of_the_source_that_is_believed() {
    for (source, cpu, memory, path, most) in [
        ("DeveloperGuide", "1024", "2048", "/", 20),
        ("ApiReference", "256", "512", "/ping", 20),
        ("CloudFormation", "256", "512", "/ping", 1),
    ] {
        let shown = shop_with(&json!({ "defaults": source }), json!({})).configuration();
        assert_eq!(shown["cpu"], cpu);
        assert_eq!(shown["memory"], memory);
        assert_eq!(shown["healthCheckPath"], path);
        assert_eq!(shown["scalingTarget"]["maxTaskCount"], most);
    }
}

#[test]
fn a_taken_name_is_no_idempotent_create_or_a_client_exception_or_the_service_itself() {
    for (answer, code) in [
        ("NotIdempotent", "InvalidParameterException"),
        ("ClientException", "ClientException"),
    ] {
        let mut world = shop_with(&json!({ "takenName": answer }), json!({}));
        assert_eq!(world.create(create_request()).unwrap_err().code, code);
    }
    let mut world = shop_with(&json!({ "takenName": "Existing" }), json!({}));
    let again = world.create(create_request()).unwrap();
    let shown = &again["service"]["activeConfigurations"];
    assert_eq!(
        shown[0]["serviceRevisionArn"],
        world.configuration()["serviceRevisionArn"]
    );
}

#[test]
fn a_name_taken_by_a_customers_service_has_an_answer_of_its_own() {
    let mut world = World::with(&json!({ "takenByCustomer": "ClientException" }));
    world.model.change(Change::Customer("shop".into())).unwrap();
    assert_eq!(
        world.create(create_request()).unwrap_err().code,
        "ClientException"
    );
}

#[test]
fn an_update_waits_for_the_deployment_that_runs() {
    let mut world = shop_with(&json!({ "updateInDeployment": "Queue" }), json!({}));
    world.update(json!({ "healthCheckPath": "/one" }));
    world.pass(60);
    let answer = world.update(json!({ "healthCheckPath": "/two" }));
    assert_eq!(answer["targetConfiguration"]["healthCheckPath"], "/two");
    world.pass(456);
    let shown = world.configuration();
    assert_eq!(shown["healthCheckPath"], "/one", "the first has succeeded");
    world.pass(60);
    assert_eq!(
        world.describe()["activeConfigurations"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    world.pass(600);
    assert_eq!(world.configuration()["healthCheckPath"], "/two");
    let list = world
        .call("ListServiceDeployments", json!({ "service": SHOP }))
        .unwrap();
    let list = list["serviceDeployments"].as_array().unwrap();
    assert!(
        list.iter().all(|one| one["status"] == "SUCCESSFUL"),
        "{list:?}"
    );
}

#[test]
fn an_update_in_a_deployment_is_refused() {
    let mut world = shop_with(&json!({ "updateInDeployment": "Refuse" }), json!({}));
    world.update(json!({}));
    let (code, message) = world.code("UpdateExpressGatewayService", json!({ "serviceArn": SHOP }));
    assert_eq!(code, "ClientException");
    assert!(message.contains("in progress"), "{message}");
    let force = json!({ "service": SHOP, "forceNewDeployment": true });
    let (code, _) = world.code("UpdateService", force);
    assert_eq!(code, "ClientException");
    world.pass(600);
    world.update(json!({}));
}

#[test]
fn what_is_not_there_yet_is_an_empty_list_or_nothing() {
    for (answer, absent) in [("EmptyList", false), ("Omitted", true)] {
        let mut world = World::with(&json!({ "emptyForm": answer }));
        world.create(create_request()).unwrap();
        assert_eq!(
            world.describe().get("activeConfigurations").is_none(),
            absent
        );
        world.pass(4);
        assert_eq!(world.configuration().get("ingressPaths").is_none(), absent);
    }
}

#[test]
fn status_reasons_are_shown_as_far_as_is_wanted() {
    for (answer, on_service, on_deployment) in [
        ("Deployments", false, true),
        ("Everywhere", true, true),
        ("Nowhere", false, false),
    ] {
        let mut world = shop_with(&json!({ "statusReasons": answer }), json!({}));
        world.update(json!({}));
        world.pass(10);
        let stopped = world.deployment()["serviceDeploymentArn"].take();
        world.update(json!({}));
        let status = world.describe()["status"].take();
        assert_eq!(status.get("statusReason").is_some(), on_service, "{answer}");
        let body = json!({ "serviceDeploymentArns": [stopped] });
        let described = world.call("DescribeServiceDeployments", body).unwrap();
        let deployment = &described["serviceDeployments"][0];
        assert_eq!(
            deployment.get("statusReason").is_some(),
            on_deployment,
            "{answer}"
        );
    }
}

#[test]
fn other_subnets_are_refused_as_far_as_is_set() {
    let private = ["subnet-0private1", "subnet-0private2"];
    let other = ["subnet-0other1", "subnet-0other2"];
    for (answer, to_other, to_private) in [
        ("Any", true, true),
        ("SameAccess", true, false),
        ("None", false, false),
    ] {
        for (subnets, allowed) in [(other, to_other), (private, to_private)] {
            let settings = json!({ "subnetChanges": answer, "privateSubnets": private });
            let mut world = shop_with(&settings, json!({}));
            let body = json!({
                "serviceArn": SHOP, "networkConfiguration": { "subnets": subnets },
            });
            let updated = world.call("UpdateExpressGatewayService", body);
            assert_eq!(updated.is_ok(), allowed, "{answer} {subnets:?}");
        }
    }
}

#[test]
fn a_switch_to_a_customers_task_definition_is_made_or_refused_or_ignored() {
    let own = json!({ "serviceArn": SHOP, "taskDefinitionArn": OWN_DEFINITION });
    let mut world = shop_with(&json!({ "modeSwitch": "Accept" }), json!({}));
    world
        .call("UpdateExpressGatewayService", own.clone())
        .unwrap();
    world.pass(600);
    assert_eq!(world.configuration()["taskDefinitionArn"], OWN_DEFINITION);
    let mut world = shop_with(&json!({ "modeSwitch": "Refuse" }), json!({}));
    let (code, _) = world.code("UpdateExpressGatewayService", own.clone());
    assert_eq!(code, "InvalidParameterException");
    let mut world = shop_with(&json!({ "modeSwitch": "Ignore" }), json!({}));
    world.call("UpdateExpressGatewayService", own).unwrap();
    world.pass(600);
    assert_ne!(world.configuration()["taskDefinitionArn"], OWN_DEFINITION);
}

#[test]
fn a_switch_back_to_a_managed_task_definition_can_be_ignored_too() {
    let mut world = World::with(&json!({ "modeSwitch": "Ignore" }));
    let mut request = create_with(json!({ "taskDefinitionArn": OWN_DEFINITION }));
    let members = request.as_object_mut().unwrap();
    members.remove("executionRoleArn");
    members.remove("primaryContainer");
    world.create(request).unwrap();
    world.pass(150);
    let shown = after(
        &mut world,
        json!({ "cpu": "512", "healthCheckPath": "/up" }),
    );
    assert_eq!(shown["taskDefinitionArn"], OWN_DEFINITION);
    assert_eq!(shown["cpu"], "1024");
    assert_eq!(shown["healthCheckPath"], "/up");
}

#[test]
fn a_revision_tells_scaling_and_health_check_or_not() {
    for (answer, tells) in [("Full", true), ("Partial", false)] {
        let mut world = shop_with(&json!({ "revisionDetail": answer }), json!({}));
        let arn = world.configuration()["serviceRevisionArn"].take();
        let body = json!({ "serviceRevisionArns": [arn] });
        let described = world.call("DescribeServiceRevisions", body).unwrap();
        let resources = &described["serviceRevisions"][0]["ecsManagedResources"];
        assert_eq!(resources.get("autoScaling").is_some(), tells);
        let group = &resources["ingressPaths"][0]["targetGroups"][0];
        assert_eq!(group.get("healthCheckPath").is_some(), tells);
        assert!(group["arn"].is_string());
    }
}

#[test]
fn a_policy_that_requires_a_condition_key_fails_only_where_none_is_sent() {
    for (policy, keys, allowed) in [
        ("Required", "Absent", false),
        ("Required", "Sent", true),
        ("IfExists", "Absent", true),
        ("Unconditional", "Absent", true),
    ] {
        let mut world = World::with(&json!({ "callerPolicy": policy, "conditionKeys": keys }));
        match world.create(create_request()) {
            Ok(_) => assert!(allowed, "{policy} {keys}"),
            Err(error) => {
                assert!(!allowed, "{policy} {keys}");
                assert_eq!(error.code, "AccessDeniedException");
                assert!(error.message.contains("iam:PassRole"), "{error}");
            }
        }
    }
}

#[test]
fn an_identical_update_does_nothing_where_that_is_the_answer() {
    let mut world = shop_with(&json!({ "identicalUpdate": "NoOp" }), json!({}));
    let before = world.configuration();
    let answer = world.update(create_request());
    assert_eq!(answer["targetConfiguration"], before);
    world.pass(30);
    assert!(world.describe().get("currentDeployment").is_none());
    let shown = after(&mut world, json!({ "healthCheckPath": "/up" }));
    assert_eq!(shown["healthCheckPath"], "/up");
}

#[test]
fn tasks_can_run_on_another_architecture_than_declared() {
    let mut world = shop_with(&json!({ "architecture": "Arm64" }), json!({}));
    let shown = world.configuration();
    assert_eq!(shown["cpuArchitecture"], "X86_64");
    let body = json!({ "serviceRevisionArns": [shown["serviceRevisionArn"]] });
    let described = world.call("DescribeServiceRevisions", body).unwrap();
    let overrides = &described["serviceRevisions"][0]["overrides"];
    assert_eq!(overrides["runtimePlatform"]["cpuArchitecture"], "ARM64");
}
