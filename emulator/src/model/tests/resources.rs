use serde_json::{Value, json};

use super::{Fixture, SHOP, create_request, create_with};
use crate::model::Outcome;

fn resources(ecs: &mut Fixture) -> Value {
    let arn = ecs.describe()["activeConfigurations"][0]["serviceRevisionArn"].take();
    let body = json!({ "serviceRevisionArns": [arn] });
    let mut answer = ecs.call("DescribeServiceRevisions", body).unwrap();
    answer["serviceRevisions"][0]["ecsManagedResources"].take()
}

/// Returns the statuses of the load balancer, the listener, the log group and the scalable target.
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
fn managed_resources_are_provisioned_one_by_one() {
    let mut ecs = Fixture::new();
    ecs.create(create_request()).unwrap();
    let mut at = |seconds| {
        ecs.advance(seconds);
        statuses(&resources(&mut ecs))
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
fn a_failed_load_balancer_shows_a_reason_and_the_deployment_stays_in_progress() {
    let mut ecs = Fixture::new();
    let reason = Some("The maximum number of load balancers has been reached.".to_owned());
    ecs.model
        .set_outcome("shop", Outcome::ManagedResourceFails, reason);
    ecs.create(create_request()).unwrap();
    ecs.advance(600);
    let shown = resources(&mut ecs);
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
    assert_eq!(ecs.deployment()["status"], "IN_PROGRESS");
}

#[test]
fn a_later_deployment_fails_at_its_listener_rule() {
    let mut ecs = Fixture::with_shop();
    ecs.model
        .set_outcome("shop", Outcome::ManagedResourceFails, None);
    let target = ecs.update(json!({}))["targetConfiguration"]["serviceRevisionArn"].take();
    ecs.advance(600);
    let body = json!({ "serviceRevisionArns": [target] });
    let answer = ecs.call("DescribeServiceRevisions", body).unwrap();
    let path = &answer["serviceRevisions"][0]["ecsManagedResources"]["ingressPaths"][0];
    assert_eq!(path["rule"]["status"], "FAILED");
    assert!(path["rule"]["statusReason"].is_string());
    assert_eq!(ecs.deployment()["status"], "IN_PROGRESS");
}

#[test]
fn a_draining_service_deletes_its_resources_one_by_one_except_its_log_group() {
    let mut ecs = Fixture::with_shop();
    ecs.delete().unwrap();
    let mut at = |seconds| {
        ecs.advance(seconds);
        statuses(&resources(&mut ecs))
    };
    let draining = "DEPROVISIONING";
    assert_eq!(at(1), [draining, draining, "ACTIVE", draining]);
    assert_eq!(at(14), [draining, draining, "ACTIVE", "DELETED"]);
    assert_eq!(at(70), ["DELETED", "DELETED", "ACTIVE", "DELETED"]);
}

#[test]
fn a_load_balancer_that_other_services_use_is_kept() {
    let mut ecs = Fixture::with_shop();
    ecs.create(create_with(json!({ "serviceName": "other" })))
        .unwrap();
    ecs.delete().unwrap();
    ecs.advance(85);
    let shown = resources(&mut ecs);
    assert_eq!(shown["ingressPaths"][0]["loadBalancer"]["status"], "ACTIVE");
    assert_eq!(shown["ingressPaths"][0]["rule"]["status"], "DELETED");
}

#[test]
fn a_service_in_private_subnets_is_private() {
    let private = ["subnet-0private1", "subnet-0private2"];
    let mut ecs = Fixture::with(&json!({ "privateSubnets": private }));
    let request = create_with(json!({ "networkConfiguration": { "subnets": private } }));
    ecs.create(request).unwrap();
    ecs.advance(150);
    assert_eq!(
        ecs.configuration()["ingressPaths"][0]["accessType"],
        "PRIVATE"
    );
    let shown = resources(&mut ecs);
    assert_eq!(shown["ingressPaths"][0]["accessType"], "PRIVATE");
    assert_eq!(
        shown["ingressPaths"][0]["loadBalancer"]["scheme"],
        "internal"
    );
    let services = json!({ "services": [SHOP] });
    let answer = ecs.call("DescribeServices", services).unwrap();
    let network = &answer["services"][0]["networkConfiguration"]["awsvpcConfiguration"];
    assert_eq!(network["assignPublicIp"], "DISABLED");
}

#[test]
fn a_deployment_shows_its_configuration() {
    let mut ecs = Fixture::with_shop();
    let deployment = ecs.deployment();
    let configuration = &deployment["deploymentConfiguration"];
    assert_eq!(configuration["strategy"], "CANARY");
    assert_eq!(configuration["canaryConfiguration"]["canaryPercent"], 5.0);
    assert_eq!(configuration["alarms"]["rollback"], true);
    let answer = ecs
        .call("DescribeServices", json!({ "services": [SHOP] }))
        .unwrap();
    assert_eq!(
        answer["services"][0]["deploymentConfiguration"],
        *configuration
    );
}
