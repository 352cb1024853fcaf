use serde_json::json;

use super::{World, create_request};
use crate::model::Outcome;

#[test]
fn the_circuit_breaker_rolls_back_and_the_old_configuration_stays() {
    let mut world = World::with_shop();
    let before = world.configuration()["serviceRevisionArn"].take();
    world
        .model
        .set_outcome("shop", Outcome::RollBackByCircuitBreaker, None);
    world.update(json!({ "healthCheckPath": "/broken" }));
    world.pass(130);
    let deployment = world.deployment();
    assert_eq!(deployment["status"], "ROLLBACK_IN_PROGRESS");
    assert_eq!(
        deployment["deploymentCircuitBreaker"]["status"],
        "TRIGGERED"
    );
    assert_eq!(deployment["deploymentCircuitBreaker"]["failureCount"], 3);
    assert_eq!(deployment["rollback"]["serviceRevisionArn"], before);
    world.pass(60);
    assert_eq!(world.deployment()["status"], "ROLLBACK_SUCCESSFUL");
    assert_eq!(world.configuration()["serviceRevisionArn"], before);
    assert!(world.describe().get("currentDeployment").is_none());
}

#[test]
fn an_alarm_rolls_back_out_of_the_canary() {
    let mut world = World::with_shop();
    world.model.set_outcome(
        "shop",
        Outcome::RollBackByAlarm,
        Some("too many errors".to_owned()),
    );
    world.update(json!({}));
    world.pass(100);
    assert_eq!(world.deployment()["status"], "IN_PROGRESS");
    world.pass(80);
    let deployment = world.deployment();
    assert_eq!(deployment["status"], "ROLLBACK_IN_PROGRESS");
    assert_eq!(deployment["statusReason"], "too many errors");
    assert_eq!(deployment["alarms"]["status"], "TRIGGERED");
    world.pass(60);
    assert_eq!(world.deployment()["status"], "ROLLBACK_SUCCESSFUL");
}

#[test]
fn a_rollback_can_fail() {
    let mut world = World::with_shop();
    world
        .model
        .set_outcome("shop", Outcome::RollbackFails, None);
    world.update(json!({}));
    world.pass(200);
    assert_eq!(world.deployment()["status"], "ROLLBACK_FAILED");
    world.configuration();
}

#[test]
fn a_first_deployment_that_never_comes_up_stays_in_progress_without_a_task() {
    for outcome in [Outcome::NeverComesUp, Outcome::RollBackByCircuitBreaker] {
        let mut world = World::new();
        world.model.set_outcome("shop", outcome, None);
        world.create(create_request()).unwrap();
        world.pass(100_000);
        let deployment = world.deployment();
        assert_eq!(deployment["status"], "IN_PROGRESS");
        assert_eq!(deployment["targetServiceRevision"]["runningTaskCount"], 0);
        assert!(world.describe()["currentDeployment"].is_string());
    }
}

#[test]
fn the_resources_of_a_service_that_never_comes_up_say_why_they_are_provisioning() {
    let mut world = World::new();
    let reason = Some("no right to create a load balancer".to_owned());
    world
        .model
        .set_outcome("shop", Outcome::NeverComesUp, reason);
    world.create(create_request()).unwrap();
    world.pass(300);
    let revision = world.configuration()["serviceRevisionArn"].take();
    let body = json!({ "serviceRevisionArns": [revision] });
    let answer = world.call("DescribeServiceRevisions", body).unwrap();
    let resources = &answer["serviceRevisions"][0]["ecsManagedResources"];
    let balancer = &resources["ingressPaths"][0]["loadBalancer"];
    assert_eq!(balancer["status"], "PROVISIONING");
    assert_eq!(
        balancer["statusReason"],
        "no right to create a load balancer"
    );
}

#[test]
fn an_update_helps_a_service_that_never_came_up() {
    let mut world = World::new();
    world.model.set_outcome("shop", Outcome::NeverComesUp, None);
    world.create(create_request()).unwrap();
    world.pass(300);
    world.update(json!({ "healthCheckPath": "/healthy" }));
    world.pass(150);
    assert_eq!(world.deployment()["status"], "SUCCESSFUL");
    assert_eq!(world.configuration()["healthCheckPath"], "/healthy");
}

#[test]
fn an_outcome_holds_for_one_deployment() {
    let mut world = World::with_shop();
    world
        .model
        .set_outcome("shop", Outcome::RollBackByCircuitBreaker, None);
    world.update(json!({}));
    world.pass(300);
    world.update(json!({}));
    world.pass(600);
    assert_eq!(world.deployment()["status"], "SUCCESSFUL");
}

#[test]
fn an_update_after_a_rollback_starts_from_what_runs() {
    let mut world = World::with_shop();
    world
        .model
        .set_outcome("shop", Outcome::RollBackByCircuitBreaker, None);
    world.update(json!({ "healthCheckPath": "/broken" }));
    world.pass(300);
    world.update(json!({ "scalingTarget": { "minTaskCount": 2 } }));
    world.pass(600);
    let configuration = world.configuration();
    assert_eq!(configuration["healthCheckPath"], "/");
    assert_eq!(configuration["scalingTarget"]["minTaskCount"], 2);
}

#[test]
fn a_rollout_can_be_stopped_from_outside() {
    let mut world = World::with_shop();
    let before = world.configuration()["serviceRevisionArn"].take();
    world.update(json!({}));
    world.pass(60);
    let arn = world.deployment()["serviceDeploymentArn"].take();
    let body = json!({ "serviceDeploymentArn": arn, "stopType": "ROLLBACK" });
    world.call("StopServiceDeployment", body.clone()).unwrap();
    assert_eq!(world.deployment()["status"], "ROLLBACK_REQUESTED");
    world.pass(10);
    assert_eq!(world.deployment()["status"], "ROLLBACK_IN_PROGRESS");
    world.pass(60);
    assert_eq!(world.deployment()["status"], "ROLLBACK_SUCCESSFUL");
    assert_eq!(world.configuration()["serviceRevisionArn"], before);
    let (code, _) = world.code("StopServiceDeployment", body);
    assert_eq!(code, "ConflictException");
}

#[test]
fn a_first_deployment_that_is_stopped_just_ends() {
    let mut world = World::new();
    world.create(create_request()).unwrap();
    world.pass(20);
    let arn = world.deployment()["serviceDeploymentArn"].take();
    let body = json!({ "serviceDeploymentArn": arn });
    world.call("StopServiceDeployment", body).unwrap();
    world.pass(5);
    assert_eq!(world.deployment()["status"], "STOPPED");
    assert!(world.describe().get("currentDeployment").is_none());
}
