use serde_json::{Value, json};

use super::{Fixture, create_request};

#[test]
fn clusters_are_described_by_name_or_arn_with_their_tasks_and_services() {
    let mut ecs = Fixture::with(&json!({ "clusters": ["team"] }));
    ecs.create(create_request()).unwrap();
    ecs.advance(150);
    let arn = |name: &str| format!("arn:aws:ecs:us-east-1:123456789012:cluster/{name}");
    let body = json!({ "clusters": ["default", arn("team"), "none"], "include": ["SETTINGS"] });
    let answer = ecs.call("DescribeClusters", body).unwrap();
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
    let listed = ecs.call("ListClusters", json!({})).unwrap();
    assert_eq!(listed["clusterArns"], json!([arn("default"), arn("team")]));
}

#[test]
fn without_a_name_the_default_cluster_is_described_and_is_missing_at_first() {
    let mut ecs = Fixture::new();
    let mut describe = || ecs.call("DescribeClusters", json!({})).unwrap();
    assert_eq!(describe()["clusters"], json!([]));
    assert_eq!(describe()["failures"][0]["reason"], "MISSING");
    ecs.create(create_request()).unwrap();
    let answer: Value = ecs.call("DescribeClusters", json!({})).unwrap();
    assert_eq!(answer["clusters"][0]["clusterName"], "default");
}
