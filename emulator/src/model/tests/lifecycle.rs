use serde_json::{Value, json};

use super::{Fixture, create_request};

fn active(service: &Value) -> usize {
    service["activeConfigurations"].as_array().unwrap().len()
}

#[test]
fn a_new_service_is_active_at_once_and_has_no_configuration_yet() {
    let mut ecs = Fixture::new();
    let answer = ecs.create(create_request()).unwrap();
    let service = &answer["service"];
    assert_eq!(service["status"]["statusCode"], "ACTIVE");
    assert_eq!(active(service), 0);
    assert!(service.get("currentDeployment").is_none());
}

#[test]
fn the_configuration_appears_first_and_its_endpoint_later() {
    let mut ecs = Fixture::new();
    ecs.create(create_request()).unwrap();
    ecs.advance(3);
    let service = ecs.describe();
    assert_eq!(active(&service), 1);
    assert_eq!(
        service["activeConfigurations"][0]["ingressPaths"],
        json!([])
    );
    assert!(service["currentDeployment"].is_string());
    ecs.advance(3);
    let path = ecs.configuration()["ingressPaths"][0].take();
    assert_eq!(path["accessType"], "PUBLIC");
    let endpoint = path["endpoint"].as_str().unwrap();
    assert!(
        endpoint.starts_with("http://127.0.0.1:4566/services/"),
        "{endpoint}"
    );
}

#[test]
fn the_first_deployment_passes_its_stages_and_then_disappears_from_the_service() {
    let mut ecs = Fixture::new();
    ecs.create(create_request()).unwrap();
    ecs.advance(3);
    assert_eq!(ecs.deployment()["status"], "PENDING");
    ecs.advance(6);
    assert_eq!(ecs.deployment()["status"], "IN_PROGRESS");
    assert_eq!(ecs.deployment()["lifecycleStage"], "RECONCILE_SERVICE");
    ecs.advance(11);
    let deployment = ecs.deployment();
    assert_eq!(deployment["lifecycleStage"], "SCALE_UP");
    assert_eq!(deployment["targetServiceRevision"]["pendingTaskCount"], 1);
    assert!(deployment.get("sourceServiceRevisions").is_none());
    ecs.advance(65);
    let deployment = ecs.deployment();
    assert_eq!(deployment["targetServiceRevision"]["runningTaskCount"], 1);
    assert_eq!(
        deployment["targetServiceRevision"]["requestedProductionTrafficWeight"],
        100.0
    );
    ecs.advance(40);
    assert_eq!(ecs.deployment()["status"], "SUCCESSFUL");
    assert!(ecs.describe().get("currentDeployment").is_none());
}

#[test]
fn an_update_returns_the_target_and_two_configurations_exist_until_it_ends() {
    let mut ecs = Fixture::with_shop();
    let before = ecs.configuration();
    let answer = ecs.update(json!({ "cpu": "512", "memory": "1024" }));
    assert!(answer.get("activeConfigurations").is_none());
    assert!(answer.get("infrastructureRoleArn").is_none());
    let target = answer["targetConfiguration"]["serviceRevisionArn"].clone();
    assert_ne!(target, before["serviceRevisionArn"]);
    ecs.advance(60);
    let service = ecs.describe();
    assert_eq!(active(&service), 2);
    assert!(service["currentDeployment"].is_string());
    ecs.advance(600);
    let service = ecs.describe();
    assert_eq!(active(&service), 1);
    assert_eq!(
        service["activeConfigurations"][0]["serviceRevisionArn"],
        target
    );
    assert_eq!(service["activeConfigurations"][0]["cpu"], "512");
    assert!(service.get("currentDeployment").is_none());
}

#[test]
fn a_deployment_bakes_at_five_and_at_a_hundred_percent_and_takes_nine_minutes() {
    let mut ecs = Fixture::with_shop();
    ecs.update(json!({}));
    let weights = |deployment: &Value| {
        (
            deployment["sourceServiceRevisions"][0]["requestedProductionTrafficWeight"]
                .as_f64()
                .unwrap(),
            deployment["targetServiceRevision"]["requestedProductionTrafficWeight"]
                .as_f64()
                .unwrap(),
        )
    };
    ecs.advance(100);
    assert_eq!(ecs.deployment()["lifecycleStage"], "BAKE_TIME");
    assert_eq!(weights(&ecs.deployment()), (95.0, 5.0));
    ecs.advance(180);
    assert_eq!(ecs.deployment()["lifecycleStage"], "BAKE_TIME");
    assert_eq!(weights(&ecs.deployment()), (0.0, 100.0));
    ecs.advance(180);
    assert_eq!(ecs.deployment()["lifecycleStage"], "CLEAN_UP");
    assert_eq!(ecs.deployment()["status"], "IN_PROGRESS");
    ecs.advance(80);
    assert_eq!(ecs.deployment()["status"], "SUCCESSFUL");
}

#[test]
fn an_identical_update_starts_a_deployment() {
    let mut ecs = Fixture::with_shop();
    let before = ecs.configuration()["serviceRevisionArn"].take();
    ecs.update(create_request());
    ecs.advance(600);
    assert_ne!(ecs.configuration()["serviceRevisionArn"], before);
}

#[test]
fn the_order_of_two_configurations_changes_with_each_read() {
    let mut ecs = Fixture::with_shop();
    ecs.update(json!({}));
    ecs.advance(60);
    let first = ecs.describe()["activeConfigurations"].take();
    let second = ecs.describe()["activeConfigurations"].take();
    assert_eq!(first[0], second[1]);
    assert_eq!(first[1], second[0]);
}

#[test]
fn an_update_during_a_deployment_replaces_it() {
    let mut ecs = Fixture::with_shop();
    let steady = ecs.configuration()["serviceRevisionArn"].take();
    ecs.update(json!({ "healthCheckPath": "/one" }));
    ecs.advance(120);
    let replaced = ecs.deployment()["serviceDeploymentArn"].take();
    ecs.update(json!({ "healthCheckPath": "/two" }));
    let body = json!({ "serviceDeploymentArns": [replaced] });
    let answer = ecs.call("DescribeServiceDeployments", body).unwrap();
    let replaced = &answer["serviceDeployments"][0];
    assert_eq!(replaced["status"], "STOPPED");
    assert_eq!(
        replaced["statusReason"],
        "Replaced by a new service deployment."
    );
    ecs.advance(10);
    assert_eq!(active(&ecs.describe()), 2);
    assert_eq!(ecs.deployment()["sourceServiceRevisions"][0]["arn"], steady);
    ecs.advance(600);
    assert_eq!(ecs.configuration()["healthCheckPath"], "/two");
}

#[test]
fn an_update_replaces_a_first_deployment_that_is_not_visible_yet() {
    let mut ecs = Fixture::new();
    ecs.create(create_request()).unwrap();
    ecs.update(json!({ "healthCheckPath": "/two" }));
    ecs.advance(150);
    assert_eq!(ecs.configuration()["healthCheckPath"], "/two");
    let list = ecs
        .call("ListServiceDeployments", json!({ "service": super::SHOP }))
        .unwrap();
    let statuses: Vec<&str> = list["serviceDeployments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|deployment| deployment["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["SUCCESSFUL", "STOPPED"]);
}

#[test]
fn bakes_can_be_shortened_by_a_setting() {
    let mut ecs = Fixture::with(&json!({ "bakeSeconds": 1 }));
    ecs.create(create_request()).unwrap();
    ecs.advance(150);
    ecs.update(json!({}));
    ecs.advance(160);
    assert_eq!(ecs.deployment()["status"], "SUCCESSFUL");
}
