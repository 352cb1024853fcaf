//! The CRD in `crds/` is generated from the Rust types and follows the conventions of this API.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends where it fails"
)]

use ecs_express_operator::api::{crd, crd_yaml};
use serde_json::{Map, Value};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/crds/expressservices.yaml");

#[test]
fn crds_is_what_the_rust_types_say() {
    let stored = std::fs::read_to_string(FILE).unwrap_or_default();
    let generated = crd_yaml().unwrap();
    // Not assert_eq, which would print both in full.
    let line = stored
        .lines()
        .zip(generated.lines())
        .position(|(stored, generated)| stored != generated);
    assert!(
        stored == generated,
        "crds/expressservices.yaml is stale (line {}): run `make crds`",
        line.unwrap_or(stored.lines().count().min(generated.lines().count())) + 1
    );
}

fn schema() -> Value {
    let crd = serde_json::to_value(crd()).unwrap();
    crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"].clone()
}

/// Calls `visit` with the path and the members of `schema` and of each schema below it.
fn each(schema: &Value, path: &str, visit: &mut impl FnMut(&str, &Map<String, Value>)) {
    visit(path, schema.as_object().unwrap());
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        each(property, &format!("{path}.{name}"), visit);
    }
    if schema["items"].is_object() {
        each(&schema["items"], &format!("{path}[]"), visit);
    }
}

/// The paths below the spec for which `wrong` returns true.
fn in_spec(wrong: impl Fn(&Map<String, Value>) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = 0;
    each(
        &schema()["properties"]["spec"],
        "spec",
        &mut |path, members| {
            seen += 1;
            if wrong(members) {
                found.push(path.to_owned());
            }
        },
    );
    assert!(seen > 40, "{seen} fields are too few to be all");
    found
}

const NONE: [&str; 0] = [];

#[test]
fn no_field_refers_to_another_namespace() {
    let mut found = Vec::new();
    each(&schema(), "", &mut |path, _| {
        let name = path.rsplit('.').next().unwrap_or_default();
        if name.to_lowercase().contains("namespace") {
            found.push(path.to_owned());
        }
    });
    assert_eq!(found, NONE);
}

#[test]
fn nothing_in_the_spec_is_defaulted() {
    assert_eq!(in_spec(|members| members.contains_key("default")), NONE);
}

#[test]
fn nothing_in_the_spec_may_be_null() {
    let nullable = in_spec(|members| {
        let null_word = members
            .get("enum")
            .and_then(Value::as_array)
            .is_some_and(|words| words.contains(&Value::Null));
        members.contains_key("nullable") || null_word
    });
    assert_eq!(nullable, NONE);
}

#[test]
fn every_list_in_the_spec_has_a_maximum_length() {
    assert_eq!(
        in_spec(|members| members["type"] == "array" && !members.contains_key("maxItems")),
        NONE
    );
}

#[test]
fn every_string_in_the_spec_has_a_maximum_length_or_is_an_enum() {
    let unbounded = in_spec(|members| {
        members["type"] == "string"
            && !members.contains_key("maxLength")
            && !members.contains_key("enum")
    });
    assert_eq!(unbounded, NONE);
}

#[test]
fn every_number_in_the_spec_has_a_minimum_and_a_maximum() {
    let unbounded = in_spec(|members| {
        members["type"] == "integer"
            && !(members.contains_key("minimum") && members.contains_key("maximum"))
    });
    assert_eq!(unbounded, NONE);
}
