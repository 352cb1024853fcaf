//! Load balancers, which the Express services of a VPC and scheme share.

use serde_json::{Value, json};

use super::{Fixture, create_with};

fn create(ecs: &mut Fixture, name: &str, subnets: [&str; 2]) {
    let network = json!({ "subnets": subnets });
    let members = json!({ "serviceName": name, "networkConfiguration": network });
    ecs.create(create_with(members)).unwrap();
}

/// Returns `ingressPaths[0]` of the newest revision of a service.
fn ingress_path(ecs: &mut Fixture, name: &str) -> Value {
    let service = ecs
        .model
        .services()
        .find(|service| service.arn().name == name);
    let revision = service.unwrap().newest_revision().unwrap().arn().to_owned();
    let body = json!({ "serviceRevisionArns": [revision] });
    let mut answer = ecs.call("DescribeServiceRevisions", body).unwrap();
    answer["serviceRevisions"][0]["ecsManagedResources"]["ingressPaths"][0].take()
}

fn balancer(ecs: &mut Fixture, name: &str) -> Value {
    ingress_path(ecs, name)["loadBalancer"]["arn"].take()
}

fn two_vpcs() -> Fixture {
    Fixture::with(&json!({
        "vpcs": { "vpc-1": ["subnet-1a", "subnet-1b"], "vpc-2": ["subnet-2a", "subnet-2b", "subnet-2c", "subnet-2d"] },
        "privateSubnets": ["subnet-2c", "subnet-2d"],
    }))
}

#[test]
fn services_of_a_vpc_and_scheme_share_a_load_balancer() {
    let mut ecs = two_vpcs();
    create(&mut ecs, "one", ["subnet-1a", "subnet-1b"]);
    create(&mut ecs, "two", ["subnet-1b", "subnet-1a"]);
    create(&mut ecs, "other-vpc", ["subnet-2a", "subnet-2b"]);
    create(&mut ecs, "private", ["subnet-2c", "subnet-2d"]);
    create(&mut ecs, "default-vpc", ["subnet-0a", "subnet-0b"]);
    ecs.advance(150);
    let shared = balancer(&mut ecs, "one");
    assert_eq!(balancer(&mut ecs, "two"), shared);
    let mut all: Vec<String> = ["one", "other-vpc", "private", "default-vpc"]
        .map(|name| balancer(&mut ecs, name).to_string())
        .to_vec();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 4);
    let (one, two) = (ingress_path(&mut ecs, "one"), ingress_path(&mut ecs, "two"));
    assert_eq!(one["listener"]["arn"], two["listener"]["arn"]);
    assert_eq!(
        one["loadBalancerSecurityGroups"],
        two["loadBalancerSecurityGroups"]
    );
    assert_ne!(one["rule"]["arn"], two["rule"]["arn"]);
    assert_ne!(one["targetGroups"][0]["arn"], two["targetGroups"][0]["arn"]);
}

#[test]
fn a_load_balancer_serves_twenty_five_services() {
    let mut ecs = Fixture::new();
    let names: Vec<String> = (0..51).map(|number| format!("s{number}")).collect();
    for name in &names {
        create(&mut ecs, name, ["subnet-0a", "subnet-0b"]);
    }
    ecs.advance(150);
    let mut counts = std::collections::BTreeMap::new();
    for name in &names {
        *counts
            .entry(balancer(&mut ecs, name).to_string())
            .or_insert(0) += 1;
    }
    let mut counts: Vec<i32> = counts.into_values().collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 25, 25]);
}

#[test]
fn a_load_balancer_is_deleted_with_the_last_service_that_uses_it() {
    let mut ecs = two_vpcs();
    create(&mut ecs, "one", ["subnet-1a", "subnet-1b"]);
    create(&mut ecs, "two", ["subnet-1a", "subnet-1b"]);
    create(&mut ecs, "other", ["subnet-2a", "subnet-2b"]);
    ecs.advance(150);
    let delete = |ecs: &mut Fixture, name: &str| {
        let arn = super::SHOP.replace("shop", name);
        let body = json!({ "serviceArn": arn });
        ecs.call("DeleteExpressGatewayService", body).unwrap();
        let path = ingress_path(ecs, name);
        path["loadBalancer"]["status"].clone()
    };
    assert_eq!(delete(&mut ecs, "one"), "ACTIVE");
    assert_eq!(delete(&mut ecs, "other"), "DEPROVISIONING");
    assert_eq!(delete(&mut ecs, "two"), "DEPROVISIONING");
}

#[test]
fn an_update_into_another_vpc_changes_the_load_balancer() {
    let mut ecs = two_vpcs();
    create(&mut ecs, "shop", ["subnet-1a", "subnet-1b"]);
    ecs.advance(150);
    let before = balancer(&mut ecs, "shop");
    ecs.update(json!({ "networkConfiguration": { "subnets": ["subnet-1b", "subnet-1a"] } }));
    ecs.advance(600);
    assert_eq!(balancer(&mut ecs, "shop"), before);
    ecs.update(json!({ "networkConfiguration": { "subnets": ["subnet-2a", "subnet-2b"] } }));
    ecs.advance(600);
    assert_ne!(balancer(&mut ecs, "shop"), before);
}

#[test]
fn the_first_service_of_a_vpc_can_take_longer() {
    let mut ecs = two_vpcs();
    let slow = json!({ "firstDeploymentSeconds": 1200 });
    ecs.model.change_settings(&slow).unwrap();
    create(&mut ecs, "one", ["subnet-1a", "subnet-1b"]);
    create(&mut ecs, "two", ["subnet-1a", "subnet-1b"]);
    create(&mut ecs, "other", ["subnet-2a", "subnet-2b"]);
    let running = |ecs: &Fixture| -> Vec<String> {
        let services = ecs.model.services();
        services
            .filter(|service| service.last_deployment().unwrap().status().is_running())
            .map(|service| service.arn().name.clone())
            .collect()
    };
    ecs.advance(120);
    assert_eq!(running(&ecs), ["one", "other"]);
    let path = ingress_path(&mut ecs, "one");
    assert_eq!(path["loadBalancer"]["status"], "PROVISIONING");
    assert_eq!(path["targetGroups"][0]["status"], "ACTIVE");
    ecs.advance(1079);
    assert_eq!(running(&ecs), ["one", "other"]);
    ecs.advance(1);
    assert!(running(&ecs).is_empty());
    let message = ecs
        .model
        .change_settings(&json!({ "firstDeploymentSeconds": 60 }))
        .unwrap_err();
    assert!(message.contains("at least 120"), "{message}");
}
