use serde_json::{Value, json};

use super::{SHOP, World, create_request, create_with};
use crate::model::Outcome;

fn resources(world: &mut World) -> Value {
    let arn = world.describe()["activeConfigurations"][0]["serviceRevisionArn"].take();
    let body = json!({ "serviceRevisionArns": [arn] });
    let mut answer = world.call("DescribeServiceRevisions", body).unwrap();
    answer["serviceRevisions"][0]["ecsManagedResources"].take()
}

/// The load balancer's status, the listener's, the log group's and the scaling's.
fn statuses(resources: &Value) -> [String; 4] {
    let path = &resources["ingressPaths"][0];
    [
        &path["loadBalancer"],
        &path["listener"],
        &resources["logGroups"][0],
        &resources["autoScaling"]["scalableTarget"],
    ]
    .map(|leaf| leaf["status"].as_str().unwrap().to_owned())
}

#[test]
fn what_ecs_manages_comes_up_piece_by_piece() {
    let mut world = World::new();
    world.create(create_request()).unwrap();
    let mut at = |seconds| {
        world.pass(seconds);
        statuses(&resources(&mut world))
    };
    assert_eq!(at(10), ["PROVISIONING"; 4]);
    assert_eq!(
        at(40),
        ["PROVISIONING", "PROVISIONING", "ACTIVE", "PROVISIONING"]
    );
    assert_eq!(at(7), ["ACTIVE", "PROVISIONING", "ACTIVE", "PROVISIONING"]);
    assert_eq!(at(5), ["ACTIVE", "ACTIVE", "ACTIVE", "PROVISIONING"]);
    assert_eq!(at(20), ["ACTIVE"; 4]);
}

#[test]
fn a_load_balancer_that_fails_says_why_and_the_deployment_stays() {
    let mut world = World::new();
    let reason = Some("The maximum number of load balancers has been reached.".to_owned());
    world
        .model
        .set_outcome("shop", Outcome::ManagedResourceFails, reason);
    world.create(create_request()).unwrap();
    world.pass(600);
    let shown = resources(&mut world);
    let balancer = &shown["ingressPaths"][0]["loadBalancer"];
    assert_eq!(balancer["status"], "FAILED");
    assert_eq!(
        balancer["statusReason"],
        "The maximum number of load balancers has been reached."
    );
    assert_eq!(
        shown["ingressPaths"][0]["listener"]["status"],
        "PROVISIONING"
    );
    assert_eq!(shown["ingressPaths"][0]["certificate"]["status"], "ACTIVE");
    assert_eq!(world.deployment()["status"], "IN_PROGRESS");
}

#[test]
fn a_later_deployment_fails_at_its_listener_rule() {
    let mut world = World::with_shop();
    world
        .model
        .set_outcome("shop", Outcome::ManagedResourceFails, None);
    let target = world.update(json!({}))["targetConfiguration"]["serviceRevisionArn"].take();
    world.pass(600);
    let body = json!({ "serviceRevisionArns": [target] });
    let answer = world.call("DescribeServiceRevisions", body).unwrap();
    let path = &answer["serviceRevisions"][0]["ecsManagedResources"]["ingressPaths"][0];
    assert_eq!(path["rule"]["status"], "FAILED");
    assert!(path["rule"]["statusReason"].is_string());
    assert_eq!(world.deployment()["status"], "IN_PROGRESS");
}

#[test]
fn a_service_that_drains_gives_back_piece_by_piece_and_leaves_its_log_group() {
    let mut world = World::with_shop();
    world.delete().unwrap();
    let mut at = |seconds| {
        world.pass(seconds);
        statuses(&resources(&mut world))
    };
    let draining = "DEPROVISIONING";
    assert_eq!(at(1), [draining, draining, "ACTIVE", draining]);
    assert_eq!(at(14), [draining, draining, "ACTIVE", "DELETED"]);
    assert_eq!(at(70), ["DELETED", "DELETED", "ACTIVE", "DELETED"]);
}

#[test]
fn a_load_balancer_that_others_use_stays() {
    let mut world = World::with_shop();
    world
        .create(create_with(json!({ "serviceName": "other" })))
        .unwrap();
    world.delete().unwrap();
    world.pass(85);
    let shown = resources(&mut world);
    assert_eq!(shown["ingressPaths"][0]["loadBalancer"]["status"], "ACTIVE");
    assert_eq!(shown["ingressPaths"][0]["rule"]["status"], "DELETED");
}

#[test]
fn a_service_in_private_subnets_is_private() {
    let private = ["subnet-0private1", "subnet-0private2"];
    let mut world = World::with(&json!({ "privateSubnets": private }));
    let request = create_with(json!({ "networkConfiguration": { "subnets": private } }));
    world.create(request).unwrap();
    world.pass(150);
    assert_eq!(
        world.configuration()["ingressPaths"][0]["accessType"],
        "PRIVATE"
    );
    let shown = resources(&mut world);
    assert_eq!(shown["ingressPaths"][0]["accessType"], "PRIVATE");
    assert_eq!(
        shown["ingressPaths"][0]["loadBalancer"]["scheme"],
        "internal"
    );
    let services = json!({ "services": [SHOP] });
    let answer = world.call("DescribeServices", services).unwrap();
    let network = &answer["services"][0]["networkConfiguration"]["awsvpcConfiguration"];
    assert_eq!(network["assignPublicIp"], "DISABLED");
}

#[test]
fn a_deployment_says_how_it_is_configured() {
    let mut world = World::with_shop();
    let deployment = world.deployment();
    let configuration = &deployment["deploymentConfiguration"];
    assert_eq!(configuration["strategy"], "CANARY");
    assert_eq!(configuration["canaryConfiguration"]["canaryPercent"], 5.0);
    assert_eq!(configuration["alarms"]["rollback"], true);
    let answer = world
        .call("DescribeServices", json!({ "services": [SHOP] }))
        .unwrap();
    assert_eq!(
        answer["services"][0]["deploymentConfiguration"],
        *configuration
    );
}
