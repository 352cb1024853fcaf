//! Network, scaling and tags.

use serde_json::{Value, json};

use crate::rules::{Case, Patch, check, spec};

#[test]
fn network_scaling_and_tags_are_checked() {
    check("network-scaling-tags", &cases());
}

fn network(network: Value) -> Patch {
    spec!({ "networkConfiguration": network })
}

fn scaling(target: Value) -> Patch {
    spec!({ "scalingTarget": target })
}

fn tag(key: &str, value: &str) -> Patch {
    spec!({ "tags": [{ "key": key, "value": value }] })
}

fn many_tags(count: usize) -> Patch {
    let tags: Vec<Value> = (0..count)
        .map(|n| json!({ "key": format!("{n:0128}"), "value": "v".repeat(256) }))
        .collect();
    spec!({ "tags": tags })
}

fn ids(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{prefix}-{n:x}")).collect()
}

pub fn cases() -> Vec<Case> {
    [network_cases(), scaling_cases(), tag_cases()]
        .into_iter()
        .flatten()
        .collect()
}

fn network_cases() -> Vec<Case> {
    vec![
        Case {
            rule: "subnets are IDs of subnets, each once, at most 16",
            good: vec![
                network(json!({ "subnets": [] })),
                network(json!({ "subnets": ["subnet-0123abcd", "subnet-0123456789abcdef0"] })),
                network(json!({ "subnets": ids("subnet", 16) })),
            ],
            bad: vec![
                (
                    network(json!({ "subnets": ["subnet-0123abcd", "sg-0123abcd"] })),
                    r#"spec.networkConfiguration.subnets: Invalid value: "sg-0123abcd" is not a subnet ID; expected one such as subnet-0123abcd"#,
                ),
                (
                    network(json!({ "subnets": ["subnet-0123ABCD"] })),
                    r#""subnet-0123ABCD" is not a subnet ID"#,
                ),
                (
                    network(json!({ "subnets": ["subnet-0a", "subnet-0a"] })),
                    r#"spec.networkConfiguration.subnets[1]: Duplicate value: "subnet-0a""#,
                ),
                (
                    network(json!({ "subnets": ids("subnet", 17) })),
                    "spec.networkConfiguration.subnets: Too many: 17: must have at most 16 items",
                ),
                (
                    network(json!({ "subnets": "subnet-0a,subnet-0b" })),
                    r#"spec.networkConfiguration.subnets in body must be of type array: "string""#,
                ),
            ],
        },
        Case {
            rule: "security groups are IDs of security groups, each once, at most 16",
            good: vec![
                network(json!({ "securityGroups": [] })),
                network(json!({ "securityGroups": ids("sg", 16) })),
            ],
            bad: vec![
                (
                    network(json!({ "securityGroups": ["default"] })),
                    r#"spec.networkConfiguration.securityGroups: Invalid value: "default" is not a security group ID; expected one such as sg-0123abcd"#,
                ),
                (
                    network(json!({ "securityGroups": ["sg-0a", "sg-0a"] })),
                    r#"spec.networkConfiguration.securityGroups[1]: Duplicate value: "sg-0a""#,
                ),
                (
                    network(json!({ "securityGroups": ids("sg", 17) })),
                    "spec.networkConfiguration.securityGroups: Too many: 17: must have at most 16 items",
                ),
            ],
        },
    ]
}

fn scaling_cases() -> Vec<Case> {
    vec![
        Case {
            rule: "the least number of tasks is not above the greatest",
            good: vec![
                scaling(json!({})),
                scaling(json!({ "minTaskCount": 30 })),
                scaling(json!({ "maxTaskCount": 1 })),
                scaling(json!({ "minTaskCount": 0, "maxTaskCount": 0 })),
                scaling(json!({ "minTaskCount": 3, "maxTaskCount": 3 })),
                scaling(json!({ "minTaskCount": 5000, "maxTaskCount": 5000 })),
            ],
            bad: vec![
                (
                    scaling(json!({ "minTaskCount": 4, "maxTaskCount": 3 })),
                    "spec.scalingTarget.minTaskCount: Invalid value: minTaskCount 4 is greater than maxTaskCount 3",
                ),
                (
                    scaling(json!({ "minTaskCount": 1, "maxTaskCount": 0 })),
                    "minTaskCount 1 is greater than maxTaskCount 0",
                ),
                (
                    scaling(json!({ "minTaskCount": -1 })),
                    "spec.scalingTarget.minTaskCount in body should be greater than or equal to 0",
                ),
                (
                    scaling(json!({ "minTaskCount": 5001 })),
                    "spec.scalingTarget.minTaskCount in body should be less than or equal to 5000",
                ),
                (
                    scaling(json!({ "maxTaskCount": -1 })),
                    "spec.scalingTarget.maxTaskCount in body should be greater than or equal to 0",
                ),
                (
                    scaling(json!({ "maxTaskCount": 5001 })),
                    "spec.scalingTarget.maxTaskCount in body should be less than or equal to 5000",
                ),
                (
                    scaling(json!({ "minTaskCount": "1" })),
                    r#"spec.scalingTarget.minTaskCount in body must be of type integer: "string""#,
                ),
            ],
        },
        Case {
            rule: "the metric is one that ECS knows, and its value positive",
            good: vec![
                scaling(json!({ "autoScalingMetric": "AVERAGE_CPU", "autoScalingTargetValue": 1 })),
                scaling(
                    json!({ "autoScalingMetric": "AVERAGE_MEMORY", "autoScalingTargetValue": 100 }),
                ),
                scaling(
                    json!({ "autoScalingMetric": "REQUEST_COUNT_PER_TARGET", "autoScalingTargetValue": 65536 }),
                ),
            ],
            bad: vec![
                (
                    scaling(json!({ "autoScalingMetric": "average-cpu" })),
                    r#"spec.scalingTarget.autoScalingMetric: Unsupported value: "average-cpu": supported values: "AVERAGE_CPU", "AVERAGE_MEMORY", "REQUEST_COUNT_PER_TARGET""#,
                ),
                (
                    scaling(json!({ "autoScalingTargetValue": 0 })),
                    "spec.scalingTarget.autoScalingTargetValue in body should be greater than or equal to 1",
                ),
                (
                    scaling(json!({ "autoScalingTargetValue": 65537 })),
                    "spec.scalingTarget.autoScalingTargetValue in body should be less than or equal to 65536",
                ),
            ],
        },
    ]
}

fn tag_cases() -> Vec<Case> {
    vec![
        Case {
            rule: "at most 46 tags, since four of the 50 are the operator's",
            good: vec![many_tags(46)],
            bad: vec![(
                many_tags(47),
                "spec.tags: Too many: 47: must have at most 46 items",
            )],
        },
        Case {
            rule: "each tag has a key, once",
            good: vec![spec!({ "tags": [{ "key": "a" }, { "key": "A", "value": "" }] })],
            bad: vec![
                (
                    spec!({ "tags": [{ "value": "a" }] }),
                    "spec.tags[0].key: Required value",
                ),
                (
                    spec!({ "tags": [{ "key": "a", "value": "1" }, { "key": "a", "value": "2" }] }),
                    r#"spec.tags[1]: Duplicate value: {"key":"a"}"#,
                ),
            ],
        },
        Case {
            rule: "the prefix aws: is refused in keys and values, in any case",
            good: vec![tag("awsome", "awsome"), tag("team:aws:", "see aws:docs")],
            bad: vec![
                (
                    tag("aws:team", "a"),
                    r#"spec.tags[0].key: Invalid value: "aws:team": tag key "aws:team": the prefix aws: is reserved for AWS"#,
                ),
                (
                    tag("AwS:team", "a"),
                    "spec.tags[0].key: Invalid value: \"AwS:team\"",
                ),
                (
                    tag("team", "aws:a"),
                    r#"spec.tags[0].value: Invalid value: "aws:a": tag value "aws:a": the prefix aws: is reserved for AWS"#,
                ),
                (
                    tag("team", "AWS:a"),
                    "spec.tags[0].value: Invalid value: \"AWS:a\"",
                ),
            ],
        },
        Case {
            rule: "the operator's own prefix is refused in keys, in any case",
            good: vec![
                tag("ecs-express", "ecs-express.dev/a"),
                tag("ecs-express.device", "a"),
            ],
            bad: vec![
                (
                    tag("ecs-express.dev/uid", "a"),
                    r#"spec.tags[0].key: Invalid value: "ecs-express.dev/uid": tag key "ecs-express.dev/uid": the prefix ecs-express.dev/ is reserved for the operator"#,
                ),
                (
                    tag("ECS-Express.Dev/uid", "a"),
                    "the prefix ecs-express.dev/ is reserved for the operator",
                ),
            ],
        },
        Case {
            rule: "keys and values have letters, digits, spaces and _.:/=+-@",
            good: vec![tag("Größe 1_.:/=+-@", "日本 1_.:/=+-@")],
            bad: vec![
                (
                    tag("team*", "a"),
                    r#"spec.tags[0].key: Invalid value: "team*": tag key: only letters, digits, spaces and "_.:/=+-@" are allowed"#,
                ),
                (
                    tag("team", "a,b"),
                    r#"spec.tags[0].value: Invalid value: "a,b": tag value: only letters, digits, spaces and "_.:/=+-@" are allowed"#,
                ),
                (
                    tag("team", "a\nb"),
                    r#"spec.tags[0].value: Invalid value: "a\nb": tag value: only letters, digits, spaces"#,
                ),
            ],
        },
    ]
}
