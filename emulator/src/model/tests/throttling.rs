use serde_json::{Value, json};

use super::{SHOP, World, create_request};

/// How many calls pass before one is throttled.
fn passed(world: &mut World, action: &str, body: &Value) -> usize {
    let mut count = 0;
    loop {
        match world.call(action, body.clone()) {
            Err(error) if error.code == "ThrottlingException" => {
                assert_eq!(error.message, "Rate exceeded");
                assert_eq!(error.status, 400);
                return count;
            }
            Ok(_) | Err(_) => count += 1,
        }
    }
}

fn throttled(more: Value) -> World {
    let mut world = World::with(&json!({ "throttling": "On" }));
    world.model.change_settings(&more).unwrap();
    world.create(create_request()).unwrap();
    world.pass(1000);
    world
}

#[test]
fn a_bucket_holds_its_burst_and_refills_by_the_second() {
    let mut world = throttled(json!({}));
    let body = json!({ "service": SHOP });
    assert_eq!(passed(&mut world, "ListServiceDeployments", &body), 50);
    world.pass(1);
    assert_eq!(passed(&mut world, "ListServiceDeployments", &body), 20);
    world.pass(100);
    assert_eq!(passed(&mut world, "ListServiceDeployments", &body), 50);
}

#[test]
fn actions_of_a_kind_share_a_bucket_and_accounts_do_not() {
    let mut world = throttled(json!({}));
    let list = json!({ "cluster": "default" });
    assert_eq!(passed(&mut world, "ListServices", &list), 100);
    let describe = json!({ "services": ["shop"] });
    assert_eq!(passed(&mut world, "DescribeServices", &describe), 0);
    world.caller.account = "210987654321".to_owned();
    assert_eq!(passed(&mut world, "DescribeServices", &describe), 100);
}

#[test]
fn the_express_actions_take_from_the_bucket_that_is_set() {
    let update = json!({ "serviceArn": SHOP });
    let tags = json!({ "service": "shop", "forceNewDeployment": true });
    let mut world = throttled(json!({ "expressBucket": "Shared" }));
    assert_eq!(
        passed(&mut world, "UpdateExpressGatewayService", &update),
        50
    );
    assert_eq!(passed(&mut world, "UpdateService", &tags), 0);
    let mut world = throttled(json!({ "expressBucket": "Own" }));
    assert_eq!(
        passed(&mut world, "UpdateExpressGatewayService", &update),
        50
    );
    assert_eq!(passed(&mut world, "UpdateService", &tags), 50);
    let mut world = throttled(json!({ "expressBucket": "Unlimited" }));
    for _ in 0..200 {
        world.update(json!({}));
    }
}

#[test]
fn the_registration_that_ecs_makes_can_be_charged() {
    let settings = json!({ "managedRegistration": "Charged" });
    let mut world = throttled(settings);
    let update = json!({ "serviceArn": SHOP });
    assert_eq!(
        passed(&mut world, "UpdateExpressGatewayService", &update),
        20
    );
    world.pass(1);
    assert_eq!(
        passed(&mut world, "UpdateExpressGatewayService", &update),
        1
    );
}

#[test]
fn nothing_is_throttled_at_first() {
    let mut world = World::with_shop();
    for _ in 0..200 {
        world.update(json!({}));
    }
}
