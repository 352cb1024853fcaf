use serde_json::json;

use super::{SHOP, World, create_request};
use crate::model::Settings;

fn lagging() -> World {
    World::with(&json!({
        "readLagSeconds": { "DescribeExpressGatewayService": 5, "ListServices": 20 },
    }))
}

fn code(world: &mut World) -> Option<String> {
    let body = json!({ "serviceArn": SHOP });
    let answer = world.call("DescribeExpressGatewayService", body);
    answer.err().map(|error| error.code)
}

#[test]
fn a_read_that_lags_misses_a_new_service_so_long() {
    let mut world = lagging();
    world.create(create_request()).unwrap();
    assert_eq!(
        code(&mut world).as_deref(),
        Some("ResourceNotFoundException")
    );
    world.pass(4);
    assert_eq!(
        code(&mut world).as_deref(),
        Some("ResourceNotFoundException")
    );
    world.pass(1);
    assert_eq!(code(&mut world), None);
    let listed = world.call("ListServices", json!({})).unwrap();
    assert_eq!(
        listed["serviceArns"],
        json!([]),
        "each action lags by its own time"
    );
    world.pass(20);
    let listed = world.call("ListServices", json!({})).unwrap();
    assert_eq!(listed["serviceArns"], json!([SHOP]));
}

#[test]
fn a_read_that_lags_shows_what_was_and_then_what_is() {
    let mut world = lagging();
    world.create(create_request()).unwrap();
    world.pass(150);
    world.update(json!({}));
    world.pass(4);
    assert!(world.describe().get("currentDeployment").is_none());
    assert!(
        world.deployment()["status"].is_string(),
        "other reads do not lag"
    );
    world.pass(4);
    assert!(world.describe()["currentDeployment"].is_string());
    world.pass(600);
    world.delete().unwrap();
    assert_eq!(world.describe()["status"]["statusCode"], "ACTIVE");
    world.pass(5);
    assert_eq!(world.describe()["status"]["statusCode"], "DRAINING");
    world.pass(86);
    assert_eq!(world.describe()["status"]["statusCode"], "DRAINING");
    world.pass(5);
    assert_eq!(world.describe()["status"]["statusCode"], "INACTIVE");
}

#[test]
fn the_order_of_configurations_still_changes_from_look_to_look() {
    let mut world = lagging();
    world.create(create_request()).unwrap();
    world.pass(150);
    world.update(json!({}));
    world.pass(60);
    let first = world.describe()["activeConfigurations"].take();
    let second = world.describe()["activeConfigurations"].take();
    assert_eq!(first[0], second[1]);
}

#[test]
fn only_actions_that_read_can_lag() {
    let wrong = json!({ "readLagSeconds": { "DeleteExpressGatewayService": 5 } });
    let message = Settings::default().with(&wrong).unwrap_err();
    assert!(message.contains("readLagSeconds"), "{message}");
}

#[test]
fn a_member_that_lags_is_left_out_while_its_revision_is_young() {
    let mut world = World::with(&json!({"memberLagSeconds": {
        "scalingTarget.minTaskCount": 100, "primaryContainer": 100, "serviceSecurityGroups": 100,
    }}));
    world.create(create_request()).unwrap();
    world.pass(50);
    let configuration = world.describe()["activeConfigurations"][0].clone();
    assert!(configuration.get("primaryContainer").is_none());
    assert!(configuration["scalingTarget"].get("minTaskCount").is_none());
    assert_eq!(configuration["scalingTarget"]["maxTaskCount"], 20);
    let arn = configuration["serviceRevisionArn"].clone();
    let groups = |world: &mut World| {
        let body = json!({ "serviceRevisionArns": [arn] });
        let answer = world.call("DescribeServiceRevisions", body).unwrap();
        answer["serviceRevisions"][0]["ecsManagedResources"]
            .get("serviceSecurityGroups")
            .cloned()
    };
    assert_eq!(groups(&mut world), None);
    world.pass(50);
    let configuration = world.describe()["activeConfigurations"][0].clone();
    assert!(configuration.get("primaryContainer").is_some());
    assert_eq!(configuration["scalingTarget"]["minTaskCount"], 1);
    assert!(groups(&mut world).is_some());
}
