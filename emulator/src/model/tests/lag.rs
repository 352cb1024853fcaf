use serde_json::json;

use super::{Fixture, SHOP, create_request};
use crate::model::Settings;

fn lagging() -> Fixture {
    Fixture::with(&json!({
        "readLagSeconds": { "DescribeExpressGatewayService": 5, "ListServices": 20 },
    }))
}

fn code(ecs: &mut Fixture) -> Option<String> {
    let body = json!({ "serviceArn": SHOP });
    let answer = ecs.call("DescribeExpressGatewayService", body);
    answer.err().map(|error| error.code)
}

#[test]
fn a_lagging_read_misses_a_new_service_for_the_length_of_the_lag() {
    let mut ecs = lagging();
    ecs.create(create_request()).unwrap();
    assert_eq!(code(&mut ecs).as_deref(), Some("ResourceNotFoundException"));
    ecs.advance(4);
    assert_eq!(code(&mut ecs).as_deref(), Some("ResourceNotFoundException"));
    ecs.advance(1);
    assert_eq!(code(&mut ecs), None);
    let listed = ecs.call("ListServices", json!({})).unwrap();
    assert_eq!(
        listed["serviceArns"],
        json!([]),
        "each action lags by its own time"
    );
    ecs.advance(20);
    let listed = ecs.call("ListServices", json!({})).unwrap();
    assert_eq!(listed["serviceArns"], json!([SHOP]));
}

#[test]
fn a_lagging_read_shows_the_past_state_and_later_the_current_one() {
    let mut ecs = lagging();
    ecs.create(create_request()).unwrap();
    ecs.advance(150);
    ecs.update(json!({}));
    ecs.advance(4);
    assert!(ecs.describe().get("currentDeployment").is_none());
    assert!(
        ecs.deployment()["status"].is_string(),
        "other reads do not lag"
    );
    ecs.advance(4);
    assert!(ecs.describe()["currentDeployment"].is_string());
    ecs.advance(600);
    ecs.delete().unwrap();
    assert_eq!(ecs.describe()["status"]["statusCode"], "ACTIVE");
    ecs.advance(5);
    assert_eq!(ecs.describe()["status"]["statusCode"], "DRAINING");
    ecs.advance(86);
    assert_eq!(ecs.describe()["status"]["statusCode"], "DRAINING");
    ecs.advance(5);
    assert_eq!(ecs.describe()["status"]["statusCode"], "INACTIVE");
}

#[test]
fn the_order_of_configurations_still_changes_with_each_lagging_read() {
    let mut ecs = lagging();
    ecs.create(create_request()).unwrap();
    ecs.advance(150);
    ecs.update(json!({}));
    ecs.advance(60);
    let first = ecs.describe()["activeConfigurations"].take();
    let second = ecs.describe()["activeConfigurations"].take();
    assert_eq!(first[0], second[1]);
}

#[test]
fn only_reading_actions_can_lag() {
    let wrong = json!({ "readLagSeconds": { "DeleteExpressGatewayService": 5 } });
    let message = Settings::default().with(&wrong).unwrap_err();
    assert!(message.contains("readLagSeconds"), "{message}");
}

#[test]
fn a_lagging_member_is_omitted_while_its_revision_is_new() {
    let mut ecs = Fixture::with(&json!({"memberLagSeconds": {
        "scalingTarget.minTaskCount": 100, "primaryContainer": 100, "serviceSecurityGroups": 100,
    }}));
    ecs.create(create_request()).unwrap();
    ecs.advance(50);
    let configuration = ecs.describe()["activeConfigurations"][0].clone();
    assert!(configuration.get("primaryContainer").is_none());
    assert!(configuration["scalingTarget"].get("minTaskCount").is_none());
    assert_eq!(configuration["scalingTarget"]["maxTaskCount"], 20);
    let arn = configuration["serviceRevisionArn"].clone();
    let groups = |ecs: &mut Fixture| {
        let body = json!({ "serviceRevisionArns": [arn] });
        let answer = ecs.call("DescribeServiceRevisions", body).unwrap();
        answer["serviceRevisions"][0]["ecsManagedResources"]
            .get("serviceSecurityGroups")
            .cloned()
    };
    assert_eq!(groups(&mut ecs), None);
    ecs.advance(50);
    let configuration = ecs.describe()["activeConfigurations"][0].clone();
    assert!(configuration.get("primaryContainer").is_some());
    assert_eq!(configuration["scalingTarget"]["minTaskCount"], 1);
    assert!(groups(&mut ecs).is_some());
}
