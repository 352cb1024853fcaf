//! `kubectl explain` describes each field completely.

use serde_json::Value;

use crate::harness::{PATIENCE, plane, served_schema};
use controlplane::poll;

/// The operator's own fields; all others are those of `CreateExpressGatewayService`.
const OWN: [&str; 5] = [
    "region",
    "deletionPolicy",
    "adoptionPolicy",
    "driftPolicy",
    "suspend",
];

struct Field {
    path: String,
    name: String,
    description: String,
}

/// All fields below `schema`, including those of list items.
fn fields(schema: &Value, path: &str) -> Vec<Field> {
    let items = &schema["items"];
    let mut found = if items.is_object() {
        fields(items, path)
    } else {
        Vec::new()
    };
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        found.extend(fields(property, &path));
        found.push(Field {
            path,
            name: name.clone(),
            description: property["description"]
                .as_str()
                .unwrap_or_default()
                .replace('\n', " "),
        });
    }
    found
}

fn part(name: &str) -> Vec<Field> {
    let found = fields(&served_schema()["properties"][name], name);
    assert!(
        found.len() > 40,
        "{} fields of {name} are too few to be all",
        found.len()
    );
    found
}

/// The fields of `found` with an incomplete description.
fn lacking(found: &[Field], what: &str, has: impl Fn(&Field) -> bool) {
    let lacking: Vec<String> = found
        .iter()
        .filter(|field| !has(field))
        .map(|field| format!("{}: {}", field.path, field.description))
        .collect();
    assert!(
        lacking.is_empty(),
        "the description lacks {what}:\n{}",
        lacking.join("\n")
    );
}

/// What kubectl prints. The API server publishes a new schema a moment after it serves it.
fn explained(arguments: &[&str]) -> String {
    let arguments = [&["explain"], arguments].concat();
    poll::until(PATIENCE, "the schema to be published", || {
        plane()
            .kubectl_run(&arguments, None)
            .map_err(|error| error.stderr)
    })
    .unwrap()
}

#[test]
fn every_field_has_a_description() {
    for name in ["spec", "status"] {
        lacking(&part(name), "a sentence", |field| {
            field.description.len() > 10 && field.description.trim_end().ends_with(['.', ')'])
        });
    }
}

#[test]
fn every_field_of_the_spec_names_its_field_in_ecs_or_is_the_operators_own() {
    lacking(&part("spec"), "`ECS:` and the name", |field| {
        let own = OWN.iter().any(|own| field.path == format!("spec.{own}"));
        let named = field
            .description
            .contains(&format!("ECS: `{}`.", field.name));
        own != named
    });
}

#[test]
fn every_field_of_the_spec_documents_its_value_when_unset() {
    lacking(&part("spec"), "`Unset` or `Required`", |field| {
        ["Unset: ", "Unset or empty: ", "Required"]
            .iter()
            .any(|word| field.description.contains(word))
    });
}

#[test]
fn every_field_of_the_spec_says_whether_it_can_change() {
    lacking(&part("spec"), "whether it can change", |field| {
        [
            "A change makes a new revision",
            "Cannot change after creation",
            "Can change",
        ]
        .iter()
        .any(|words| field.description.contains(words))
    });
    // The immutable ones are described as such.
    let fixed = ["serviceName", "cluster", "region", "infrastructureRoleArn"];
    for field in part("spec") {
        let says = field.description.contains("Cannot change after creation");
        assert_eq!(says, fixed.contains(&field.name.as_str()), "{}", field.path);
    }
}

#[test]
fn kubectl_explain_prints_the_description() {
    let printed = explained(&["xsvc.spec.cpu"]);
    assert!(printed.contains("FIELD: cpu <string>"), "{printed}");
    assert!(
        printed.contains("CPU of a task, as a quoted string"),
        "{printed}"
    );
    let enumerated = explained(&["xsvc.spec.deletionPolicy"]);
    assert!(
        enumerated.contains("ENUM:\n    Delete\n    Retain"),
        "{enumerated}"
    );
    let required = explained(&["xsvc.spec"]);
    assert!(
        required.contains("infrastructureRoleArn\t<string> -required-"),
        "{required}"
    );
}

#[test]
fn kubectl_explain_recursive_lists_every_field() {
    for name in ["spec", "status"] {
        let printed = explained(&[&format!("xsvc.{name}"), "--recursive"]);
        for field in part(name) {
            assert!(
                printed.contains(&format!(" {}\t<", field.name)),
                "{}\n{printed}",
                field.path
            );
        }
    }
}
