use serde_json::{Value, json};

use super::{Fixture, SHOP, create_with};

fn with_tags() -> Fixture {
    let mut ecs = Fixture::new();
    let tags = json!({ "tags": [{ "key": "team", "value": "a" }] });
    ecs.create(create_with(tags)).unwrap();
    ecs
}

fn list(ecs: &mut Fixture) -> Value {
    ecs.call("ListTagsForResource", json!({ "resourceArn": SHOP }))
        .unwrap()["tags"]
        .take()
}

#[test]
fn describe_shows_tags_only_on_request() {
    let mut ecs = with_tags();
    assert!(ecs.describe().get("tags").is_none());
    let body = json!({ "serviceArn": SHOP, "include": ["TAGS"] });
    let answer = ecs.call("DescribeExpressGatewayService", body).unwrap();
    assert_eq!(
        answer["service"]["tags"],
        json!([{ "key": "team", "value": "a" }])
    );
}

#[test]
fn tags_are_added_changed_and_removed() {
    let mut ecs = with_tags();
    let tags = json!([{ "key": "team", "value": "b" }, { "key": "env", "value": "test" }]);
    ecs.call("TagResource", json!({ "resourceArn": SHOP, "tags": tags }))
        .unwrap();
    assert_eq!(list(&mut ecs), tags);
    ecs.call(
        "UntagResource",
        json!({ "resourceArn": SHOP, "tagKeys": ["team", "none"] }),
    )
    .unwrap();
    assert_eq!(list(&mut ecs), json!([{ "key": "env", "value": "test" }]));
}

#[test]
fn at_most_fifty_tags_are_accepted() {
    let mut ecs = with_tags();
    let tags: Vec<Value> = (0..50)
        .map(|number| json!({ "key": format!("key-{number}"), "value": "" }))
        .collect();
    let body = json!({ "resourceArn": SHOP, "tags": tags });
    let (code, _) = ecs.error_of("TagResource", body);
    assert_eq!(code, "LimitExceededException");
    assert_eq!(list(&mut ecs).as_array().unwrap().len(), 1);
    let mut too_many = tags;
    too_many.push(json!({ "key": "one-more", "value": "" }));
    let request = create_with(json!({ "serviceName": "other", "tags": too_many }));
    let (code, _) = ecs.error_of("CreateExpressGatewayService", request);
    assert_eq!(code, "InvalidParameterException");
}

#[test]
fn reserved_and_malformed_keys_are_rejected() {
    let mut ecs = with_tags();
    for key in ["AWS:mine", "", "semi;colon"] {
        let body = json!({ "resourceArn": SHOP, "tags": [{ "key": key, "value": "" }] });
        let (code, _) = ecs.error_of("TagResource", body);
        assert_eq!(code, "InvalidParameterException", "{key}");
    }
}

#[test]
fn a_missing_service_has_no_tags() {
    let mut ecs = with_tags();
    let body = json!({ "resourceArn": format!("{SHOP}-2") });
    let (code, _) = ecs.error_of("ListTagsForResource", body);
    assert_eq!(code, "ResourceNotFoundException");
}
