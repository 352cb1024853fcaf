use serde_json::{Value, json};

use super::{Fixture, create_request};
use crate::model::{Change, Usability};

const ROLE: &str = "arn:aws:iam::123456789012:role/infrastructure";

fn decide(ecs: &mut Fixture, usability: Usability) {
    let arn = ROLE.to_owned();
    ecs.model.change(Change::Role { arn, usability }).unwrap();
}

fn balancer(ecs: &mut Fixture) -> Value {
    let arn = ecs.configuration()["serviceRevisionArn"].take();
    let body = json!({ "serviceRevisionArns": [arn] });
    let mut answer = ecs.call("DescribeServiceRevisions", body).unwrap();
    answer["serviceRevisions"][0]["ecsManagedResources"]["ingressPaths"][0]["loadBalancer"].take()
}

#[test]
fn a_new_role_is_rejected_at_once_until_it_is_usable() {
    for (form, code, words) in [
        (
            "AccessDenied",
            "AccessDeniedException",
            "Cannot assume role",
        ),
        ("ClientException", "ClientException", "not able to validate"),
    ] {
        let settings = json!({ "roleUsableAfterSeconds": 120, "unusableRole": form });
        let mut ecs = Fixture::with(&settings);
        for _ in 0..2 {
            let error = ecs.create(create_request()).unwrap_err();
            assert_eq!(error.code, code);
            assert!(error.message.contains(words), "{error}");
            ecs.advance(60);
        }
        ecs.create(create_request()).unwrap();
        ecs.advance(150);
        assert_eq!(ecs.deployment()["status"], "SUCCESSFUL");
    }
}

#[test]
fn an_accepted_but_denied_role_leaves_all_resources_provisioning() {
    let mut ecs = Fixture::with(&json!({
        "roleUsableAfterSeconds": 60, "unusableRole": "Accepted",
    }));
    ecs.create(create_request()).unwrap();
    ecs.advance(3000);
    assert_eq!(ecs.deployment()["status"], "IN_PROGRESS");
    let shown = balancer(&mut ecs);
    assert_eq!(shown["status"], "PROVISIONING");
    let reason = shown["statusReason"].as_str().unwrap();
    assert!(
        reason.contains("assumed-role/infrastructure/ECSGateway"),
        "{reason}"
    );
    ecs.update(json!({}));
    ecs.advance(3000);
    assert_eq!(
        ecs.deployment()["status"],
        "IN_PROGRESS",
        "an Update does not help"
    );
    ecs.delete().unwrap();
    ecs.advance(100);
    ecs.create(create_request()).unwrap();
    ecs.advance(150);
    assert_eq!(ecs.deployment()["status"], "SUCCESSFUL");
}

#[test]
fn provisioning_resumes_automatically_if_ecs_retries() {
    let mut ecs = Fixture::with(&json!({
        "roleUsableAfterSeconds": 600, "unusableRole": "Accepted", "deniedProvisioning": "Resumes",
    }));
    ecs.create(create_request()).unwrap();
    ecs.advance(590);
    assert!(balancer(&mut ecs)["statusReason"].is_string());
    ecs.advance(60);
    let shown = balancer(&mut ecs);
    assert_eq!(shown["status"], "ACTIVE");
    assert!(shown.get("statusReason").is_none());
    ecs.advance(60);
    assert_eq!(ecs.deployment()["status"], "SUCCESSFUL");
}

#[test]
fn a_change_makes_a_role_unusable_and_usable_again() {
    let mut ecs = Fixture::with_shop();
    decide(&mut ecs, Usability::Unusable);
    let body = json!({ "serviceArn": super::SHOP });
    let (code, _) = ecs.error_of("UpdateExpressGatewayService", body);
    assert_eq!(code, "AccessDeniedException");
    let assume = json!({ "RoleArn": ROLE, "RoleSessionName": "one" });
    let (code, _) = ecs.error_of("AssumeRole", assume.clone());
    assert_eq!(code, "AccessDenied");
    decide(&mut ecs, Usability::Usable);
    ecs.update(json!({}));
    ecs.call("AssumeRole", assume).unwrap();
}

#[test]
fn a_usable_role_does_not_resume_a_deployment_before_it_has_started() {
    let mut ecs = Fixture::with(&json!({
        "roleUsableAfterSeconds": 5, "unusableRole": "Accepted",
    }));
    ecs.create(create_request()).unwrap();
    ecs.advance(10);
    let resumes = json!({ "deniedProvisioning": "Resumes" });
    ecs.model.change_settings(&resumes).unwrap();
    ecs.advance(90);
    assert_eq!(ecs.deployment()["lifecycleStage"], "BAKE_TIME");
    ecs.advance(30);
    assert_eq!(ecs.deployment()["status"], "SUCCESSFUL");
}
