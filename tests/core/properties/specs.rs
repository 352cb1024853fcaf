//! Generated specs, and other ways to write them.

use std::collections::BTreeSet;

use proptest::{collection::btree_map, option, prelude::*, sample::select};
use serde_json::{Value, json};

/// Any valid spec in managed mode.
pub fn spec() -> impl Strategy<Value = Value> {
    spec_with(QUANTITIES.to_vec())
}

/// One that the emulator accepts: it knows no units.
pub fn plain_spec() -> impl Strategy<Value = Value> {
    spec_with(vec![("256", "512"), ("512", "1024"), ("2048", "4096")])
}

/// Any valid spec with one of these sizes, or none.
fn spec_with(sizes: Vec<(&'static str, &'static str)>) -> impl Strategy<Value = Value> {
    let word = || "[A-Za-z0-9]{1,12}";
    let container = (
        word(),
        option::of(1..=65535i32),
        option::of(prop::collection::vec(word(), 0..4)),
        btree_map("[A-M][A-Z_]{0,8}", option::of(".{0,12}"), 0..5),
        btree_map("[N-Z][A-Z_]{0,8}", word(), 0..4),
        option::of((word(), word())),
        option::of(word()),
    );
    let quantities = option::of(select(sizes));
    let network = (
        prop_oneof![
            Just(BTreeSet::new()),
            prop::collection::btree_set("subnet-[0-9a-f]{4}", 2..4)
        ],
        prop::collection::btree_set("sg-[0-9a-f]{4}", 0..4),
    );
    let scaling = (
        option::of(0..10i32),
        option::of(10..20i32),
        option::of(select(vec![
            "AVERAGE_CPU",
            "AVERAGE_MEMORY",
            "REQUEST_COUNT_PER_TARGET",
        ])),
        option::of(1..100i32),
    );
    let scalars = (
        option::of("[a-z]{1,12}"),
        option::of("/[a-z]{0,12}"),
        option::of(select(vec!["X86_64", "ARM64"])),
    );
    (container, quantities, network, scaling, scalars).prop_map(
        |((image, port, command, environment, secrets, logs, credentials), quantities, network, scaling, scalars)| {
            let list = |pairs: Vec<Value>| Value::Array(pairs);
            json!({
                "primaryContainer": {
                    "image": image, "containerPort": port, "command": command,
                    "environment": list(environment.iter().map(|(n, v)| json!({"name": n, "value": v})).collect()),
                    "secrets": list(secrets.iter().map(|(n, v)| json!({"name": n, "valueFrom": v})).collect()),
                    "awsLogsConfiguration": logs.map(|(group, prefix)| json!({"logGroup": group, "logStreamPrefix": prefix})),
                    "repositoryCredentials": credentials.map(|arn| json!({"credentialsParameter": arn})),
                },
                "cpu": quantities.map(|quantities| quantities.0), "memory": quantities.map(|quantities| quantities.1),
                "networkConfiguration": {"subnets": network.0, "securityGroups": network.1},
                "scalingTarget": {
                    "minTaskCount": scaling.0, "maxTaskCount": scaling.1,
                    "autoScalingMetric": scaling.2, "autoScalingTargetValue": scaling.3,
                },
                "taskRoleArn": scalars.0.map(|name| format!("arn:aws:iam::123456789012:role/{name}")),
                "healthCheckPath": scalars.1, "cpuArchitecture": scalars.2,
            })
        },
    )
}

/// Sizes of a task. Each one at an even place is followed by another spelling of the same size.
const QUANTITIES: [(&str, &str); 6] = [
    ("256", "512"),
    ("0.25 vCPU", "0.5 GB"),
    ("2 vCPU", "4 GB"),
    ("2048", "4096"),
    ("0.5", "1024"),
    ("512", "1 GB"),
];

/// Another way to write the same spec; `flips` has a bit for each thing that may be written otherwise.
pub fn rewritten(spec: &Value, flips: u16) -> Value {
    let mut spec = spec.clone();
    let flip = |bit: u16| flips & (1 << bit) != 0;
    let lists = [
        "/primaryContainer/environment",
        "/primaryContainer/secrets",
        "/primaryContainer/command",
        "/networkConfiguration/subnets",
        "/networkConfiguration/securityGroups",
    ];
    for (bit, pointer) in (0..).zip(lists) {
        let list = spec.pointer_mut(pointer).unwrap();
        if !flip(bit) {
            continue;
        }
        *list = match list.as_array().cloned() {
            None => json!([]),
            Some(elements) if elements.is_empty() => Value::Null,
            // The words of a command have an order.
            Some(elements) if pointer.ends_with("command") => Value::Array(elements),
            Some(mut elements) => {
                elements.reverse();
                Value::Array(elements)
            }
        };
    }
    let variables = spec["primaryContainer"]["environment"].as_array_mut();
    for variable in variables.into_iter().flatten().filter(|_| flip(5)) {
        variable["value"] = match &variable["value"] {
            Value::Null => json!(""),
            Value::String(value) if value.is_empty() => Value::Null,
            value => value.clone(),
        };
    }
    let written = QUANTITIES.iter().position(|size| spec["cpu"] == size.0);
    if let Some(at) = written.filter(|_| flip(6)) {
        (spec["cpu"], spec["memory"]) = (json!(QUANTITIES[at ^ 1].0), json!(QUANTITIES[at ^ 1].1));
    }
    for block in ["networkConfiguration", "scalingTarget"] {
        let members = spec[block].as_object().unwrap();
        let is_unset = |value: &Value| value.is_null() || *value == json!([]);
        if flip(7) && members.values().all(is_unset) {
            spec[block] = Value::Null;
        }
    }
    spec
}
