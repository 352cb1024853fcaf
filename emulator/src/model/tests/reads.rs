use serde_json::{Value, json};

use super::{Fixture, SHOP};

fn describe_service(ecs: &mut Fixture) -> Value {
    ecs.call(
        "DescribeServices",
        json!({ "services": [SHOP, "none"], "include": ["TAGS"] }),
    )
    .unwrap()
}

#[test]
fn describe_services_shows_an_express_service_as_an_ordinary_one() {
    let mut ecs = Fixture::with_shop();
    let answer = describe_service(&mut ecs);
    assert_eq!(answer["failures"][0]["reason"], "MISSING");
    let service = &answer["services"][0];
    assert_eq!(service["resourceManagementType"], "ECS");
    assert_eq!(service["status"], "ACTIVE");
    assert_eq!(service["desiredCount"], 1);
    assert_eq!(service["runningCount"], 1);
    assert_eq!(service["tags"], json!([]));
    assert_eq!(service["currentServiceRevisions"][0]["runningTaskCount"], 1);
    assert!(service.get("currentServiceDeployment").is_none());
    let newest = service["events"][0]["message"].as_str().unwrap();
    assert_eq!(newest, "(service shop) has reached a steady state.");
    ecs.update(json!({}));
    ecs.advance(60);
    let service = describe_service(&mut ecs)["services"][0].take();
    assert!(service["currentServiceDeployment"].is_string());
    assert_eq!(
        service["currentServiceRevisions"].as_array().unwrap().len(),
        2
    );
}

#[test]
fn describe_services_accepts_one_to_ten_services() {
    let mut ecs = Fixture::with_shop();
    for services in [Vec::new(), vec!["shop"; 11]] {
        let (code, _) = ecs.error_of("DescribeServices", json!({ "services": services }));
        assert_eq!(code, "InvalidParameterException");
    }
}

#[test]
fn deployments_are_listed_newest_first_by_status_time_and_page() {
    let mut ecs = Fixture::with_shop();
    let created = ecs.describe()["createdAt"].take();
    ecs.update(json!({}));
    ecs.advance(60);
    let mut list = |filter: Value| {
        let mut body = filter;
        body["service"] = json!(SHOP);
        ecs.call("ListServiceDeployments", body).unwrap()
    };
    let statuses = |answer: &Value| -> Vec<String> {
        let list = answer["serviceDeployments"].as_array().unwrap();
        list.iter()
            .map(|deployment| deployment["status"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(statuses(&list(json!({}))), ["IN_PROGRESS", "SUCCESSFUL"]);
    let filter = json!({ "status": ["SUCCESSFUL"] });
    assert_eq!(statuses(&list(filter)), ["SUCCESSFUL"]);
    let filter = json!({ "createdAt": { "after": created } });
    assert_eq!(statuses(&list(filter)), ["IN_PROGRESS"]);
    let page = list(json!({ "maxResults": 1 }));
    assert_eq!(statuses(&page), ["IN_PROGRESS"]);
    let next = list(json!({ "maxResults": 1, "nextToken": page["nextToken"] }));
    assert_eq!(statuses(&next), ["SUCCESSFUL"]);
    assert!(next.get("nextToken").is_none());
}

#[test]
fn unknown_deployments_and_revisions_are_reported_as_missing() {
    let mut ecs = Fixture::with_shop();
    let below = |kind: &str| SHOP.replace(":service/", &format!(":{kind}/")) + "/0";
    let body = json!({ "serviceDeploymentArns": [below("service-deployment")] });
    let answer = ecs.call("DescribeServiceDeployments", body).unwrap();
    assert_eq!(answer["failures"][0]["reason"], "MISSING");
    let body = json!({ "serviceRevisionArns": [below("service-revision")] });
    let answer = ecs.call("DescribeServiceRevisions", body).unwrap();
    assert_eq!(answer["failures"][0]["reason"], "MISSING");
}

#[test]
fn a_revision_shows_its_image_and_its_managed_resources() {
    let mut ecs = Fixture::new();
    ecs.create(super::create_request()).unwrap();
    ecs.advance(20);
    let revision = ecs.configuration()["serviceRevisionArn"].take();
    let mut describe = |seconds| {
        ecs.advance(seconds);
        let body = json!({ "serviceRevisionArns": [revision] });
        ecs.call("DescribeServiceRevisions", body).unwrap()["serviceRevisions"][0].take()
    };
    let early = describe(0);
    let resources = &early["ecsManagedResources"];
    assert_eq!(
        resources["serviceSecurityGroups"][0]["status"],
        "PROVISIONING"
    );
    let late = describe(130);
    assert_eq!(
        late["containerImages"][0]["image"],
        "registry.example/shop:1"
    );
    let resources = &late["ecsManagedResources"];
    let path = &resources["ingressPaths"][0];
    let leaves = [
        &path["loadBalancer"],
        &path["listener"],
        &path["rule"],
        &path["certificate"],
        &path["targetGroups"][0],
        &path["loadBalancerSecurityGroups"][0],
        &resources["serviceSecurityGroups"][0],
        &resources["logGroups"][0],
        &resources["metricAlarms"][0],
        &resources["autoScaling"]["scalableTarget"],
        &resources["autoScaling"]["applicationAutoScalingPolicies"][0],
    ];
    for leaf in leaves {
        assert_eq!(leaf["status"], "ACTIVE", "{leaf}");
        assert!(leaf["arn"].is_string(), "{leaf}");
    }
}

#[test]
fn active_services_are_listed_by_cluster_and_resource_management() {
    let mut ecs = Fixture::with_shop();
    let customer = json!({ "service": "own", "customer": true });
    ecs.model
        .change(crate::model::Change::from_wire(&customer).unwrap())
        .unwrap();
    let mut list = |body: Value| ecs.call("ListServices", body).unwrap();
    assert_eq!(list(json!({}))["serviceArns"].as_array().unwrap().len(), 2);
    let express = list(json!({ "resourceManagementType": "ECS" }));
    assert_eq!(express["serviceArns"], json!([SHOP]));
    let page = list(json!({ "maxResults": 1 }));
    assert_eq!(page["nextToken"], "1");
    ecs.delete().unwrap();
    let left = ecs.call("ListServices", json!({})).unwrap();
    assert_eq!(left["serviceArns"].as_array().unwrap().len(), 1);
}

#[test]
fn a_missing_service_is_reported_in_one_form_or_in_both_in_turns() {
    for (form, expected) in [
        ("ResourceNotFound", ["ResourceNotFoundException"; 2]),
        ("InvalidParameter", ["InvalidParameterException"; 2]),
        (
            "Alternating",
            ["InvalidParameterException", "ResourceNotFoundException"],
        ),
    ] {
        let mut ecs = Fixture::with(&json!({ "notFoundForm": form, "clusters": ["default"] }));
        let mut codes = [(); 4].map(|()| {
            let body = json!({ "serviceArn": SHOP });
            ecs.error_of("DescribeExpressGatewayService", body).0
        });
        assert_eq!(codes[..2], codes[2..]);
        codes[..2].sort();
        assert_eq!(codes[..2], expected, "{form}");
    }
}

#[test]
fn a_first_deployment_has_no_source_revision() {
    let mut ecs = Fixture::with_shop();
    assert!(ecs.deployment().get("sourceServiceRevisions").is_none());
    let running = ecs.configuration()["serviceRevisionArn"].take();
    ecs.update(json!({}));
    ecs.advance(10);
    let sources = ecs.deployment()["sourceServiceRevisions"].take();
    assert_eq!(sources.as_array().unwrap().len(), 1);
    assert_eq!(sources[0]["arn"], running);
}
