//! What goes wrong with a service that runs.

use serde_json::{Value, json};

use super::{Fixture, create_request, create_with};
use crate::model::{Change, Page};

fn change(ecs: &mut Fixture, wire: Value) {
    ecs.model.change(Change::from_wire(&wire).unwrap()).unwrap();
}

fn described(ecs: &mut Fixture) -> Value {
    let body = json!({ "services": ["shop"] });
    ecs.call("DescribeServices", body).unwrap()["services"][0].take()
}

/// Returns `ecsManagedResources` of the running revision.
fn resources(ecs: &mut Fixture) -> Value {
    let arn = ecs.configuration()["serviceRevisionArn"].take();
    let body = json!({ "serviceRevisionArns": [arn] });
    let mut answer = ecs.call("DescribeServiceRevisions", body).unwrap();
    answer["serviceRevisions"][0]["ecsManagedResources"].take()
}

#[test]
fn a_detached_resource_disappears_from_this_and_later_revisions() {
    for (resource, pointer) in [
        ("LoadBalancer", "/ingressPaths/0/loadBalancer"),
        (
            "LoadBalancerSecurityGroup",
            "/ingressPaths/0/loadBalancerSecurityGroups/0",
        ),
        ("Certificate", "/ingressPaths/0/certificate"),
        ("Listener", "/ingressPaths/0/listener"),
        ("Rule", "/ingressPaths/0/rule"),
        ("TargetGroups", "/ingressPaths/0/targetGroups/0"),
        ("ServiceSecurityGroup", "/serviceSecurityGroups/0"),
        ("LogGroup", "/logGroups/0"),
        ("MetricAlarm", "/metricAlarms/0"),
        ("ScalableTarget", "/autoScaling/scalableTarget"),
        (
            "ScalingPolicy",
            "/autoScaling/applicationAutoScalingPolicies/0",
        ),
    ] {
        let mut ecs = Fixture::with_shop();
        assert!(resources(&mut ecs).pointer(pointer).is_some(), "{resource}");
        change(&mut ecs, json!({ "service": "shop", "detach": resource }));
        assert!(resources(&mut ecs).pointer(pointer).is_none(), "{resource}");
        ecs.update(json!({}));
        ecs.advance(600);
        assert!(resources(&mut ecs).pointer(pointer).is_none(), "{resource}");
    }
}

#[test]
fn a_failed_resource_works_again_after_the_next_deployment() {
    let mut ecs = Fixture::with_shop();
    let fail = json!({ "resource": "Rule", "reason": "gone" });
    change(&mut ecs, json!({ "service": "shop", "fail": fail }));
    let rule = |ecs: &mut Fixture| resources(ecs)["ingressPaths"][0]["rule"]["status"].take();
    assert_eq!(rule(&mut ecs), "FAILED");
    ecs.update(json!({}));
    ecs.advance(600);
    assert_eq!(rule(&mut ecs), "ACTIVE");
}

#[test]
fn the_desired_count_can_be_reset_until_the_next_deployment() {
    let mut ecs = Fixture::new();
    let scaling = json!({ "minTaskCount": 3, "maxTaskCount": 5 });
    ecs.create(create_with(json!({ "scalingTarget": scaling })))
        .unwrap();
    ecs.advance(150);
    change(&mut ecs, json!({ "service": "shop", "desiredCount": 0 }));
    let service = described(&mut ecs);
    assert_eq!(
        (&service["desiredCount"], &service["runningCount"]),
        (&json!(0), &json!(0))
    );
    let endpoint = ecs.model.services().next().unwrap().endpoint().to_owned();
    assert!(matches!(ecs.model.service_page(&endpoint), Page::NotUp(_)));
    assert_eq!(ecs.configuration()["scalingTarget"]["minTaskCount"], 3);
    ecs.update(json!({}));
    ecs.advance(600);
    let service = described(&mut ecs);
    assert_eq!(
        (&service["desiredCount"], &service["runningCount"]),
        (&json!(3), &json!(3))
    );
}

#[test]
fn tasks_that_die_are_missing_until_they_run_again() {
    let mut ecs = Fixture::with_shop();
    change(&mut ecs, json!({ "service": "shop", "runningCount": 0 }));
    let service = described(&mut ecs);
    assert_eq!(service["desiredCount"], 1);
    assert_eq!(service["runningCount"], 0);
    assert_eq!(service["pendingCount"], 1);
    assert_eq!(
        service["events"][0]["message"],
        "(service shop) has stopped 1 running tasks."
    );
    change(&mut ecs, json!({ "service": "shop", "runningCount": 1 }));
    let service = described(&mut ecs);
    assert_eq!(service["runningCount"], 1);
    assert_eq!(service["pendingCount"], 0);
}

#[test]
fn nothing_degrades_while_nothing_runs() {
    let mut ecs = Fixture::new();
    ecs.create(create_request()).unwrap();
    for wire in [
        json!({ "service": "shop", "desiredCount": 0 }),
        json!({ "service": "shop", "runningCount": 0 }),
        json!({ "service": "shop", "detach": "Moon" }),
        json!({ "service": "none", "detach": "Rule" }),
    ] {
        let change = Change::from_wire(&wire).unwrap();
        ecs.model.change(change).unwrap_err();
    }
    let negative = json!({ "service": "shop", "runningCount": -1 });
    let message = Change::from_wire(&negative).unwrap_err();
    assert!(message.contains("-1"), "{message}");
}
