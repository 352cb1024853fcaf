use serde_json::{Value, json};

use super::{SHOP, World, create_with};

fn with_tags() -> World {
    let mut world = World::new();
    let tags = json!({ "tags": [{ "key": "team", "value": "a" }] });
    world.create(create_with(tags)).unwrap();
    world
}

fn list(world: &mut World) -> Value {
    world
        .call("ListTagsForResource", json!({ "resourceArn": SHOP }))
        .unwrap()["tags"]
        .take()
}

#[test]
fn describe_shows_tags_only_when_asked() {
    let mut world = with_tags();
    assert!(world.describe().get("tags").is_none());
    let body = json!({ "serviceArn": SHOP, "include": ["TAGS"] });
    let answer = world.call("DescribeExpressGatewayService", body).unwrap();
    assert_eq!(
        answer["service"]["tags"],
        json!([{ "key": "team", "value": "a" }])
    );
}

#[test]
fn tags_are_added_changed_and_taken_away() {
    let mut world = with_tags();
    let tags = json!([{ "key": "team", "value": "b" }, { "key": "env", "value": "test" }]);
    world
        .call("TagResource", json!({ "resourceArn": SHOP, "tags": tags }))
        .unwrap();
    assert_eq!(list(&mut world), tags);
    world
        .call(
            "UntagResource",
            json!({ "resourceArn": SHOP, "tagKeys": ["team", "none"] }),
        )
        .unwrap();
    assert_eq!(list(&mut world), json!([{ "key": "env", "value": "test" }]));
}

#[test]
fn fifty_tags_are_the_most() {
    let mut world = with_tags();
    let tags: Vec<Value> = (0..50)
        .map(|number| json!({ "key": format!("key-{number}"), "value": "" }))
        .collect();
    let body = json!({ "resourceArn": SHOP, "tags": tags });
    let (code, _) = world.code("TagResource", body);
    assert_eq!(code, "LimitExceededException");
    assert_eq!(list(&mut world).as_array().unwrap().len(), 1);
    let mut too_many = tags;
    too_many.push(json!({ "key": "one-more", "value": "" }));
    let request = create_with(json!({ "serviceName": "other", "tags": too_many }));
    let (code, _) = world.code("CreateExpressGatewayService", request);
    assert_eq!(code, "InvalidParameterException");
}

#[test]
fn reserved_and_malformed_keys_are_refused() {
    let mut world = with_tags();
    for key in ["AWS:mine", "", "semi;colon"] {
        let body = json!({ "resourceArn": SHOP, "tags": [{ "key": key, "value": "" }] });
        let (code, _) = world.code("TagResource", body);
        assert_eq!(code, "InvalidParameterException", "{key}");
    }
}

#[test]
fn a_service_that_is_not_there_has_no_tags() {
    let mut world = with_tags();
    let body = json!({ "resourceArn": format!("{SHOP}-2") });
    let (code, _) = world.code("ListTagsForResource", body);
    assert_eq!(code, "ResourceNotFoundException");
}
