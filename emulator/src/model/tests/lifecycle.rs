use serde_json::{Value, json};

use super::{World, create_request};

fn active(service: &Value) -> usize {
    service["activeConfigurations"].as_array().unwrap().len()
}

#[test]
fn a_new_service_is_active_at_once_and_has_nothing_yet() {
    let mut world = World::new();
    let answer = world.create(create_request()).unwrap();
    let service = &answer["service"];
    assert_eq!(service["status"]["statusCode"], "ACTIVE");
    assert_eq!(active(service), 0);
    assert!(service.get("currentDeployment").is_none());
}

#[test]
fn the_configuration_comes_first_and_its_endpoint_later() {
    let mut world = World::new();
    world.create(create_request()).unwrap();
    world.pass(3);
    let service = world.describe();
    assert_eq!(active(&service), 1);
    assert_eq!(
        service["activeConfigurations"][0]["ingressPaths"],
        json!([])
    );
    assert!(service["currentDeployment"].is_string());
    world.pass(3);
    let path = world.configuration()["ingressPaths"][0].take();
    assert_eq!(path["accessType"], "PUBLIC");
    let endpoint = path["endpoint"].as_str().unwrap();
    assert!(
        endpoint.starts_with("http://127.0.0.1:4566/services/"),
        "{endpoint}"
    );
}

#[test]
fn the_first_deployment_goes_through_its_stages_and_then_vanishes_from_the_service() {
    let mut world = World::new();
    world.create(create_request()).unwrap();
    world.pass(3);
    assert_eq!(world.deployment()["status"], "PENDING");
    world.pass(6);
    assert_eq!(world.deployment()["status"], "IN_PROGRESS");
    assert_eq!(world.deployment()["lifecycleStage"], "RECONCILE_SERVICE");
    world.pass(11);
    let deployment = world.deployment();
    assert_eq!(deployment["lifecycleStage"], "SCALE_UP");
    assert_eq!(deployment["targetServiceRevision"]["pendingTaskCount"], 1);
    assert_eq!(deployment["sourceServiceRevisions"], json!([]));
    world.pass(65);
    let deployment = world.deployment();
    assert_eq!(deployment["targetServiceRevision"]["runningTaskCount"], 1);
    assert_eq!(
        deployment["targetServiceRevision"]["requestedProductionTrafficWeight"],
        100.0
    );
    world.pass(40);
    assert_eq!(world.deployment()["status"], "SUCCESSFUL");
    assert!(world.describe().get("currentDeployment").is_none());
}

#[test]
fn an_update_answers_with_the_target_and_leaves_two_configurations_until_it_is_done() {
    let mut world = World::with_shop();
    let before = world.configuration();
    let answer = world.update(json!({ "cpu": "512", "memory": "1024" }));
    assert!(answer.get("activeConfigurations").is_none());
    assert!(answer.get("infrastructureRoleArn").is_none());
    let target = answer["targetConfiguration"]["serviceRevisionArn"].clone();
    assert_ne!(target, before["serviceRevisionArn"]);
    world.pass(60);
    let service = world.describe();
    assert_eq!(active(&service), 2);
    assert!(service["currentDeployment"].is_string());
    world.pass(600);
    let service = world.describe();
    assert_eq!(active(&service), 1);
    assert_eq!(
        service["activeConfigurations"][0]["serviceRevisionArn"],
        target
    );
    assert_eq!(service["activeConfigurations"][0]["cpu"], "512");
    assert!(service.get("currentDeployment").is_none());
}

#[test]
fn a_rollout_bakes_at_five_percent_and_again_at_a_hundred_and_takes_nine_minutes() {
    let mut world = World::with_shop();
    world.update(json!({}));
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
    world.pass(100);
    assert_eq!(world.deployment()["lifecycleStage"], "BAKE_TIME");
    assert_eq!(weights(&world.deployment()), (95.0, 5.0));
    world.pass(180);
    assert_eq!(world.deployment()["lifecycleStage"], "BAKE_TIME");
    assert_eq!(weights(&world.deployment()), (0.0, 100.0));
    world.pass(180);
    assert_eq!(world.deployment()["lifecycleStage"], "CLEAN_UP");
    assert_eq!(world.deployment()["status"], "IN_PROGRESS");
    world.pass(80);
    assert_eq!(world.deployment()["status"], "SUCCESSFUL");
}

#[test]
fn an_identical_update_rolls_again() {
    let mut world = World::with_shop();
    let before = world.configuration()["serviceRevisionArn"].take();
    world.update(create_request());
    world.pass(600);
    assert_ne!(world.configuration()["serviceRevisionArn"], before);
}

#[test]
fn the_order_of_two_configurations_changes_from_look_to_look() {
    let mut world = World::with_shop();
    world.update(json!({}));
    world.pass(60);
    let first = world.describe()["activeConfigurations"].take();
    let second = world.describe()["activeConfigurations"].take();
    assert_eq!(first[0], second[1]);
    assert_eq!(first[1], second[0]);
}

#[test]
fn an_update_in_a_rollout_replaces_it() {
    let mut world = World::with_shop();
    let steady = world.configuration()["serviceRevisionArn"].take();
    world.update(json!({ "healthCheckPath": "/one" }));
    world.pass(120);
    let replaced = world.deployment()["serviceDeploymentArn"].take();
    world.update(json!({ "healthCheckPath": "/two" }));
    let body = json!({ "serviceDeploymentArns": [replaced] });
    let answer = world.call("DescribeServiceDeployments", body).unwrap();
    let replaced = &answer["serviceDeployments"][0];
    assert_eq!(replaced["status"], "STOPPED");
    assert_eq!(
        replaced["statusReason"],
        "Replaced by a new service deployment."
    );
    world.pass(10);
    assert_eq!(active(&world.describe()), 2);
    assert_eq!(
        world.deployment()["sourceServiceRevisions"][0]["arn"],
        steady
    );
    world.pass(600);
    assert_eq!(world.configuration()["healthCheckPath"], "/two");
}

#[test]
fn an_update_before_the_first_deployment_shows_replaces_that_one_too() {
    let mut world = World::new();
    world.create(create_request()).unwrap();
    world.update(json!({ "healthCheckPath": "/two" }));
    world.pass(150);
    assert_eq!(world.configuration()["healthCheckPath"], "/two");
    let list = world
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
    let mut world = World::with(&json!({ "bakeSeconds": 1 }));
    world.create(create_request()).unwrap();
    world.pass(150);
    world.update(json!({}));
    world.pass(160);
    assert_eq!(world.deployment()["status"], "SUCCESSFUL");
}
