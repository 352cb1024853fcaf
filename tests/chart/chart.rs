//! The chart and what helm renders of it.

use std::sync::OnceLock;

use controlplane::{Helm, ToolError};
use serde_json::{Value, json};

pub const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/charts/ecs-express-operator");
pub const NAME: &str = "ecs-express-operator";
pub const NAMESPACE: &str = "ecs-express-system";

/// Values that each differ from their default.
pub const EVERYTHING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/chart/everything.yaml");

pub fn helm() -> &'static Helm {
    static HELM: OnceLock<Helm> = OnceLock::new();
    HELM.get_or_init(|| Helm::four().unwrap())
}

/// A file of the chart or, with `..`, of the repository.
pub fn file(path: &str) -> String {
    std::fs::read_to_string(format!("{CHART}/{path}")).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The output of `helm template` with these values.
pub fn try_render(values: &Value) -> Result<String, ToolError> {
    let arguments = ["template", NAME, CHART, "--namespace", NAMESPACE];
    helm().run(&[&arguments[..], &["--set-json", &values.to_string()]].concat())
}

pub fn render(values: &Value) -> Vec<Value> {
    documents(&try_render(values).unwrap())
}

pub fn render_everything() -> Vec<Value> {
    let arguments = ["template", NAME, CHART, "--namespace", NAMESPACE];
    let text = helm().run(&[&arguments[..], &["--values", EVERYTHING]].concat());
    documents(&text.unwrap())
}

pub fn documents(text: &str) -> Vec<Value> {
    let all: Vec<Value> = serde_saphyr::from_multiple(text).unwrap();
    all.into_iter().filter(|one| !one.is_null()).collect()
}

/// The only object of a kind.
pub fn the<'a>(objects: &'a [Value], kind: &str) -> &'a Value {
    let mut found = objects.iter().filter(|object| object["kind"] == kind);
    match (found.next(), found.next()) {
        (Some(one), None) => one,
        (one, more) => panic!("expected one {kind}, found {one:?} and {more:?}"),
    }
}

/// The operator's container.
pub fn container(objects: &[Value]) -> &Value {
    &the(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]
}

/// The paths and values of the leaves; a value that is passed to Kubernetes as a whole is a leaf.
pub fn leaves(values: &Value) -> Vec<(String, Value)> {
    const WHOLE: [&str; 3] = ["podSecurityContext", "securityContext", "resources"];
    let mut found = Vec::new();
    let mut open = vec![(String::new(), values.clone())];
    while let Some((path, value)) = open.pop() {
        match value.as_object() {
            Some(members) if !members.is_empty() && !WHOLE.contains(&path.as_str()) => {
                let separator = if path.is_empty() { "" } else { "." };
                open.extend(
                    members
                        .iter()
                        .map(|(name, value)| (format!("{path}{separator}{name}"), value.clone())),
                );
            }
            _ => found.push((path, value)),
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

pub fn defaults() -> Value {
    serde_saphyr::from_str(&file("values.yaml")).unwrap()
}

#[test]
fn nothing_but_the_crd_and_the_named_objects_is_installed() {
    let mut kinds: Vec<_> = render(&json!({}))
        .iter()
        .map(|object| {
            let name = object["metadata"]["name"].as_str().unwrap();
            format!("{} {name}", object["kind"].as_str().unwrap())
        })
        .collect();
    kinds.sort();
    assert_eq!(
        kinds,
        [
            "ClusterRole ecs-express-operator",
            "ClusterRole ecs-express-operator-edit",
            "ClusterRole ecs-express-operator-view",
            "ClusterRoleBinding ecs-express-operator",
            "CustomResourceDefinition expressservices.ecs-express.dev",
            "Deployment ecs-express-operator",
            "Service ecs-express-operator-metrics",
            "ServiceAccount ecs-express-operator",
        ]
    );
}
