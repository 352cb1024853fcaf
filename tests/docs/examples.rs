//! The examples are complete and explain themselves.

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use crate::{
    markdown::links,
    repository::{read, root},
    schema::fields,
};

fn files() -> BTreeSet<String> {
    let entries = fs::read_dir(root().join("examples")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(".yaml")).collect()
}

/// The paths that a manifest sets, with `[]` after each list.
fn paths(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    if let Value::Array(items) = value {
        for item in items {
            paths(item, &format!("{path}[]"), found);
        }
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        paths(value, &path, found);
        found.insert(path);
    }
}

#[test]
fn everything_sets_every_field_but_the_one_that_excludes_others() {
    let manifest: Value = serde_saphyr::from_str(&read("examples/everything.yaml")).unwrap();
    let mut set = BTreeSet::new();
    paths(&manifest["spec"], "spec", &mut set);
    set.insert("spec.taskDefinitionArn".into());
    let all: BTreeSet<String> = fields("spec").into_iter().map(|field| field.path).collect();
    assert_eq!(set, all);
}

#[test]
fn every_example_says_what_it_is_for_and_what_to_change() {
    for file in files() {
        let text = read(&format!("examples/{file}"));
        let head: String = text
            .lines()
            .take_while(|line| line.starts_with('#'))
            .collect();
        assert!(
            head.len() > 100 && head.contains("# Change: "),
            "{file}: {head}"
        );
        let other_account = text
            .split(|c: char| !c.is_ascii_digit())
            .find(|digits| digits.len() == 12 && *digits != "123456789012");
        assert_eq!(other_account, None, "{file}");
    }
}

#[test]
fn the_table_of_examples_has_every_example() {
    let linked = links(&read("examples/README.md")).into_iter();
    let linked: BTreeSet<String> = linked.filter(|link| link.ends_with(".yaml")).collect();
    assert_eq!(linked, files());
}
