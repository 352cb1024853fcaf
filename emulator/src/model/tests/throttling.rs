use serde_json::{Value, json};

use super::{Fixture, SHOP, create_request};

/// Returns the number of calls before one is throttled.
fn calls_until_throttled(ecs: &mut Fixture, action: &str, body: &Value) -> usize {
    let mut count = 0;
    loop {
        match ecs.call(action, body.clone()) {
            Err(error) if error.code == "ThrottlingException" => {
                assert_eq!(error.message, "Rate exceeded");
                assert_eq!(error.status, 400);
                return count;
            }
            Ok(_) | Err(_) => count += 1,
        }
    }
}

fn throttled(more: Value) -> Fixture {
    let mut ecs = Fixture::with(&json!({ "throttling": "On" }));
    ecs.model.change_settings(&more).unwrap();
    ecs.create(create_request()).unwrap();
    ecs.advance(1000);
    ecs
}

#[test]
fn a_bucket_allows_a_burst_and_refills_every_second() {
    let mut ecs = throttled(json!({}));
    let body = json!({ "service": SHOP });
    assert_eq!(
        calls_until_throttled(&mut ecs, "ListServiceDeployments", &body),
        50
    );
    ecs.advance(1);
    assert_eq!(
        calls_until_throttled(&mut ecs, "ListServiceDeployments", &body),
        20
    );
    ecs.advance(100);
    assert_eq!(
        calls_until_throttled(&mut ecs, "ListServiceDeployments", &body),
        50
    );
}

#[test]
fn actions_of_the_same_kind_share_a_bucket_but_accounts_do_not() {
    let mut ecs = throttled(json!({}));
    let list = json!({ "cluster": "default" });
    assert_eq!(calls_until_throttled(&mut ecs, "ListServices", &list), 100);
    let describe = json!({ "services": ["shop"] });
    assert_eq!(
        calls_until_throttled(&mut ecs, "DescribeServices", &describe),
        0
    );
    ecs.caller.account = "210987654321".to_owned();
    assert_eq!(
        calls_until_throttled(&mut ecs, "DescribeServices", &describe),
        100
    );
}

#[test]
fn the_express_actions_use_the_selected_bucket() {
    let update = json!({ "serviceArn": SHOP });
    let tags = json!({ "service": "shop", "forceNewDeployment": true });
    let mut ecs = throttled(json!({ "expressBucket": "Shared" }));
    assert_eq!(
        calls_until_throttled(&mut ecs, "UpdateExpressGatewayService", &update),
        50
    );
    assert_eq!(calls_until_throttled(&mut ecs, "UpdateService", &tags), 0);
    let mut ecs = throttled(json!({ "expressBucket": "Own" }));
    assert_eq!(
        calls_until_throttled(&mut ecs, "UpdateExpressGatewayService", &update),
        50
    );
    assert_eq!(calls_until_throttled(&mut ecs, "UpdateService", &tags), 50);
    let mut ecs = throttled(json!({ "expressBucket": "Unlimited" }));
    for _ in 0..200 {
        ecs.update(json!({}));
    }
}

#[test]
fn registrations_by_ecs_can_count_as_calls() {
    let settings = json!({ "managedRegistration": "Charged" });
    let mut ecs = throttled(settings);
    let update = json!({ "serviceArn": SHOP });
    assert_eq!(
        calls_until_throttled(&mut ecs, "UpdateExpressGatewayService", &update),
        20
    );
    ecs.advance(1);
    assert_eq!(
        calls_until_throttled(&mut ecs, "UpdateExpressGatewayService", &update),
        1
    );
}

#[test]
fn throttling_is_off_by_default() {
    let mut ecs = Fixture::with_shop();
    for _ in 0..200 {
        ecs.update(json!({}));
    }
}

#[test]
fn buckets_can_refill_in_real_time() {
    let mut ecs = throttled(json!({ "bucketRefill": "RealTime" }));
    let body = json!({ "service": SHOP });
    let calls = |ecs: &mut Fixture| calls_until_throttled(ecs, "ListServiceDeployments", &body);
    assert_eq!(calls(&mut ecs), 50);
    ecs.advance(1000);
    assert_eq!(calls(&mut ecs), 0);
    let second = std::time::Duration::from_secs(1);
    ecs.model.pass_real_time(second);
    assert_eq!(calls(&mut ecs), 20);
    let virtual_time = json!({ "bucketRefill": "VirtualTime" });
    ecs.model.change_settings(&virtual_time).unwrap();
    assert_eq!(calls(&mut ecs), 50);
    ecs.model.pass_real_time(1000 * second);
    assert_eq!(calls(&mut ecs), 0);
}
