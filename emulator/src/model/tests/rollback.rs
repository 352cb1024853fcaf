use serde_json::json;

use super::{Fixture, create_request};
use crate::model::Outcome;

#[test]
fn the_circuit_breaker_rolls_back_and_the_old_configuration_stays() {
    let mut ecs = Fixture::with_shop();
    let before = ecs.configuration()["serviceRevisionArn"].take();
    ecs.model
        .set_outcome("shop", Outcome::RollBackByCircuitBreaker, None);
    ecs.update(json!({ "healthCheckPath": "/broken" }));
    ecs.advance(130);
    let deployment = ecs.deployment();
    assert_eq!(deployment["status"], "ROLLBACK_IN_PROGRESS");
    assert_eq!(
        deployment["deploymentCircuitBreaker"]["status"],
        "TRIGGERED"
    );
    assert_eq!(deployment["deploymentCircuitBreaker"]["failureCount"], 3);
    assert_eq!(deployment["rollback"]["serviceRevisionArn"], before);
    ecs.advance(60);
    assert_eq!(ecs.deployment()["status"], "ROLLBACK_SUCCESSFUL");
    assert_eq!(ecs.configuration()["serviceRevisionArn"], before);
    assert!(ecs.describe().get("currentDeployment").is_none());
}

#[test]
fn an_alarm_rolls_the_canary_back() {
    let mut ecs = Fixture::with_shop();
    ecs.model.set_outcome(
        "shop",
        Outcome::RollBackByAlarm,
        Some("too many errors".to_owned()),
    );
    ecs.update(json!({}));
    ecs.advance(100);
    assert_eq!(ecs.deployment()["status"], "IN_PROGRESS");
    ecs.advance(80);
    let deployment = ecs.deployment();
    assert_eq!(deployment["status"], "ROLLBACK_IN_PROGRESS");
    assert_eq!(deployment["statusReason"], "too many errors");
    assert_eq!(deployment["alarms"]["status"], "TRIGGERED");
    ecs.advance(60);
    assert_eq!(ecs.deployment()["status"], "ROLLBACK_SUCCESSFUL");
}

#[test]
fn a_rollback_can_fail() {
    let mut ecs = Fixture::with_shop();
    ecs.model.set_outcome("shop", Outcome::RollbackFails, None);
    ecs.update(json!({}));
    ecs.advance(200);
    assert_eq!(ecs.deployment()["status"], "ROLLBACK_FAILED");
    ecs.configuration();
}

#[test]
fn a_first_deployment_that_never_comes_up_stays_in_progress_without_a_task() {
    for outcome in [Outcome::NeverComesUp, Outcome::RollBackByCircuitBreaker] {
        let mut ecs = Fixture::new();
        ecs.model.set_outcome("shop", outcome, None);
        ecs.create(create_request()).unwrap();
        ecs.advance(100_000);
        let deployment = ecs.deployment();
        assert_eq!(deployment["status"], "IN_PROGRESS");
        assert_eq!(deployment["targetServiceRevision"]["runningTaskCount"], 0);
        assert!(ecs.describe()["currentDeployment"].is_string());
    }
}

#[test]
fn the_resources_of_a_service_that_never_comes_up_show_why_they_are_provisioning() {
    let mut ecs = Fixture::new();
    let reason = Some("no right to create a load balancer".to_owned());
    ecs.model.set_outcome("shop", Outcome::NeverComesUp, reason);
    ecs.create(create_request()).unwrap();
    ecs.advance(300);
    let revision = ecs.configuration()["serviceRevisionArn"].take();
    let body = json!({ "serviceRevisionArns": [revision] });
    let answer = ecs.call("DescribeServiceRevisions", body).unwrap();
    let resources = &answer["serviceRevisions"][0]["ecsManagedResources"];
    let balancer = &resources["ingressPaths"][0]["loadBalancer"];
    assert_eq!(balancer["status"], "PROVISIONING");
    assert_eq!(
        balancer["statusReason"],
        "no right to create a load balancer"
    );
}

#[test]
fn an_update_can_recover_a_service_that_never_came_up() {
    let mut ecs = Fixture::new();
    ecs.model.set_outcome("shop", Outcome::NeverComesUp, None);
    ecs.create(create_request()).unwrap();
    ecs.advance(300);
    ecs.update(json!({ "healthCheckPath": "/healthy" }));
    ecs.advance(150);
    assert_eq!(ecs.deployment()["status"], "SUCCESSFUL");
    assert_eq!(ecs.configuration()["healthCheckPath"], "/healthy");
}

#[test]
fn an_outcome_applies_to_one_deployment() {
    let mut ecs = Fixture::with_shop();
    ecs.model
        .set_outcome("shop", Outcome::RollBackByCircuitBreaker, None);
    ecs.update(json!({}));
    ecs.advance(300);
    ecs.update(json!({}));
    ecs.advance(600);
    assert_eq!(ecs.deployment()["status"], "SUCCESSFUL");
}

#[test]
fn an_update_after_a_rollback_is_based_on_the_running_revision() {
    let mut ecs = Fixture::with_shop();
    ecs.model
        .set_outcome("shop", Outcome::RollBackByCircuitBreaker, None);
    ecs.update(json!({ "healthCheckPath": "/broken" }));
    ecs.advance(300);
    ecs.update(json!({ "scalingTarget": { "minTaskCount": 2 } }));
    ecs.advance(600);
    let configuration = ecs.configuration();
    assert_eq!(configuration["healthCheckPath"], "/");
    assert_eq!(configuration["scalingTarget"]["minTaskCount"], 2);
}

#[test]
fn a_deployment_can_be_stopped() {
    let mut ecs = Fixture::with_shop();
    let before = ecs.configuration()["serviceRevisionArn"].take();
    ecs.update(json!({}));
    ecs.advance(60);
    let arn = ecs.deployment()["serviceDeploymentArn"].take();
    let body = json!({ "serviceDeploymentArn": arn, "stopType": "ROLLBACK" });
    ecs.call("StopServiceDeployment", body.clone()).unwrap();
    assert_eq!(ecs.deployment()["status"], "ROLLBACK_REQUESTED");
    ecs.advance(10);
    assert_eq!(ecs.deployment()["status"], "ROLLBACK_IN_PROGRESS");
    ecs.advance(60);
    assert_eq!(ecs.deployment()["status"], "ROLLBACK_SUCCESSFUL");
    assert_eq!(ecs.configuration()["serviceRevisionArn"], before);
    let (code, _) = ecs.error_of("StopServiceDeployment", body);
    assert_eq!(code, "ConflictException");
}

#[test]
fn a_first_deployment_that_is_stopped_is_not_rolled_back() {
    let mut ecs = Fixture::new();
    ecs.create(create_request()).unwrap();
    ecs.advance(20);
    let arn = ecs.deployment()["serviceDeploymentArn"].take();
    let body = json!({ "serviceDeploymentArn": arn });
    ecs.call("StopServiceDeployment", body).unwrap();
    ecs.advance(5);
    assert_eq!(ecs.deployment()["status"], "STOPPED");
    assert!(ecs.describe().get("currentDeployment").is_none());
}

#[test]
fn an_abort_is_accepted_or_rejected() {
    for (form, accepted) in [("Accept", true), ("Refuse", false)] {
        let mut ecs = Fixture::with_shop();
        let setting = json!({ "abortDeployment": form });
        ecs.model.change_settings(&setting).unwrap();
        ecs.update(json!({}));
        ecs.advance(60);
        let arn = ecs.deployment()["serviceDeploymentArn"].take();
        let stop = |stop_type: &str| json!({ "serviceDeploymentArn": arn, "stopType": stop_type });
        match ecs.call("StopServiceDeployment", stop("ABORT")) {
            Ok(_) => assert!(accepted),
            Err(error) => {
                assert!(!accepted, "{error}");
                assert_eq!(error.code, "InvalidParameterException");
                assert!(error.message.ends_with("ROLLBACK."), "{error}");
                ecs.call("StopServiceDeployment", stop("ROLLBACK")).unwrap();
            }
        }
    }
}
