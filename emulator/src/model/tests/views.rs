//! What tests see without a call.

use std::time::Duration;

use serde_json::json;

use super::{Fixture, SHOP, create_request, create_with};
use crate::model::{
    Change, DeploymentStatus, Model, Outcome, ResourceManagement, ServiceArn, ServiceStatus,
};

fn shop(ecs: &Fixture) -> ServiceArn {
    ServiceArn::new(&ecs.caller, "default", "shop")
}

#[test]
fn a_service_is_seen_without_a_call() {
    let mut ecs = Fixture::new();
    let tags = json!([{ "key": "team", "value": "a" }]);
    ecs.create(create_with(json!({ "tags": tags }))).unwrap();
    let created = ecs.model.now();
    let service = ecs.model.services().next().unwrap();
    assert_eq!(service.arn().to_string(), SHOP);
    assert_eq!(service.arn().account(), "123456789012");
    assert_eq!(service.arn().region(), "us-east-1");
    assert_eq!(service.status(), ServiceStatus::Active);
    assert_eq!(service.management(), ResourceManagement::Ecs);
    assert_eq!(service.created_at(), created);
    assert_eq!(json!(service.tags()), tags);
    assert!(service.steady_revision().is_none());
    assert_eq!(service.active_revisions().count(), 0);
    let deployment = service.last_deployment().unwrap();
    assert_eq!(deployment.status(), DeploymentStatus::Pending);
    assert!(!deployment.is_shown());
    ecs.advance(150);
    let configuration = ecs.configuration();
    let service = ecs.model.service(&shop(&ecs)).unwrap();
    let steady = service.steady_revision().unwrap();
    assert_eq!(configuration["serviceRevisionArn"], steady.arn());
    for (member, value) in steady.configuration().as_object().unwrap() {
        assert_eq!(configuration[member], *value, "{member}");
    }
    assert_eq!((steady.requested_tasks(), steady.running_tasks()), (1, 1));
    assert_eq!(
        service.last_deployment().unwrap().status(),
        DeploymentStatus::Successful
    );
    assert_eq!(ecs.model.call_count(), 2);
}

#[test]
fn a_service_under_a_former_arn_is_distinguished_by_its_endpoint() {
    let mut ecs = Fixture::with_shop();
    let endpoint = |ecs: &Fixture| {
        let service = ecs.model.service(&shop(ecs)).unwrap();
        service.endpoint().to_owned()
    };
    let first = endpoint(&ecs);
    ecs.delete().unwrap();
    let status = |ecs: &Fixture| ecs.model.service(&shop(ecs)).unwrap().status();
    assert_eq!(status(&ecs), ServiceStatus::Draining);
    ecs.advance(90);
    assert_eq!(status(&ecs), ServiceStatus::Inactive);
    ecs.create(create_request()).unwrap();
    assert_ne!(endpoint(&ecs), first);
}

#[test]
fn only_the_calls_after_a_count_are_returned() {
    let mut ecs = Fixture::with_shop();
    let seen = ecs.model.call_count();
    assert_eq!(ecs.model.calls_since(seen).count(), 0);
    ecs.describe();
    ecs.delete().unwrap();
    let actions: Vec<&str> = ecs
        .model
        .calls_since(seen)
        .map(|call| call.action.as_str())
        .collect();
    assert_eq!(
        actions,
        [
            "DescribeExpressGatewayService",
            "DeleteExpressGatewayService"
        ]
    );
    ecs.model.clear_calls();
    assert_eq!(ecs.model.calls_since(seen).count(), 0);
    assert_eq!(ecs.model.call_count(), seen + 2);
}

/// Advances to `until` from one change to the next, and returns the number of changes.
fn step_to(model: &mut Model, until: crate::model::VirtualTime) -> usize {
    let mut steps = 0;
    while let Some(at) = model.next_change_at().filter(|at| *at <= until) {
        model.advance(at.since(model.now()));
        steps += 1;
        assert!(steps < 200, "the clock stands still at {at:?}");
    }
    model.advance(until.since(model.now()));
    steps
}

#[test]
fn stepping_from_change_to_change_gives_the_same_states_as_one_large_step() {
    for (settings, outcome) in [
        (json!({}), Outcome::Succeed),
        (
            json!({ "updateInDeployment": "Queue" }),
            Outcome::RollBackByAlarm,
        ),
        (json!({ "drainingSeconds": 0 }), Outcome::NeverComesUp),
        (
            json!({ "unusableRole": "Accepted", "deniedProvisioning": "Resumes", "roleUsableAfterSeconds": 300 }),
            Outcome::Succeed,
        ),
    ] {
        let mut ecs = Fixture::with(&settings);
        ecs.create(create_request()).unwrap();
        ecs.advance(500);
        ecs.model.set_outcome("shop", outcome, None);
        ecs.update(json!({ "cpu": "512", "memory": "1024" }));
        ecs.update(json!({ "healthCheckPath": "/up" }));
        ecs.create(create_with(json!({ "serviceName": "leaving" })))
            .unwrap();
        let leaving = json!({ "serviceArn": SHOP.replace("shop", "leaving") });
        ecs.call("DeleteExpressGatewayService", leaving).unwrap();
        for seconds in [1, 100, 1000, 4000] {
            let mut stepped = ecs.model.clone();
            ecs.advance(seconds);
            step_to(&mut stepped, ecs.model.now());
            assert_eq!(stepped.to_state(), ecs.model.to_state(), "{settings}");
        }
    }
}

#[test]
fn the_next_change_is_exact_and_ends_with_the_last_one() {
    let mut ecs = Fixture::with(&json!({
        "createVisibleSeconds": 5, "memberLagSeconds": { "cpu": 30 }, "drainingTailSeconds": 40,
    }));
    assert_eq!(ecs.model.next_change_at(), None);
    ecs.create(create_request()).unwrap();
    let start = ecs.model.now();
    let mut seconds = Vec::new();
    while let Some(at) = ecs.model.next_change_at() {
        ecs.model.advance(at.since(ecs.model.now()));
        seconds.push(at.since(start).as_secs());
    }
    assert_eq!(seconds[..4], [3, 5, 6, 8]);
    assert!(seconds.contains(&30), "the lag of a member ends");
    assert_eq!(seconds.last(), Some(&120));
    ecs.delete().unwrap();
    step_to(&mut ecs.model, start.after_seconds(120 + 90));
    let name_is_free = start.after_seconds(120 + 90 + 40);
    assert_eq!(ecs.model.next_change_at(), Some(name_is_free));
    step_to(&mut ecs.model, name_is_free);
    let purged = start.after_seconds(120 + 90 + 3600);
    assert_eq!(ecs.model.next_change_at(), Some(purged));
    ecs.model.advance(Duration::from_secs(3600));
    assert_eq!(ecs.model.next_change_at(), None);
}

#[test]
fn a_customers_service_is_seen_too_and_frees_its_name_when_it_is_inactive() {
    let mut ecs = Fixture::new();
    let change = |ecs: &mut Fixture, wire: serde_json::Value| {
        ecs.model.change(Change::from_wire(&wire).unwrap()).unwrap();
    };
    change(&mut ecs, json!({ "service": "shop", "customer": true }));
    let service = ecs.model.service(&shop(&ecs)).unwrap();
    assert_eq!(service.management(), ResourceManagement::Customer);
    assert!(service.last_deployment().is_none());
    change(&mut ecs, json!({ "service": "shop", "delete": true }));
    let listed = ecs.call("ListServices", json!({})).unwrap();
    assert_eq!(listed["serviceArns"], json!([]));
    let shown = |ecs: &mut Fixture| {
        let body = json!({ "services": ["shop"] });
        let mut answer = ecs.call("DescribeServices", body).unwrap();
        let service = answer["services"][0].take();
        (
            service["status"].clone(),
            service["resourceManagementType"].clone(),
        )
    };
    assert_eq!(shown(&mut ecs), (json!("DRAINING"), json!("CUSTOMER")));
    let (_, message) = ecs.error_of("CreateExpressGatewayService", create_request());
    assert_eq!(message, "Unable to Start a service that is still Draining.");
    ecs.advance(90);
    assert_eq!(shown(&mut ecs), (json!("INACTIVE"), json!("CUSTOMER")));
    ecs.create(create_request()).unwrap();
    assert_eq!(shown(&mut ecs), (json!("ACTIVE"), json!("ECS")));
}
