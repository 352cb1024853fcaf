use serde_json::{Value, json};

use super::{SHOP, World};

fn describe_service(world: &mut World) -> Value {
    world
        .call(
            "DescribeServices",
            json!({ "services": [SHOP, "none"], "include": ["TAGS"] }),
        )
        .unwrap()
}

#[test]
fn describe_services_shows_an_express_service_as_an_ordinary_one() {
    let mut world = World::with_shop();
    let answer = describe_service(&mut world);
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
    world.update(json!({}));
    world.pass(60);
    let service = describe_service(&mut world)["services"][0].take();
    assert!(service["currentServiceDeployment"].is_string());
    assert_eq!(
        service["currentServiceRevisions"].as_array().unwrap().len(),
        2
    );
}

#[test]
fn describe_services_takes_one_to_ten() {
    let mut world = World::with_shop();
    for services in [Vec::new(), vec!["shop"; 11]] {
        let (code, _) = world.code("DescribeServices", json!({ "services": services }));
        assert_eq!(code, "InvalidParameterException");
    }
}

#[test]
fn deployments_are_listed_newest_first_by_status_time_and_page() {
    let mut world = World::with_shop();
    let created = world.describe()["createdAt"].take();
    world.update(json!({}));
    world.pass(60);
    let mut list = |filter: Value| {
        let mut body = filter;
        body["service"] = json!(SHOP);
        world.call("ListServiceDeployments", body).unwrap()
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
fn unknown_deployments_and_revisions_are_missing() {
    let mut world = World::with_shop();
    let below = |kind: &str| SHOP.replace(":service/", &format!(":{kind}/")) + "/0";
    let body = json!({ "serviceDeploymentArns": [below("service-deployment")] });
    let answer = world.call("DescribeServiceDeployments", body).unwrap();
    assert_eq!(answer["failures"][0]["reason"], "MISSING");
    let body = json!({ "serviceRevisionArns": [below("service-revision")] });
    let answer = world.call("DescribeServiceRevisions", body).unwrap();
    assert_eq!(answer["failures"][0]["reason"], "MISSING");
}

#[test]
fn a_revision_shows_its_image_and_what_ecs_manages_for_it() {
    let mut world = World::new();
    world.create(super::create_request()).unwrap();
    world.pass(20);
    let revision = world.configuration()["serviceRevisionArn"].take();
    let mut describe = |seconds| {
        world.pass(seconds);
        let body = json!({ "serviceRevisionArns": [revision] });
        world.call("DescribeServiceRevisions", body).unwrap()["serviceRevisions"][0].take()
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
fn listed_are_the_active_services_of_a_cluster_by_who_manages_them() {
    let mut world = World::with_shop();
    let customer = json!({ "service": "own", "customer": true });
    world
        .model
        .change(crate::model::Change::from_wire(&customer).unwrap())
        .unwrap();
    let mut list = |body: Value| world.call("ListServices", body).unwrap();
    assert_eq!(list(json!({}))["serviceArns"].as_array().unwrap().len(), 2);
    let express = list(json!({ "resourceManagementType": "ECS" }));
    assert_eq!(express["serviceArns"], json!([SHOP]));
    let page = list(json!({ "maxResults": 1 }));
    assert_eq!(page["nextToken"], "1");
    world.delete().unwrap();
    let left = world.call("ListServices", json!({})).unwrap();
    assert_eq!(left["serviceArns"].as_array().unwrap().len(), 1);
}
