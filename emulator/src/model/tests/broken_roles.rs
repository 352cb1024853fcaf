//! Roles that cannot be assumed any more after a service has run.

use serde_json::{Value, json};

use super::{Fixture, SHOP, create_request};
use crate::model::Change;

const INFRASTRUCTURE: &str = "arn:aws:iam::123456789012:role/infrastructure";
const EXECUTION: &str = "arn:aws:iam::123456789012:role/execution";

fn shop_with(settings: Value) -> Fixture {
    let mut ecs = Fixture::with(&settings);
    ecs.create(create_request()).unwrap();
    ecs.advance(150);
    ecs
}

fn set_usable(ecs: &mut Fixture, role: &str, usable: bool) {
    let wire = json!({ "role": role, "usable": usable });
    ecs.model.change(Change::from_wire(&wire).unwrap()).unwrap();
}

fn status(ecs: &mut Fixture) -> String {
    let status = ecs.describe()["status"]["statusCode"].take();
    status.as_str().unwrap().to_owned()
}

fn events(ecs: &mut Fixture) -> String {
    let body = json!({ "services": ["shop"] });
    let answer = ecs.call("DescribeServices", body).unwrap();
    answer["services"][0]["events"].to_string()
}

#[test]
fn a_broken_infrastructure_role_is_ignored_by_default() {
    let mut ecs = shop_with(json!({}));
    set_usable(&mut ecs, INFRASTRUCTURE, false);
    ecs.delete().unwrap();
    ecs.advance(90);
    assert_eq!(status(&mut ecs), "INACTIVE");
}

#[test]
fn a_delete_stays_draining_until_the_infrastructure_role_works_again() {
    let mut ecs = shop_with(json!({ "brokenInfrastructureRole": "Waits" }));
    set_usable(&mut ecs, INFRASTRUCTURE, false);
    ecs.delete().unwrap();
    ecs.advance(3600);
    assert_eq!(status(&mut ecs), "DRAINING");
    let events = events(&mut ecs);
    assert!(
        events.contains("assumed-role/infrastructure/ECSGateway"),
        "{events}"
    );
    assert_eq!(ecs.model.next_change_at(), None);
    let error = ecs.delete().unwrap_err();
    assert_eq!(error.message, "Service is in DRAINING status");
    set_usable(&mut ecs, INFRASTRUCTURE, true);
    ecs.advance(70);
    assert_eq!(status(&mut ecs), "DRAINING");
    ecs.advance(20);
    assert_eq!(status(&mut ecs), "INACTIVE");
}

#[test]
fn a_deletion_can_be_interrupted_halfway() {
    let mut ecs = shop_with(json!({ "brokenInfrastructureRole": "Waits" }));
    ecs.delete().unwrap();
    ecs.advance(50);
    set_usable(&mut ecs, INFRASTRUCTURE, false);
    ecs.advance(1000);
    assert_eq!(status(&mut ecs), "DRAINING");
    set_usable(&mut ecs, INFRASTRUCTURE, true);
    ecs.advance(40);
    assert_eq!(status(&mut ecs), "INACTIVE");
}

#[test]
fn a_delete_can_stay_draining_forever() {
    let mut ecs = shop_with(json!({ "brokenInfrastructureRole": "Stays" }));
    set_usable(&mut ecs, INFRASTRUCTURE, false);
    ecs.delete().unwrap();
    set_usable(&mut ecs, INFRASTRUCTURE, true);
    ecs.advance(100_000);
    assert_eq!(status(&mut ecs), "DRAINING");
}

#[test]
fn an_update_stays_in_progress_until_the_infrastructure_role_works_again() {
    let mut ecs = shop_with(json!({
        "brokenInfrastructureRole": "Waits", "unusableRole": "Accepted",
    }));
    let before = ecs.configuration();
    set_usable(&mut ecs, INFRASTRUCTURE, false);
    ecs.update(json!({ "healthCheckPath": "/up" }));
    ecs.advance(7200);
    let deployment = ecs.deployment();
    assert_eq!(deployment["status"], "IN_PROGRESS");
    assert_eq!(
        deployment["sourceServiceRevisions"][0]["requestedProductionTrafficWeight"],
        100.0
    );
    assert_eq!(ecs.model.next_change_at(), None);
    set_usable(&mut ecs, INFRASTRUCTURE, true);
    ecs.advance(430);
    assert_eq!(ecs.deployment()["status"], "IN_PROGRESS");
    ecs.advance(60);
    assert_eq!(ecs.deployment()["status"], "SUCCESSFUL");
    assert_eq!(ecs.configuration()["healthCheckPath"], "/up");
    assert_ne!(
        ecs.configuration()["serviceRevisionArn"],
        before["serviceRevisionArn"]
    );
}

#[test]
fn an_update_that_never_ends_is_replaced_by_one_with_a_working_role() {
    let mut ecs = shop_with(json!({
        "brokenInfrastructureRole": "Stays", "unusableRole": "Accepted",
    }));
    set_usable(&mut ecs, INFRASTRUCTURE, false);
    ecs.update(json!({ "healthCheckPath": "/up" }));
    ecs.advance(600);
    set_usable(&mut ecs, INFRASTRUCTURE, true);
    ecs.advance(7200);
    assert_eq!(ecs.deployment()["status"], "IN_PROGRESS");
    ecs.update(json!({ "healthCheckPath": "/up" }));
    ecs.advance(600);
    assert_eq!(ecs.deployment()["status"], "SUCCESSFUL");
}

#[test]
fn a_running_deployment_stops_where_it_is_when_the_role_breaks() {
    let mut ecs = shop_with(json!({ "brokenInfrastructureRole": "Waits" }));
    ecs.update(json!({}));
    ecs.advance(100);
    assert_eq!(ecs.deployment()["lifecycleStage"], "BAKE_TIME");
    set_usable(&mut ecs, INFRASTRUCTURE, false);
    ecs.advance(3600);
    assert_eq!(ecs.deployment()["status"], "IN_PROGRESS");
    let (code, _) = ecs.error_of("UpdateExpressGatewayService", json!({ "serviceArn": SHOP }));
    assert_eq!(code, "AccessDeniedException");
    set_usable(&mut ecs, INFRASTRUCTURE, true);
    ecs.advance(260);
    assert_eq!(ecs.deployment()["status"], "SUCCESSFUL");
}

#[test]
fn tasks_do_not_start_until_the_execution_role_works_again() {
    for (form, ends) in [("Waits", "SUCCESSFUL"), ("Stays", "IN_PROGRESS")] {
        let mut ecs = shop_with(json!({ "brokenExecutionRole": form }));
        set_usable(&mut ecs, EXECUTION, false);
        ecs.update(json!({}));
        ecs.advance(3600);
        let deployment = ecs.deployment();
        assert_eq!(deployment["status"], "IN_PROGRESS");
        let target = &deployment["targetServiceRevision"];
        assert_eq!(target["requestedTaskCount"], 1);
        assert_eq!(target["runningTaskCount"], 0);
        let events = events(&mut ecs);
        assert!(events.contains(EXECUTION), "{events}");
        set_usable(&mut ecs, EXECUTION, true);
        ecs.advance(600);
        assert_eq!(ecs.deployment()["status"], ends);
    }
}

#[test]
fn a_deployment_whose_execution_role_is_broken_can_be_rolled_back() {
    let mut ecs = shop_with(json!({ "brokenExecutionRole": "RollsBack" }));
    let before = ecs.configuration();
    set_usable(&mut ecs, EXECUTION, false);
    ecs.update(json!({ "healthCheckPath": "/up" }));
    ecs.advance(200);
    let deployment = ecs.deployment();
    assert_eq!(deployment["status"], "ROLLBACK_SUCCESSFUL");
    let reason = deployment["statusReason"].as_str().unwrap();
    assert!(reason.contains(EXECUTION), "{reason}");
    assert_eq!(ecs.configuration(), before);
    set_usable(&mut ecs, EXECUTION, true);
    ecs.update(json!({ "healthCheckPath": "/up" }));
    ecs.advance(600);
    assert_eq!(ecs.deployment()["status"], "SUCCESSFUL");
}

#[test]
fn a_role_of_another_service_does_not_matter() {
    let mut ecs = shop_with(json!({
        "brokenInfrastructureRole": "Waits", "brokenExecutionRole": "Waits",
    }));
    set_usable(&mut ecs, "arn:aws:iam::123456789012:role/other", false);
    ecs.update(json!({}));
    ecs.advance(600);
    assert_eq!(ecs.deployment()["status"], "SUCCESSFUL");
}

#[test]
fn a_queued_deployment_waits_for_its_own_role_when_it_starts() {
    let mut ecs = shop_with(json!({
        "updateInDeployment": "Queue", "brokenExecutionRole": "Waits",
    }));
    let other = "arn:aws:iam::123456789012:role/other";
    set_usable(&mut ecs, other, false);
    ecs.update(json!({ "healthCheckPath": "/one" }));
    ecs.update(json!({ "executionRoleArn": other }));
    ecs.advance(516);
    assert_eq!(ecs.configuration()["healthCheckPath"], "/one");
    ecs.advance(3600);
    assert_eq!(ecs.deployment()["status"], "IN_PROGRESS");
    set_usable(&mut ecs, other, true);
    ecs.advance(600);
    assert_eq!(ecs.configuration()["executionRoleArn"], other);
}
