//! Coverage: every rule and limit of the served schema has a case in the tables.

use serde_json::Value;

use crate::harness::served_schema;
use crate::rules::{all, immutable};

#[test]
fn every_rule_and_limit_of_the_schema_has_an_object_that_breaks_it() {
    let tables = all();
    let refusals: Vec<String> = tables
        .iter()
        .flat_map(|case| &case.bad)
        .map(|(_, words)| *words)
        .chain(immutable::changes().iter().map(|change| change.refusal))
        .map(without_indexes)
        .collect();
    let schema = served_schema();
    let mut expected = Vec::new();
    collect(&schema["properties"]["spec"], "spec", &mut expected);
    rules(&schema, "", &mut expected);
    assert!(
        expected.len() > 100,
        "{} is too few to be all",
        expected.len()
    );

    let missing: Vec<String> = expected
        .iter()
        .filter(|(path, words)| {
            !refusals.iter().any(|refusal| {
                // Some responses have the path before the message, others at its beginning.
                let of_path = [": ", " in body "]
                    .iter()
                    .any(|next| refusal.starts_with(&format!("{path}{next}")));
                of_path && refusal.contains(words.as_str())
            })
        })
        .map(|(path, words)| format!("{path}: {words}"))
        .collect();
    assert!(
        missing.is_empty(),
        "no object breaks\n{}",
        missing.join("\n")
    );
}

/// The API server's message for a violated limit.
const LIMITS: [(&str, &str); 6] = [
    ("maxLength", "Too long: "),
    ("minLength", "should be at least "),
    ("maximum", "should be less than or equal to "),
    ("minimum", "should be greater than or equal to "),
    ("maxItems", "Too many: "),
    ("enum", "Unsupported value: "),
];

/// The path of each rule and limit, and a part of its message.
fn collect(schema: &Value, path: &str, found: &mut Vec<(String, String)>) {
    for (limit, words) in LIMITS {
        if !schema[limit].is_null() {
            found.push((path.into(), words.into()));
        }
    }
    if matches!(
        schema["x-kubernetes-list-type"].as_str(),
        Some("map" | "set")
    ) {
        found.push((format!("{path}[]"), "Duplicate value: ".into()));
    }
    for required in schema["required"].as_array().into_iter().flatten() {
        let required = required.as_str().unwrap();
        found.push((format!("{path}.{required}"), "Required value".into()));
    }
    rules(schema, path, found);
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        collect(property, &format!("{path}.{name}"), found);
    }
    if schema["items"].is_object() {
        collect(&schema["items"], &format!("{path}[]"), found);
    }
}

fn rules(schema: &Value, path: &str, found: &mut Vec<(String, String)>) {
    for rule in schema["x-kubernetes-validations"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let field = format!("{path}{}", rule["fieldPath"].as_str().unwrap_or_default());
        let message = rule["message"].as_str().map(String::from);
        let message =
            message.unwrap_or_else(|| literal(rule["messageExpression"].as_str().unwrap()));
        found.push((field.trim_start_matches('.').into(), message));
    }
}

/// The longest part of a message expression's format that is the same in every message.
fn literal(expression: &str) -> String {
    let format = expression.split("'.format(").next().unwrap();
    let parts = format
        .trim_start_matches('\'')
        .split("%s")
        .flat_map(|part| part.split("%d"));
    parts.max_by_key(|part| part.len()).unwrap().into()
}

fn without_indexes(words: &str) -> String {
    let head = words.split([' ', '{']).next().unwrap_or_default();
    let mut path = String::new();
    let mut inside = false;
    for character in head.chars() {
        match character {
            '[' => (inside, path) = (true, path + "["),
            ']' => (inside, path) = (false, path + "]"),
            digit if inside && digit.is_ascii_digit() => {}
            other => path.push(other),
        }
    }
    path + &words[head.len()..]
}
