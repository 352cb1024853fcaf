use serde_json::{Value, json};

use super::{SHOP, World, create_request, create_with};
use crate::model::Outcome;

/// A service rolled back, one that never came up, one deleted; then so long, in steps of so many seconds.
fn end_of_the_day(step: u64) -> Value {
    let mut world = World::with(&json!({
        "roleUsableAfterSeconds": 700, "unusableRole": "Accepted",
        "deniedProvisioning": "Resumes", "inactiveSeconds": 1800,
    }));
    let pass = |world: &mut World, seconds: u64| {
        (0..seconds / step).for_each(|_| world.pass(step));
    };
    world.create(create_request()).unwrap();
    world
        .create(create_with(json!({ "serviceName": "books" })))
        .unwrap();
    pass(&mut world, 1200);
    world
        .model
        .set_outcome("shop", Outcome::RollBackByAlarm, None);
    world.update(json!({ "primaryContainer": { "image": "registry.example/shop:2" } }));
    let books = SHOP.replace("shop", "books");
    world
        .call(
            "DeleteExpressGatewayService",
            json!({ "serviceArn": books }),
        )
        .unwrap();
    pass(&mut world, 1200);
    world.model.to_state()
}

#[test]
fn services_come_to_the_same_however_the_clock_is_moved() {
    let (seconds, at_once) = (end_of_the_day(1), end_of_the_day(1200));
    assert_eq!(seconds["services"], at_once["services"]);
    assert_eq!(seconds["services"].as_array().unwrap().len(), 2);
}

#[test]
fn a_setting_that_is_changed_holds_for_what_waits_already() {
    let mut world = World::with(&json!({ "inactiveSeconds": 3600 }));
    world.create(create_request()).unwrap();
    world.pass(150);
    world.delete().unwrap();
    world.pass(1800);
    assert_eq!(world.describe()["status"]["statusCode"], "INACTIVE");
    world
        .model
        .change_settings(&json!({ "inactiveSeconds": 60 }))
        .unwrap();
    world.pass(1);
    let (code, _) = world.code(
        "DescribeExpressGatewayService",
        json!({ "serviceArn": SHOP }),
    );
    assert_eq!(code, "ResourceNotFoundException");
}

#[test]
fn a_role_that_spreads_sooner_by_a_changed_setting_lets_its_services_go_on() {
    let mut world = World::with(&json!({
        "roleUsableAfterSeconds": 100_000, "unusableRole": "Accepted",
        "deniedProvisioning": "Resumes",
    }));
    world.create(create_request()).unwrap();
    world.pass(600);
    assert_eq!(world.deployment()["status"], "IN_PROGRESS");
    world
        .model
        .change_settings(&json!({ "roleUsableAfterSeconds": 600 }))
        .unwrap();
    world.pass(600);
    assert_eq!(world.deployment()["status"], "SUCCESSFUL");
}
