//! Every behavior that can be selected where AWS is ambiguous.

use serde_json::{Value, json};

use super::{Fixture, SHOP, create_request, create_with};
use crate::model::Change;

const OWN_DEFINITION: &str = "arn:aws:ecs:us-east-1:123456789012:task-definition/own:3";

fn shop_with(settings: &Value, members: Value) -> Fixture {
    let mut ecs = Fixture::with(settings);
    ecs.create(create_with(members)).unwrap();
    ecs.advance(150);
    ecs
}

fn after(ecs: &mut Fixture, members: Value) -> Value {
    ecs.update(members);
    ecs.advance(600);
    ecs.configuration()
}

#[test]
fn a_block_absent_from_an_update_is_kept_or_reset() {
    let members = json!({ "cpu": "512", "memory": "1024", "healthCheckPath": "/up" });
    for (answer, cpu, path) in [("Keep", "512", "/up"), ("Reset", "1024", "/")] {
        let mut ecs = shop_with(&json!({ "omittedBlocks": answer }), members.clone());
        let shown = after(&mut ecs, json!({}));
        assert_eq!(shown["cpu"], cpu);
        assert_eq!(shown["healthCheckPath"], path);
        let image = &shown["primaryContainer"]["image"];
        assert_eq!(image, "registry.example/shop:1");
    }
}

#[test]
fn an_empty_string_is_rejected_or_clears_the_value() {
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
    let mut ecs = shop_with(&json!({}), members.clone());
    let mut body = update.clone();
    body["serviceArn"] = json!(SHOP);
    let (code, _) = ecs.error_of("UpdateExpressGatewayService", body);
    assert_eq!(code, "InvalidParameterException");
    let settings = json!({ "emptyStrings": "Clear", "omittedMembers": "Merge" });
    let mut ecs = shop_with(&settings, members);
    let shown = after(&mut ecs, update);
    assert!(shown.get("taskRoleArn").is_none());
    assert_eq!(shown["healthCheckPath"], "/");
    let container = &shown["primaryContainer"];
    assert!(container.get("repositoryCredentials").is_none());
}

#[test]
fn defaults_are_those_of_the_selected_source() {
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
fn a_create_with_a_taken_name_fails_in_one_of_two_ways_or_returns_the_service() {
    for (answer, code) in [
        ("NotIdempotent", "InvalidParameterException"),
        ("ClientException", "ClientException"),
    ] {
        let mut ecs = shop_with(&json!({ "takenName": answer }), json!({}));
        assert_eq!(ecs.create(create_request()).unwrap_err().code, code);
    }
    let mut ecs = shop_with(&json!({ "takenName": "Existing" }), json!({}));
    let again = ecs.create(create_request()).unwrap();
    let shown = &again["service"]["activeConfigurations"];
    assert_eq!(
        shown[0]["serviceRevisionArn"],
        ecs.configuration()["serviceRevisionArn"]
    );
}

#[test]
fn a_name_taken_by_a_customers_service_has_its_own_setting() {
    let mut ecs = Fixture::with(&json!({ "takenByCustomer": "ClientException" }));
    ecs.model.change(Change::Customer("shop".into())).unwrap();
    assert_eq!(
        ecs.create(create_request()).unwrap_err().code,
        "ClientException"
    );
}

#[test]
fn an_update_waits_for_the_running_deployment() {
    let mut ecs = shop_with(&json!({ "updateInDeployment": "Queue" }), json!({}));
    ecs.update(json!({ "healthCheckPath": "/one" }));
    ecs.advance(60);
    let answer = ecs.update(json!({ "healthCheckPath": "/two" }));
    assert_eq!(answer["targetConfiguration"]["healthCheckPath"], "/two");
    ecs.advance(456);
    let shown = ecs.configuration();
    assert_eq!(shown["healthCheckPath"], "/one", "the first has succeeded");
    ecs.advance(60);
    assert_eq!(
        ecs.describe()["activeConfigurations"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    ecs.advance(600);
    assert_eq!(ecs.configuration()["healthCheckPath"], "/two");
    let list = ecs
        .call("ListServiceDeployments", json!({ "service": SHOP }))
        .unwrap();
    let list = list["serviceDeployments"].as_array().unwrap();
    assert!(
        list.iter().all(|one| one["status"] == "SUCCESSFUL"),
        "{list:?}"
    );
}

#[test]
fn an_update_during_a_deployment_is_rejected() {
    let mut ecs = shop_with(&json!({ "updateInDeployment": "Refuse" }), json!({}));
    ecs.update(json!({}));
    let (code, message) =
        ecs.error_of("UpdateExpressGatewayService", json!({ "serviceArn": SHOP }));
    assert_eq!(code, "ClientException");
    assert!(message.contains("in progress"), "{message}");
    let force = json!({ "service": SHOP, "forceNewDeployment": true });
    let (code, _) = ecs.error_of("UpdateService", force);
    assert_eq!(code, "ClientException");
    ecs.advance(600);
    ecs.update(json!({}));
}

#[test]
fn absent_lists_are_empty_or_omitted() {
    for (answer, absent) in [("EmptyList", false), ("Omitted", true)] {
        let mut ecs = Fixture::with(&json!({ "emptyForm": answer }));
        ecs.create(create_request()).unwrap();
        assert_eq!(ecs.describe().get("activeConfigurations").is_none(), absent);
        ecs.advance(4);
        assert_eq!(ecs.configuration().get("ingressPaths").is_none(), absent);
    }
}

#[test]
fn status_reasons_are_shown_where_the_setting_says() {
    for (answer, on_service, on_deployment) in [
        ("Deployments", false, true),
        ("Everywhere", true, true),
        ("Nowhere", false, false),
    ] {
        let mut ecs = shop_with(&json!({ "statusReasons": answer }), json!({}));
        ecs.update(json!({}));
        ecs.advance(10);
        let stopped = ecs.deployment()["serviceDeploymentArn"].take();
        ecs.update(json!({}));
        let status = ecs.describe()["status"].take();
        assert_eq!(status.get("statusReason").is_some(), on_service, "{answer}");
        let body = json!({ "serviceDeploymentArns": [stopped] });
        let described = ecs.call("DescribeServiceDeployments", body).unwrap();
        let deployment = &described["serviceDeployments"][0];
        assert_eq!(
            deployment.get("statusReason").is_some(),
            on_deployment,
            "{answer}"
        );
    }
}

#[test]
fn changes_of_subnets_are_rejected_as_the_setting_says() {
    let private = ["subnet-0private1", "subnet-0private2"];
    let other = ["subnet-0other1", "subnet-0other2"];
    for (answer, to_other, to_private) in [
        ("Any", true, true),
        ("SameAccess", true, false),
        ("None", false, false),
    ] {
        for (subnets, allowed) in [(other, to_other), (private, to_private)] {
            let settings = json!({ "subnetChanges": answer, "privateSubnets": private });
            let mut ecs = shop_with(&settings, json!({}));
            let body = json!({
                "serviceArn": SHOP, "networkConfiguration": { "subnets": subnets },
            });
            let updated = ecs.call("UpdateExpressGatewayService", body);
            assert_eq!(updated.is_ok(), allowed, "{answer} {subnets:?}");
        }
    }
}

#[test]
fn a_switch_to_a_customers_task_definition_is_made_rejected_or_ignored() {
    let own = json!({ "serviceArn": SHOP, "taskDefinitionArn": OWN_DEFINITION });
    let mut ecs = shop_with(&json!({ "modeSwitch": "Accept" }), json!({}));
    ecs.call("UpdateExpressGatewayService", own.clone())
        .unwrap();
    ecs.advance(600);
    assert_eq!(ecs.configuration()["taskDefinitionArn"], OWN_DEFINITION);
    let mut ecs = shop_with(&json!({ "modeSwitch": "Refuse" }), json!({}));
    let (code, _) = ecs.error_of("UpdateExpressGatewayService", own.clone());
    assert_eq!(code, "InvalidParameterException");
    let mut ecs = shop_with(&json!({ "modeSwitch": "Ignore" }), json!({}));
    ecs.call("UpdateExpressGatewayService", own).unwrap();
    ecs.advance(600);
    assert_ne!(ecs.configuration()["taskDefinitionArn"], OWN_DEFINITION);
}

#[test]
fn a_switch_back_to_a_managed_task_definition_can_be_ignored_too() {
    let mut ecs = Fixture::with(&json!({ "modeSwitch": "Ignore" }));
    let mut request = create_with(json!({ "taskDefinitionArn": OWN_DEFINITION }));
    let members = request.as_object_mut().unwrap();
    members.remove("executionRoleArn");
    members.remove("primaryContainer");
    ecs.create(request).unwrap();
    ecs.advance(150);
    let shown = after(&mut ecs, json!({ "cpu": "512", "healthCheckPath": "/up" }));
    assert_eq!(shown["taskDefinitionArn"], OWN_DEFINITION);
    assert_eq!(shown["cpu"], "1024");
    assert_eq!(shown["healthCheckPath"], "/up");
}

#[test]
fn a_revision_shows_or_omits_scaling_and_health_check() {
    for (answer, shown) in [("Full", true), ("Partial", false)] {
        let mut ecs = shop_with(&json!({ "revisionDetail": answer }), json!({}));
        let arn = ecs.configuration()["serviceRevisionArn"].take();
        let body = json!({ "serviceRevisionArns": [arn] });
        let described = ecs.call("DescribeServiceRevisions", body).unwrap();
        let resources = &described["serviceRevisions"][0]["ecsManagedResources"];
        assert_eq!(resources.get("autoScaling").is_some(), shown);
        let group = &resources["ingressPaths"][0]["targetGroups"][0];
        assert_eq!(group.get("healthCheckPath").is_some(), shown);
        assert!(group["arn"].is_string());
    }
}

#[test]
fn a_policy_that_requires_a_condition_key_denies_only_if_none_is_sent() {
    for (policy, keys, allowed) in [
        ("Required", "Absent", false),
        ("Required", "Sent", true),
        ("IfExists", "Absent", true),
        ("Unconditional", "Absent", true),
    ] {
        let mut ecs = Fixture::with(&json!({ "callerPolicy": policy, "conditionKeys": keys }));
        match ecs.create(create_request()) {
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
fn an_identical_update_does_nothing_if_set() {
    let mut ecs = shop_with(&json!({ "identicalUpdate": "NoOp" }), json!({}));
    let before = ecs.configuration();
    let answer = ecs.update(create_request());
    assert_eq!(answer["targetConfiguration"], before);
    ecs.advance(30);
    assert!(ecs.describe().get("currentDeployment").is_none());
    let shown = after(&mut ecs, json!({ "healthCheckPath": "/up" }));
    assert_eq!(shown["healthCheckPath"], "/up");
}

#[test]
fn tasks_can_run_on_another_architecture_than_declared() {
    let mut ecs = shop_with(&json!({ "architecture": "Arm64" }), json!({}));
    let shown = ecs.configuration();
    assert_eq!(shown["cpuArchitecture"], "X86_64");
    let body = json!({ "serviceRevisionArns": [shown["serviceRevisionArn"]] });
    let described = ecs.call("DescribeServiceRevisions", body).unwrap();
    let overrides = &described["serviceRevisions"][0]["overrides"];
    assert_eq!(overrides["runtimePlatform"]["cpuArchitecture"], "ARM64");
}
