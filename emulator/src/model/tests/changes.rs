use serde_json::json;

use super::{Fixture, SHOP, create_request};
use crate::model::{Change, Page, Settings};

fn change(ecs: &mut Fixture, wire: serde_json::Value) {
    ecs.model.change(Change::from_wire(&wire).unwrap()).unwrap();
}

#[test]
fn another_user_can_update_tag_and_delete() {
    let mut ecs = Fixture::with_shop();
    change(
        &mut ecs,
        json!({ "service": "shop", "update": { "cpu": "512", "memory": "1024" } }),
    );
    ecs.advance(600);
    assert_eq!(ecs.configuration()["cpu"], "512");
    change(
        &mut ecs,
        json!({ "service": "shop", "tag": [{ "key": "a", "value": "b" }] }),
    );
    change(&mut ecs, json!({ "service": "shop", "untag": ["a"] }));
    change(&mut ecs, json!({ "service": "shop", "delete": true }));
    assert_eq!(ecs.describe()["status"]["statusCode"], "DRAINING");
    change(&mut ecs, json!({ "service": "shop", "purge": true }));
    let actions: Vec<String> = ecs
        .model
        .calls()
        .into_iter()
        .map(|call| call.action)
        .collect();
    assert!(!actions.contains(&"UpdateExpressGatewayService".to_owned()));
}

#[test]
fn a_customers_service_reserves_its_name() {
    let mut ecs = Fixture::new();
    change(&mut ecs, json!({ "service": "shop", "customer": true }));
    let (code, _) = ecs.error_of("CreateExpressGatewayService", create_request());
    assert_eq!(code, "InvalidParameterException");
    let answer = ecs
        .call("DescribeServices", json!({ "services": ["shop"] }))
        .unwrap();
    assert_eq!(answer["services"][0]["resourceManagementType"], "CUSTOMER");
    let body = json!({ "serviceArn": super::SHOP });
    let (code, _) = ecs.error_of("DescribeExpressGatewayService", body);
    assert_eq!(code, "InvalidParameterException");
}

#[test]
fn clusters_can_be_created_and_deleted() {
    let mut ecs = Fixture::with_shop();
    change(&mut ecs, json!({ "cluster": "default", "exists": false }));
    let body = json!({ "serviceArn": super::SHOP });
    let (code, _) = ecs.error_of("DescribeExpressGatewayService", body);
    assert_eq!(code, "ClusterNotFoundException");
    change(&mut ecs, json!({ "cluster": "default", "exists": true }));
    ecs.describe();
}

#[test]
fn a_change_with_too_many_or_too_few_members_is_rejected() {
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
        (
            json!({ "service": "shop", "desiredCount": 0, "runningCount": 0 }),
            "runningCount",
        ),
        (json!({ "service": "shop", "desiredCount": "no" }), "\"no\""),
        (json!({ "service": "shop", "detach": 1 }), "a string"),
        (json!({ "cluster": "x" }), "exists"),
        (json!({ "exists": true }), "cluster"),
    ] {
        let message = Change::from_wire(&wire).unwrap_err();
        assert!(message.contains(word), "{message} should name {word}");
    }
}

#[test]
fn invalid_settings_are_rejected_by_name() {
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
            json!({ "omittedNetworkMembers": "Keep" }),
            ["omittedNetworkMembers", "`Merge`"],
        ),
        (
            json!({ "brokenInfrastructureRole": "RollsBack" }),
            ["brokenInfrastructureRole", "`Waits`"],
        ),
        (
            json!({ "brokenExecutionRole": "Fails" }),
            ["brokenExecutionRole", "`RollsBack`"],
        ),
        (
            json!({ "queuedDeployments": true }),
            ["queuedDeployments", "true"],
        ),
        (
            json!({ "notFoundForm": "Both" }),
            ["notFoundForm", "`Alternating`"],
        ),
        (
            json!({ "abortDeployment": "Reject" }),
            ["abortDeployment", "`Refuse`"],
        ),
        (
            json!({ "bucketRefill": "Never" }),
            ["bucketRefill", "`RealTime`"],
        ),
        (json!({ "vpcs": ["vpc-1"] }), ["vpcs", "a map"]),
        (
            json!({ "firstDeploymentSeconds": 119 }),
            ["firstDeploymentSeconds", "at least 120"],
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
    let mut ecs = Fixture::new();
    ecs.create(create_request()).unwrap();
    ecs.advance(20);
    let paths = ecs.configuration()["ingressPaths"].take();
    let url = paths[0]["endpoint"].as_str().unwrap().to_owned();
    let endpoint = url.trim_end_matches('/').rsplit('/').next().unwrap();
    let Page::NotUp(reason) = ecs.model.service_page(endpoint) else {
        panic!("nothing runs yet");
    };
    assert!(reason.contains("SCALE_UP"), "{reason}");
    ecs.advance(130);
    let Page::Running(text) = ecs.model.service_page(endpoint) else {
        panic!("the service runs");
    };
    assert!(text.contains("image: registry.example/shop:1"), "{text}");
    ecs.delete().unwrap();
    ecs.advance(90);
    assert_eq!(ecs.model.service_page(endpoint), Page::Gone);
}

#[test]
fn an_aws_service_may_set_tags_with_its_own_prefix() {
    let mut ecs = Fixture::with_shop();
    let tag = json!([{ "key": "aws:cloudformation:stack-name", "value": "web" }]);
    let change = json!({ "service": "shop", "tag": tag });
    ecs.model
        .change(Change::from_wire(&change).unwrap())
        .unwrap();
    let body = json!({ "resourceArn": SHOP });
    let listed = ecs.call("ListTagsForResource", body).unwrap();
    assert_eq!(listed["tags"], tag);
    let body = json!({ "resourceArn": SHOP, "tags": tag });
    let (code, _) = ecs.error_of("TagResource", body);
    assert_eq!(code, "InvalidParameterException");
}

#[test]
fn a_change_can_target_another_account_and_region() {
    let mut ecs = Fixture::new();
    let change = json!({
        "service": "shop", "customer": true, "account": "210987654321",
        "region": "eu-west-1", "cluster": "team",
    });
    ecs.model
        .change(Change::from_wire(&change).unwrap())
        .unwrap();
    ecs.caller.account = "210987654321".to_owned();
    ecs.caller.region = "eu-west-1".to_owned();
    let listed = ecs
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
fn a_managed_resource_can_fail_later() {
    let mut ecs = Fixture::with_shop();
    ecs.advance(600);
    let fail = |resource: &str| json!({ "service": "shop", "fail": { "resource": resource, "reason": "quota" } });
    change(&mut ecs, fail("TargetGroups"));
    let revision = ecs.configuration()["serviceRevisionArn"].clone();
    let body = json!({ "serviceRevisionArns": [revision] });
    let answer = ecs.call("DescribeServiceRevisions", body).unwrap();
    let path = &answer["serviceRevisions"][0]["ecsManagedResources"]["ingressPaths"][0];
    assert_eq!(path["targetGroups"][0]["status"], "FAILED");
    assert_eq!(path["targetGroups"][0]["statusReason"], "quota");
    assert_eq!(path["loadBalancer"]["status"], "ACTIVE");
    let unknown = Change::from_wire(&fail("Moon")).unwrap();
    let error = ecs.model.change(unknown).unwrap_err();
    assert!(error.message.contains("Moon"), "{error}");
}

#[test]
fn a_deleted_customers_service_leaves_an_inactive_record() {
    let mut ecs = Fixture::new();
    change(&mut ecs, json!({ "service": "shop", "customer": true }));
    change(&mut ecs, json!({ "service": "shop", "delete": true }));
    ecs.advance(600);
    let answer = ecs
        .call("DescribeServices", json!({ "services": ["shop"] }))
        .unwrap();
    assert_eq!(answer["services"][0]["status"], "INACTIVE");
    let body = json!({ "serviceArn": super::SHOP });
    let (code, _) = ecs.error_of("DescribeExpressGatewayService", body);
    assert_eq!(code, "InvalidParameterException");
}
