//! Updates that are accepted and rejected later, and deployments that wait.

use serde_json::{Value, json};

use super::{Fixture, SHOP, create_request};
use crate::model::{DeploymentStatus, Outcome};

fn listed(ecs: &mut Fixture) -> Vec<Value> {
    let body = json!({ "service": SHOP });
    let mut answer = ecs.call("ListServiceDeployments", body).unwrap();
    answer["serviceDeployments"].as_array_mut().unwrap().clone()
}

fn statuses(ecs: &mut Fixture) -> Vec<Value> {
    let listed = listed(ecs).into_iter();
    listed
        .map(|mut deployment| deployment["status"].take())
        .collect()
}

#[test]
fn an_accepted_update_can_end_before_its_revision_is_active() {
    for (outcome, status) in [
        (Outcome::RollBackBeforeShown, "ROLLBACK_SUCCESSFUL"),
        (Outcome::StopBeforeShown, "STOPPED"),
    ] {
        let mut ecs = Fixture::with_shop();
        let before = ecs.configuration();
        let reason = Some("the image is rejected".to_owned());
        ecs.model.set_outcome("shop", outcome, reason);
        let answer = ecs.update(json!({ "healthCheckPath": "/up" }));
        let target = &answer["targetConfiguration"]["serviceRevisionArn"];
        for _ in 0..30 {
            assert_eq!(ecs.configuration(), before);
            assert!(ecs.describe().get("currentDeployment").is_none());
            ecs.advance(1);
        }
        let last = listed(&mut ecs).remove(0);
        assert_eq!(last["status"], status);
        assert_eq!(last["statusReason"], "the image is rejected");
        assert_eq!(last["targetServiceRevisionArn"], *target);
        ecs.update(json!({ "healthCheckPath": "/up" }));
        ecs.advance(600);
        assert_eq!(ecs.configuration()["healthCheckPath"], "/up");
    }
}

#[test]
fn an_accepted_update_can_vanish() {
    let mut ecs = Fixture::with_shop();
    let before = ecs.configuration();
    ecs.model.set_outcome("shop", Outcome::Vanish, None);
    ecs.update(json!({ "healthCheckPath": "/up" }));
    for _ in 0..30 {
        assert_eq!(statuses(&mut ecs), ["SUCCESSFUL"]);
        assert_eq!(ecs.configuration(), before);
        ecs.advance(1);
    }
    assert_eq!(ecs.model.next_change_at(), None);
    ecs.update(json!({ "cpu": "512", "memory": "1024" }));
    ecs.advance(600);
    assert_eq!(ecs.configuration()["healthCheckPath"], "/");
    assert_eq!(ecs.configuration()["cpu"], "512");
}

#[test]
fn a_first_deployment_that_ends_before_it_is_shown_is_stopped() {
    for outcome in [Outcome::RollBackBeforeShown, Outcome::StopBeforeShown] {
        let mut ecs = Fixture::new();
        ecs.model.set_outcome("shop", outcome, None);
        ecs.create(create_request()).unwrap();
        ecs.advance(600);
        assert_eq!(statuses(&mut ecs), ["STOPPED"]);
        assert_eq!(ecs.describe()["activeConfigurations"], json!([]));
    }
}

#[test]
fn a_queued_deployment_is_hidden_or_listed_as_pending() {
    for (form, expected) in [
        ("Hidden", vec!["IN_PROGRESS", "SUCCESSFUL"]),
        ("Listed", vec!["PENDING", "IN_PROGRESS", "SUCCESSFUL"]),
    ] {
        let mut ecs = Fixture::with(&json!({
            "updateInDeployment": "Queue", "queuedDeployments": form,
        }));
        ecs.create(create_request()).unwrap();
        ecs.advance(150);
        ecs.update(json!({ "healthCheckPath": "/one" }));
        ecs.update(json!({ "healthCheckPath": "/two" }));
        ecs.advance(60);
        assert_eq!(statuses(&mut ecs), expected);
        // From its start on, the deployment is shown without a gap.
        for _ in 0..50 {
            ecs.advance(10);
            assert!(statuses(&mut ecs).len() >= expected.len());
        }
        ecs.advance(600);
        assert_eq!(ecs.configuration()["healthCheckPath"], "/two");
    }
}

#[test]
fn a_listed_deployment_is_described_and_stopped() {
    let mut ecs = Fixture::with(&json!({
        "updateInDeployment": "Queue", "queuedDeployments": "Listed",
    }));
    ecs.create(create_request()).unwrap();
    ecs.advance(150);
    ecs.update(json!({ "healthCheckPath": "/one" }));
    ecs.update(json!({ "healthCheckPath": "/two" }));
    ecs.advance(60);
    let queued = ecs.deployment();
    assert_eq!(queued["status"], "PENDING");
    assert!(queued.get("startedAt").is_none());
    let stop = json!({ "serviceDeploymentArn": queued["serviceDeploymentArn"] });
    ecs.call("StopServiceDeployment", stop.clone()).unwrap();
    assert_eq!(statuses(&mut ecs), ["IN_PROGRESS", "STOPPED", "SUCCESSFUL"]);
    let (code, _) = ecs.error_of("StopServiceDeployment", stop);
    assert_eq!(code, "ConflictException");
    ecs.advance(600);
    assert_eq!(ecs.configuration()["healthCheckPath"], "/one");
}

#[test]
fn a_delete_stops_the_listed_deployments_too() {
    let mut ecs = Fixture::with(&json!({
        "updateInDeployment": "Queue", "queuedDeployments": "Listed",
    }));
    ecs.create(create_request()).unwrap();
    ecs.update(json!({}));
    ecs.update(json!({}));
    ecs.delete().unwrap();
    assert_eq!(statuses(&mut ecs), ["STOPPED", "STOPPED", "STOPPED"]);
    let service = ecs.model.services().next().unwrap();
    assert!(
        service
            .deployments()
            .all(|deployment| deployment.status() == DeploymentStatus::Stopped)
    );
}
