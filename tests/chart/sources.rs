//! Facts that are written in two places are equal in both.

use serde_json::{Value, json};

use crate::chart::{self, defaults, file, leaves, render, the};

#[test]
fn the_chart_has_the_version_of_the_program() {
    let chart: Value = serde_saphyr::from_str(&file("Chart.yaml")).unwrap();
    assert_eq!(chart["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(chart["appVersion"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn the_chart_carries_the_licence() {
    assert_eq!(file("LICENSE"), file("../../LICENSE"));
}

#[test]
fn the_crd_in_the_chart_is_that_of_the_rust_types() {
    assert!(
        file("files/expressservices.yaml") == ecs_express_operator::api::crd_yaml().unwrap(),
        "the chart's CustomResourceDefinition is stale: run `make crds`"
    );
}

#[test]
fn the_crd_is_rendered_as_it_is_but_for_labels_and_the_policy_to_keep_it() {
    let objects = render(&json!({}));
    let mut rendered = the(&objects, "CustomResourceDefinition").clone();
    let metadata = rendered["metadata"].as_object_mut().unwrap();
    assert!(metadata.remove("labels").is_some());
    assert_eq!(
        metadata.remove("annotations"),
        Some(json!({"helm.sh/resource-policy": "keep"}))
    );
    let source: Value = serde_saphyr::from_str(&file("../../crds/expressservices.yaml")).unwrap();
    assert!(with_whole_numbers(rendered) == with_whole_numbers(source));
}

/// 1.0 is 1 to Kubernetes.
fn with_whole_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.into_iter().map(with_whole_numbers).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, with_whole_numbers(value)))
            .collect(),
        other => other,
    }
}

#[test]
fn the_table_in_the_readme_lists_each_value_with_its_default() {
    let readme = file("README.md");
    let mut listed: Vec<(String, Value)> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .map(|line| {
            let mut cells = line.split(" | ");
            let name = cells.next().unwrap().trim_end_matches('`');
            let default = cells.next().unwrap().trim_matches('`');
            let meaning = cells.next().unwrap();
            assert!(meaning.len() > 10, "{name} has no meaning");
            (name.to_owned(), serde_json::from_str(default).unwrap())
        })
        .collect();
    listed.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(listed, leaves(&defaults()));
}

#[test]
fn each_value_is_explained_where_it_is_set() {
    let text = file("values.yaml");
    for (path, _) in leaves(&defaults()) {
        // Names are unique enough: a comment is expected before each line that sets one.
        let name = path.rsplit('.').next().unwrap();
        let depth = path.matches('.').count();
        let sets = format!("{}{name}:", "  ".repeat(depth));
        let lines: Vec<_> = text.lines().collect();
        let explained = lines
            .windows(2)
            .filter(|pair| pair[1].starts_with(&sets))
            .all(|pair| pair[0].trim_start().starts_with("# "));
        assert!(explained, "{path} has no comment");
    }
}

#[test]
fn the_test_values_differ_from_every_default() {
    let text = std::fs::read_to_string(chart::EVERYTHING).unwrap();
    let everything: Value = serde_saphyr::from_str(&text).unwrap();
    for (path, default) in leaves(&defaults()) {
        let other = path
            .split('.')
            .fold(&everything, |value, name| &value[name]);
        assert!(!other.is_null() && *other != default, "{path} is {other}");
    }
}

#[test]
fn the_defaults_are_those_of_the_program() {
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_ecs-express-operator"))
        .args(["run", "--help"])
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let defaults = defaults();
    for (flag, value) in [
        ("--resync-interval", &defaults["resyncInterval"]),
        ("--poll-interval", &defaults["pollInterval"]),
        ("--log ", &defaults["log"]["level"]),
        ("--log-format", &defaults["log"]["format"]),
    ] {
        let about = help
            .split(flag)
            .nth(1)
            .unwrap_or_else(|| panic!("no {flag}"));
        let about = about.split("\n      --").next().unwrap();
        let default = format!("[default: {}]", value.as_str().unwrap());
        assert!(about.contains(&default), "{flag}: {about}");
    }
}
