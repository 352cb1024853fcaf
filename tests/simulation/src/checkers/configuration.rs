//! Compares specs, requests and configurations as documents, without the operator's own types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The single members of a spec that Update can change, each with its path and its normal form. Lists of a container are
/// members even if they are unset, since the operator owns them whole.
pub fn members(document: &Value) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for name in [
        "executionRoleArn",
        "taskRoleArn",
        "taskDefinitionArn",
        "healthCheckPath",
        "cpu",
        "memory",
        "cpuArchitecture",
    ] {
        add(&mut found, name, &document[name]);
    }
    let container = &document["primaryContainer"];
    if container.is_object() {
        for name in ["image", "containerPort"] {
            add(
                &mut found,
                &format!("primaryContainer.{name}"),
                &container[name],
            );
        }
        for (block, name) in [
            ("awsLogsConfiguration", "logGroup"),
            ("awsLogsConfiguration", "logStreamPrefix"),
            ("repositoryCredentials", "credentialsParameter"),
        ] {
            add(
                &mut found,
                &format!("primaryContainer.{block}.{name}"),
                &container[block][name],
            );
        }
        found.insert(
            "primaryContainer.command".into(),
            list(&container["command"]),
        );
        for (name, value) in [("environment", "value"), ("secrets", "valueFrom")] {
            found.insert(
                format!("primaryContainer.{name}"),
                named(&container[name], value),
            );
        }
    }
    for name in [
        "minTaskCount",
        "maxTaskCount",
        "autoScalingMetric",
        "autoScalingTargetValue",
    ] {
        add(
            &mut found,
            &format!("scalingTarget.{name}"),
            &document["scalingTarget"][name],
        );
    }
    for name in ["subnets", "securityGroups"] {
        let ids = set(&document["networkConfiguration"][name]);
        if !ids.is_empty() {
            found.insert(
                format!("networkConfiguration.{name}"),
                ids.into_iter().collect(),
            );
        }
    }
    found
}

/// The members of a spec or a request that a configuration does not have.
pub fn differences(wanted: &Value, configuration: &Value) -> Vec<String> {
    let actual = members(configuration);
    members(wanted)
        .into_iter()
        .filter(|(path, value)| !agrees(path, value, actual.get(path)))
        .map(|(path, _)| path)
        .collect()
}

/// The differences in what a rollout deploys, which is all but scaling.
pub fn rollout_differences(wanted: &Value, configuration: &Value) -> Vec<String> {
    let mut found = differences(wanted, configuration);
    found.retain(|path| !is_scaling(path));
    found
}

/// Whether a member belongs to the scaling of a service.
pub fn is_scaling(path: &str) -> bool {
    path.starts_with("scalingTarget.")
}

fn agrees(path: &str, wanted: &Value, actual: Option<&Value>) -> bool {
    let Some(actual) = actual else {
        return false;
    };
    // ECS adds a group of its own.
    if path == "networkConfiguration.securityGroups" {
        return set(wanted).is_subset(&set(actual));
    }
    wanted == actual
}

fn add(found: &mut BTreeMap<String, Value>, path: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Number(number) if path == "cpu" || path == "memory" => {
            found.insert(path.into(), number.to_string().into());
        }
        value => {
            found.insert(path.into(), value.clone());
        }
    }
}

fn list(value: &Value) -> Value {
    if value.is_null() {
        Value::Array(Vec::new())
    } else {
        value.clone()
    }
}

fn named(value: &Value, member: &str) -> Value {
    let pairs = value.as_array().into_iter().flatten().map(|one| {
        let name = one["name"].as_str().unwrap_or_default().to_owned();
        // A variable without a value is empty.
        let value = one[member].as_str().unwrap_or_default();
        (name, Value::from(value))
    });
    pairs.collect::<serde_json::Map<_, _>>().into()
}

fn set(value: &Value) -> BTreeSet<String> {
    let ids = value.as_array().into_iter().flatten();
    ids.filter_map(|id| id.as_str().map(str::to_owned))
        .collect()
}
