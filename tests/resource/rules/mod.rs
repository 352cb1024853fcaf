//! Every validation rule of the resource, each with objects that it accepts and objects that it rejects.
//!
//! The files are tables: read them as the specification. Each is sent to the API server by one dry run.

mod accepted_in_practice;
mod container;
mod coverage;
mod environment;
mod immutable;
mod limits;
mod names;
mod network_scaling_tags;
mod policies;
mod quantities;
mod task_definition;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use test_support::merge_patch::merge;

use crate::harness::{Namespace, Printed, minimal};

/// A rule in words, patches of the minimal object that satisfy it, and patches that violate it, each with the field and
/// the message of the API server.
pub struct Case {
    pub rule: &'static str,
    pub good: Vec<Patch>,
    pub bad: Vec<(Patch, &'static str)>,
}

/// A JSON merge patch of the minimal object.
#[derive(Debug, Clone)]
pub struct Patch(Value);

impl Patch {
    pub fn spec(patch: Value) -> Self {
        Self(json!({ "spec": patch }))
    }

    /// The same object under another name.
    pub fn named(mut self, name: &str) -> Self {
        self.0["metadata"] = json!({ "name": name });
        self
    }

    /// Patched once more.
    pub fn and(mut self, patch: Self) -> Self {
        let Value::Object(ref mut members) = self.0 else {
            return patch;
        };
        for (key, value) in patch.0.as_object().unwrap() {
            merge(members.entry(key).or_insert(json!({})), value);
        }
        self
    }

    /// The minimal object, so patched.
    pub fn object(&self, name: &str) -> Value {
        let mut object = minimal(name);
        merge(&mut object, &self.0);
        object
    }
}

/// A patch of the spec.
macro_rules! spec {
    ($($json:tt)+) => { $crate::rules::Patch::spec(serde_json::json!($($json)+)) };
}
use spec;

/// All tables of rules about one object; the rules about changes are in [`immutable`].
pub fn all() -> Vec<Case> {
    [
        names::cases(),
        task_definition::cases(),
        quantities::cases(),
        container::cases(),
        environment::cases(),
        network_scaling_tags::cases(),
        policies::cases(),
        limits::cases(),
        accepted_in_practice::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The API server's response for each object of a batch.
pub struct Answers {
    accepted: String,
    refused: BTreeMap<String, String>,
    stderr: String,
}

impl Answers {
    pub fn of(printed: &Printed) -> Self {
        let mut refused: BTreeMap<String, String> = BTreeMap::new();
        let mut current = String::new();
        for line in printed.stderr.lines() {
            let head = line.split_once("\" is invalid: ").map(|(head, _)| head);
            if let Some((_, name)) = head.and_then(|head| head.rsplit_once('"')) {
                current = name.into();
            }
            refused.entry(current.clone()).or_default().push_str(line);
        }
        Self {
            accepted: printed.stdout.clone(),
            refused,
            stderr: printed.stderr.clone(),
        }
    }

    /// The deviation of the response for `name` from acceptance, or from a rejection with these words.
    pub fn complaint(&self, name: &str, expected: Option<&str>) -> Option<String> {
        let accepted = self
            .accepted
            .lines()
            .any(|line| line.starts_with(&format!("expressservice.ecs-express.dev/{name} ")));
        match (expected, self.refused.get(name)) {
            (None, None) if accepted => None,
            (Some(words), Some(message)) if !accepted && message.contains(words) => None,
            (expected, Some(message)) => Some(format!(
                "  expected: {}\n  answered: {message}",
                expected.unwrap_or("accepted")
            )),
            (Some(words), None) if accepted => Some(format!("  expected: {words}\n  accepted")),
            (_, None) => Some(format!("  no answer; stderr: {}", self.stderr)),
        }
    }
}

/// Sends all objects of a table in one dry run, and panics with every unexpected response.
fn check(namespace: &'static str, cases: &[Case]) {
    let mut objects = Vec::new();
    let mut expectations = Vec::new();
    for case in cases {
        let good = case.good.iter().map(|patch| (patch, None));
        let bad = case.bad.iter().map(|(patch, words)| (patch, Some(*words)));
        for (patch, words) in good.chain(bad) {
            let object = patch.object(&format!("case-{}", objects.len()));
            let name = object["metadata"]["name"].as_str().unwrap().to_owned();
            objects.push(object);
            expectations.push((case.rule, patch, name, words));
        }
    }
    let printed = Namespace::new(namespace).feed(&["create", "--dry-run=server"], &objects);
    assert!(!printed.stderr.contains("hunter2"), "{}", printed.stderr);
    let answers = Answers::of(&printed);
    let failures: Vec<String> = expectations
        .iter()
        .filter_map(|(rule, patch, name, words)| {
            let complaint = answers.complaint(name, *words)?;
            let shown: String = patch.0.to_string().chars().take(600).collect();
            Some(format!("{rule}\n  object: {shown}\n{complaint}"))
        })
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}
