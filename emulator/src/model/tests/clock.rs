use serde_json::{Value, json};

use super::{Fixture, SHOP, create_request, create_with};
use crate::model::Outcome;

/// Returns the state after 2400 virtual seconds, advanced in steps of `step` seconds: one service is
/// rolled back, another one is deleted.
fn final_state(step: u64) -> Value {
    let mut ecs = Fixture::with(&json!({
        "roleUsableAfterSeconds": 700, "unusableRole": "Accepted",
        "deniedProvisioning": "Resumes", "inactiveSeconds": 1800,
    }));
    let advance = |ecs: &mut Fixture, seconds: u64| {
        (0..seconds / step).for_each(|_| ecs.advance(step));
    };
    ecs.create(create_request()).unwrap();
    ecs.create(create_with(json!({ "serviceName": "books" })))
        .unwrap();
    advance(&mut ecs, 1200);
    ecs.model
        .set_outcome("shop", Outcome::RollBackByAlarm, None);
    ecs.update(json!({ "primaryContainer": { "image": "registry.example/shop:2" } }));
    let books = SHOP.replace("shop", "books");
    ecs.call(
        "DeleteExpressGatewayService",
        json!({ "serviceArn": books }),
    )
    .unwrap();
    advance(&mut ecs, 1200);
    ecs.model.to_state()
}

#[test]
fn services_reach_the_same_state_however_the_clock_is_advanced() {
    let (seconds, at_once) = (final_state(1), final_state(1200));
    assert_eq!(seconds["services"], at_once["services"]);
    assert_eq!(seconds["services"].as_array().unwrap().len(), 2);
}

#[test]
fn a_changed_setting_applies_to_pending_events() {
    let mut ecs = Fixture::with(&json!({ "inactiveSeconds": 3600 }));
    ecs.create(create_request()).unwrap();
    ecs.advance(150);
    ecs.delete().unwrap();
    ecs.advance(1800);
    assert_eq!(ecs.describe()["status"]["statusCode"], "INACTIVE");
    ecs.model
        .change_settings(&json!({ "inactiveSeconds": 60 }))
        .unwrap();
    ecs.advance(1);
    let (code, _) = ecs.error_of(
        "DescribeExpressGatewayService",
        json!({ "serviceArn": SHOP }),
    );
    assert_eq!(code, "ResourceNotFoundException");
}

#[test]
fn a_role_that_becomes_usable_by_a_changed_setting_resumes_its_services() {
    let mut ecs = Fixture::with(&json!({
        "roleUsableAfterSeconds": 100_000, "unusableRole": "Accepted",
        "deniedProvisioning": "Resumes",
    }));
    ecs.create(create_request()).unwrap();
    ecs.advance(600);
    assert_eq!(ecs.deployment()["status"], "IN_PROGRESS");
    ecs.model
        .change_settings(&json!({ "roleUsableAfterSeconds": 600 }))
        .unwrap();
    ecs.advance(600);
    assert_eq!(ecs.deployment()["status"], "SUCCESSFUL");
}
