use serde_json::json;

use super::{SHOP, World, create_request};
use crate::model::{Change, Page, Settings};

fn change(world: &mut World, wire: serde_json::Value) {
    world
        .model
        .change(Change::from_wire(&wire).unwrap())
        .unwrap();
}

#[test]
fn somebody_else_can_update_tag_and_delete() {
    let mut world = World::with_shop();
    change(
        &mut world,
        json!({ "service": "shop", "update": { "cpu": "512", "memory": "1024" } }),
    );
    world.pass(600);
    assert_eq!(world.configuration()["cpu"], "512");
    change(
        &mut world,
        json!({ "service": "shop", "tag": [{ "key": "a", "value": "b" }] }),
    );
    change(&mut world, json!({ "service": "shop", "untag": ["a"] }));
    change(&mut world, json!({ "service": "shop", "delete": true }));
    assert_eq!(world.describe()["status"]["statusCode"], "DRAINING");
    change(&mut world, json!({ "service": "shop", "purge": true }));
    let actions: Vec<String> = world
        .model
        .calls()
        .into_iter()
        .map(|call| call.action)
        .collect();
    assert!(!actions.contains(&"UpdateExpressGatewayService".to_owned()));
}

#[test]
fn a_customers_service_holds_its_name() {
    let mut world = World::new();
    change(&mut world, json!({ "service": "shop", "customer": true }));
    let (code, _) = world.code("CreateExpressGatewayService", create_request());
    assert_eq!(code, "InvalidParameterException");
    let answer = world
        .call("DescribeServices", json!({ "services": ["shop"] }))
        .unwrap();
    assert_eq!(answer["services"][0]["resourceManagementType"], "CUSTOMER");
    let body = json!({ "serviceArn": super::SHOP });
    let (code, _) = world.code("DescribeExpressGatewayService", body);
    assert_eq!(code, "InvalidParameterException");
}

#[test]
fn clusters_come_and_go() {
    let mut world = World::with_shop();
    change(&mut world, json!({ "cluster": "default", "exists": false }));
    let body = json!({ "serviceArn": super::SHOP });
    let (code, _) = world.code("DescribeExpressGatewayService", body);
    assert_eq!(code, "ClusterNotFoundException");
    change(&mut world, json!({ "cluster": "default", "exists": true }));
    world.describe();
}

#[test]
fn a_change_that_says_too_much_or_too_little_is_refused() {
    for (wire, word) in [
        (json!({ "service": "shop" }), "exactly one"),
        (
            json!({ "service": "shop", "delete": true, "untag": [] }),
            "exactly one",
        ),
        (
            json!({ "service": "shop", "update": { "colour": 1 } }),
            "`colour`",
        ),
        (json!({ "service": "shop", "remove": true }), "`remove`"),
        (json!({ "cluster": "x" }), "exists"),
        (json!({ "exists": true }), "cluster"),
    ] {
        let message = Change::from_wire(&wire).unwrap_err();
        assert!(message.contains(word), "{message} should name {word}");
    }
}

#[test]
fn settings_that_cannot_be_are_refused_with_their_name() {
    let settings = Settings::default();
    for (wire, words) in [
        (json!({ "clusterForm": "Short" }), ["clusterForm", "`Name`"]),
        (json!({ "timescale": 1 }), ["timescale", "timeScale"]),
        (json!({ "timeScale": -1 }), ["timeScale", "-1"]),
        (json!({ "accountId": "12" }), ["accountId", "twelve digits"]),
        (
            json!({ "drainingSeconds": 9_000_000_000_000_000_000_u64 }),
            ["drainingSeconds", "is more than"],
        ),
        (
            json!({ "readLagSeconds": { "DescribeServices": u64::MAX } }),
            ["DescribeServices", "is more than"],
        ),
        (
            json!({ "memberLagSeconds": { "image": 5 } }),
            ["memberLagSeconds", "\"image\""],
        ),
    ] {
        let message = settings.with(&wire).unwrap_err();
        for word in words {
            assert!(message.contains(word), "{message} should name {word}");
        }
    }
}

#[test]
fn the_page_of_a_service_follows_its_deployment() {
    let mut world = World::new();
    world.create(create_request()).unwrap();
    world.pass(20);
    let paths = world.configuration()["ingressPaths"].take();
    let url = paths[0]["endpoint"].as_str().unwrap().to_owned();
    let endpoint = url.trim_end_matches('/').rsplit('/').next().unwrap();
    let Page::NotUp(reason) = world.model.service_page(endpoint) else {
        panic!("nothing runs yet");
    };
    assert!(reason.contains("SCALE_UP"), "{reason}");
    world.pass(130);
    let Page::Running(text) = world.model.service_page(endpoint) else {
        panic!("the service runs");
    };
    assert!(text.contains("image: registry.example/shop:1"), "{text}");
    world.delete().unwrap();
    world.pass(90);
    assert_eq!(world.model.service_page(endpoint), Page::Gone);
}

#[test]
fn an_aws_service_may_set_tags_with_its_own_prefix() {
    let mut world = World::with_shop();
    let tag = json!([{ "key": "aws:cloudformation:stack-name", "value": "web" }]);
    let change = json!({ "service": "shop", "tag": tag });
    world
        .model
        .change(Change::from_wire(&change).unwrap())
        .unwrap();
    let body = json!({ "resourceArn": SHOP });
    let listed = world.call("ListTagsForResource", body).unwrap();
    assert_eq!(listed["tags"], tag);
    let body = json!({ "resourceArn": SHOP, "tags": tag });
    let (code, _) = world.code("TagResource", body);
    assert_eq!(code, "InvalidParameterException");
}

#[test]
fn a_change_can_be_meant_for_another_account_and_region() {
    let mut world = World::new();
    let change = json!({
        "service": "shop", "customer": true, "account": "210987654321",
        "region": "eu-west-1", "cluster": "team",
    });
    world
        .model
        .change(Change::from_wire(&change).unwrap())
        .unwrap();
    world.caller.account = "210987654321".to_owned();
    world.caller.region = "eu-west-1".to_owned();
    let listed = world
        .call("ListServices", json!({ "cluster": "team" }))
        .unwrap();
    assert_eq!(
        listed["serviceArns"],
        json!(["arn:aws:ecs:eu-west-1:210987654321:service/team/shop"])
    );
    let wrong = json!({ "service": "shop", "delete": true, "account": "me" });
    let message = Change::from_wire(&wrong).unwrap_err();
    assert!(message.contains("twelve digits"), "{message}");
}

#[test]
fn something_that_ecs_manages_can_fail_later() {
    let mut world = World::with_shop();
    world.pass(600);
    let fail = |resource: &str| json!({ "service": "shop", "fail": { "resource": resource, "reason": "quota" } });
    change(&mut world, fail("TargetGroups"));
    let revision = world.configuration()["serviceRevisionArn"].clone();
    let body = json!({ "serviceRevisionArns": [revision] });
    let answer = world.call("DescribeServiceRevisions", body).unwrap();
    let path = &answer["serviceRevisions"][0]["ecsManagedResources"]["ingressPaths"][0];
    assert_eq!(path["targetGroups"][0]["status"], "FAILED");
    assert_eq!(path["targetGroups"][0]["statusReason"], "quota");
    assert_eq!(path["loadBalancer"]["status"], "ACTIVE");
    let unknown = Change::from_wire(&fail("Moon")).unwrap();
    let error = world.model.change(unknown).unwrap_err();
    assert!(error.message.contains("Moon"), "{error}");
}

#[test]
fn a_customers_service_can_be_deleted_and_leaves_an_inactive_record() {
    let mut world = World::new();
    change(&mut world, json!({ "service": "shop", "customer": true }));
    change(&mut world, json!({ "service": "shop", "delete": true }));
    world.pass(600);
    let answer = world
        .call("DescribeServices", json!({ "services": ["shop"] }))
        .unwrap();
    assert_eq!(answer["services"][0]["status"], "INACTIVE");
    let body = json!({ "serviceArn": super::SHOP });
    let (code, _) = world.code("DescribeExpressGatewayService", body);
    assert_eq!(code, "InvalidParameterException");
}
