use serde_json::{Value, json};

use super::{World, create_request};
use crate::model::{Change, Usability};

const ROLE: &str = "arn:aws:iam::123456789012:role/infrastructure";

fn decide(world: &mut World, usability: Usability) {
    let arn = ROLE.to_owned();
    world.model.change(Change::Role { arn, usability }).unwrap();
}

fn balancer(world: &mut World) -> Value {
    let arn = world.configuration()["serviceRevisionArn"].take();
    let body = json!({ "serviceRevisionArns": [arn] });
    let mut answer = world.call("DescribeServiceRevisions", body).unwrap();
    answer["serviceRevisions"][0]["ecsManagedResources"]["ingressPaths"][0]["loadBalancer"].take()
}

#[test]
fn a_new_role_is_refused_at_once_until_it_has_spread() {
    for (form, code, words) in [
        (
            "AccessDenied",
            "AccessDeniedException",
            "Cannot assume role",
        ),
        ("ClientException", "ClientException", "not able to validate"),
    ] {
        let settings = json!({ "roleUsableAfterSeconds": 120, "unusableRole": form });
        let mut world = World::with(&settings);
        for _ in 0..2 {
            let error = world.create(create_request()).unwrap_err();
            assert_eq!(error.code, code);
            assert!(error.message.contains(words), "{error}");
            world.pass(60);
        }
        world.create(create_request()).unwrap();
        world.pass(150);
        assert_eq!(world.deployment()["status"], "SUCCESSFUL");
    }
}

#[test]
fn a_role_denied_later_leaves_everything_provisioning_for_good() {
    let mut world = World::with(&json!({
        "roleUsableAfterSeconds": 60, "unusableRole": "Accepted",
    }));
    world.create(create_request()).unwrap();
    world.pass(3000);
    assert_eq!(world.deployment()["status"], "IN_PROGRESS");
    let shown = balancer(&mut world);
    assert_eq!(shown["status"], "PROVISIONING");
    let reason = shown["statusReason"].as_str().unwrap();
    assert!(
        reason.contains("assumed-role/infrastructure/ECSGateway"),
        "{reason}"
    );
    world.update(json!({}));
    world.pass(3000);
    assert_eq!(
        world.deployment()["status"],
        "IN_PROGRESS",
        "an Update does not help"
    );
    world.delete().unwrap();
    world.pass(100);
    world.create(create_request()).unwrap();
    world.pass(150);
    assert_eq!(world.deployment()["status"], "SUCCESSFUL");
}

#[test]
fn provisioning_goes_on_by_itself_where_ecs_tries_again() {
    let mut world = World::with(&json!({
        "roleUsableAfterSeconds": 600, "unusableRole": "Accepted", "deniedProvisioning": "Resumes",
    }));
    world.create(create_request()).unwrap();
    world.pass(590);
    assert!(balancer(&mut world)["statusReason"].is_string());
    world.pass(60);
    let shown = balancer(&mut world);
    assert_eq!(shown["status"], "ACTIVE");
    assert!(shown.get("statusReason").is_none());
    world.pass(60);
    assert_eq!(world.deployment()["status"], "SUCCESSFUL");
}

#[test]
fn a_role_is_broken_and_healed_by_word() {
    let mut world = World::with_shop();
    decide(&mut world, Usability::Unusable);
    let body = json!({ "serviceArn": super::SHOP });
    let (code, _) = world.code("UpdateExpressGatewayService", body);
    assert_eq!(code, "AccessDeniedException");
    let assume = json!({ "RoleArn": ROLE, "RoleSessionName": "one" });
    let (code, _) = world.code("AssumeRole", assume.clone());
    assert_eq!(code, "AccessDenied");
    decide(&mut world, Usability::Usable);
    world.update(json!({}));
    world.call("AssumeRole", assume).unwrap();
}

#[test]
fn a_role_that_works_already_is_no_reason_to_go_on_before_the_deployment_has_begun() {
    let mut world = World::with(&json!({
        "roleUsableAfterSeconds": 5, "unusableRole": "Accepted",
    }));
    world.create(create_request()).unwrap();
    world.pass(10);
    let resumes = json!({ "deniedProvisioning": "Resumes" });
    world.model.change_settings(&resumes).unwrap();
    world.pass(90);
    assert_eq!(world.deployment()["lifecycleStage"], "BAKE_TIME");
    world.pass(30);
    assert_eq!(world.deployment()["status"], "SUCCESSFUL");
}
