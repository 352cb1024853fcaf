use serde_json::{Value, json};

use super::{World, create_request};

#[test]
fn clusters_are_described_by_name_or_arn_with_what_runs_in_them() {
    let mut world = World::with(&json!({ "clusters": ["team"] }));
    world.create(create_request()).unwrap();
    world.pass(150);
    let arn = |name: &str| format!("arn:aws:ecs:us-east-1:123456789012:cluster/{name}");
    let body = json!({ "clusters": ["default", arn("team"), "none"], "include": ["SETTINGS"] });
    let answer = world.call("DescribeClusters", body).unwrap();
    let clusters = answer["clusters"].as_array().unwrap();
    assert_eq!(clusters[0]["clusterArn"], arn("default"));
    assert_eq!(clusters[0]["status"], "ACTIVE");
    assert_eq!(clusters[0]["activeServicesCount"], 1);
    assert_eq!(clusters[0]["runningTasksCount"], 1);
    assert_eq!(clusters[0]["settings"][0]["name"], "containerInsights");
    assert_eq!(clusters[1]["clusterName"], "team");
    assert_eq!(
        answer["failures"],
        json!([{ "arn": arn("none"), "reason": "MISSING" }])
    );
    let listed = world.call("ListClusters", json!({})).unwrap();
    assert_eq!(listed["clusterArns"], json!([arn("default"), arn("team")]));
}

#[test]
fn the_default_cluster_is_meant_where_none_is_named_and_is_missing_at_first() {
    let mut world = World::new();
    let mut describe = || world.call("DescribeClusters", json!({})).unwrap();
    assert_eq!(describe()["clusters"], json!([]));
    assert_eq!(describe()["failures"][0]["reason"], "MISSING");
    world.create(create_request()).unwrap();
    let answer: Value = world.call("DescribeClusters", json!({})).unwrap();
    assert_eq!(answer["clusters"][0]["clusterName"], "default");
}
