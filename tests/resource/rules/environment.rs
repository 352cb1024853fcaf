//! Environment and secrets. Every value that may be secret is `hunter2`, which no response may show.

use serde_json::{Value, json};

use crate::rules::{Case, Patch, check, spec};

#[test]
fn environment_and_secrets_are_checked() {
    check("environment", &cases());
}

fn environment(variables: Value) -> Patch {
    spec!({ "primaryContainer": { "environment": variables } })
}

fn secrets(secrets: Value) -> Patch {
    spec!({ "primaryContainer": { "secrets": secrets } })
}

fn secret(value_from: &str) -> Patch {
    secrets(json!([{ "name": "PASSWORD", "valueFrom": value_from }]))
}

/// Names of the maximum length that differ only at their ends: the most expensive to compare.
fn long_names(what: &str, count: usize) -> Vec<String> {
    (0..count)
        .map(|n| {
            let end = format!("{what}{n:03}");
            "N".repeat(256 - end.len()) + &end
        })
        .collect()
}

fn many(environment: usize, secrets: usize) -> Patch {
    let environment: Vec<Value> = long_names("E", environment)
        .iter()
        .map(|name| json!({ "name": name, "value": "hunter2" }))
        .collect();
    let secrets: Vec<Value> = long_names("S", secrets)
        .iter()
        .map(|name| json!({ "name": name, "valueFrom": "p".repeat(2048) }))
        .collect();
    spec!({ "primaryContainer": { "environment": environment, "secrets": secrets } })
}

/// The last of the longest names in both lists.
fn clash_of_many() -> Patch {
    let mut patch = many(256, 100);
    patch.0["spec"]["primaryContainer"]["secrets"][99]["name"] = json!(long_names("E", 256)[255]);
    patch
}

const NOT_A_NAME: &str = r#"the name of a variable must not contain "=" or a control character"#;
const NOT_A_SECRET: &str = "valueFrom is neither the ARN of a Secrets Manager secret nor the ARN or name of an SSM parameter";

pub fn cases() -> Vec<Case> {
    vec![
        Case {
            rule: "a variable has a name, once, and a value that may be empty",
            good: vec![
                environment(json!([])),
                environment(json!([{ "name": "A" }, { "name": "B", "value": "" }])),
                environment(json!([{ "name": "A", "value": "1" }, { "name": "a", "value": "1" }])),
                environment(json!([{ "name": "with.dots-and spaces", "value": "a\nb" }])),
            ],
            bad: vec![
                (
                    environment(json!([{ "value": "hunter2" }])),
                    "spec.primaryContainer.environment[0].name: Required value",
                ),
                (
                    environment(json!([
                        { "name": "A", "value": "hunter2" },
                        { "name": "B", "value": "hunter2" },
                        { "name": "A", "value": "hunter2" },
                    ])),
                    r#"spec.primaryContainer.environment[2]: Duplicate value: {"name":"A"}"#,
                ),
                (
                    environment(
                        json!([{ "name": "A", "value": 2 }, { "name": "B", "value": "hunter2" }]),
                    ),
                    r#"spec.primaryContainer.environment[0].value in body must be of type string: "integer""#,
                ),
                (
                    environment(json!([{ "name": "DEBUG", "value": true }])),
                    r#"spec.primaryContainer.environment[0].value in body must be of type string: "boolean""#,
                ),
            ],
        },
        Case {
            rule: "the name of a variable has neither = nor a control character; what follows the = may be secret",
            good: vec![environment(
                json!([{ "name": "é.ü-#~ $", "value": "a=b\nc" }]),
            )],
            bad: vec![
                (
                    environment(json!([{ "name": "A" }, { "name": "PASSWORD=hunter2" }])),
                    r#"spec.primaryContainer.environment[1].name: Invalid value: the name of a variable must not contain "=" or a control character; put the text after the "=" into value"#,
                ),
                (environment(json!([{ "name": "=" }])), NOT_A_NAME),
                (
                    environment(json!([{ "name": "A\nhunter2", "value": "1" }])),
                    NOT_A_NAME,
                ),
                (environment(json!([{ "name": "A\n" }])), NOT_A_NAME),
                (environment(json!([{ "name": "A\r" }])), NOT_A_NAME),
                (environment(json!([{ "name": "A\tB" }])), NOT_A_NAME),
                (
                    secrets(json!([{ "name": "PASSWORD=hunter2", "valueFrom": "a" }])),
                    r#"spec.primaryContainer.secrets[0].name: Invalid value: the name of a variable must not contain "=" or a control character"#,
                ),
                (
                    secrets(json!([{ "name": "A\nhunter2", "valueFrom": "a" }])),
                    NOT_A_NAME,
                ),
            ],
        },
        Case {
            rule: "a secret has a name, once, and says where its value is",
            good: vec![
                secret("arn:aws:secretsmanager:eu-west-1:123456789012:secret:web-AbCdEf"),
                secret("arn:aws:secretsmanager:eu-west-1:123456789012:secret:web-AbCdEf:key::"),
                secret("arn:aws-cn:ssm:cn-north-1:123456789012:parameter/web"),
                secret("/team-a/web.password"),
                secret("web_password"),
            ],
            bad: vec![
                (
                    secrets(json!([{ "name": "PASSWORD" }])),
                    "spec.primaryContainer.secrets[0].valueFrom: Required value",
                ),
                (
                    secrets(json!([{ "valueFrom": "hunter2" }])),
                    "spec.primaryContainer.secrets[0].name: Required value",
                ),
                (
                    secrets(json!([
                        { "name": "A", "valueFrom": "hunter2" },
                        { "name": "A", "valueFrom": "hunter2" },
                    ])),
                    r#"spec.primaryContainer.secrets[1]: Duplicate value: {"name":"A"}"#,
                ),
                (
                    secret("hunter2!"),
                    r#"spec.primaryContainer.secrets[0].valueFrom: Invalid value: secret "PASSWORD": valueFrom is neither the ARN of a Secrets Manager secret nor the ARN or name of an SSM parameter"#,
                ),
                (secret("my password is hunter2"), NOT_A_SECRET),
                (secret("arn:aws:s3:::hunter2"), NOT_A_SECRET),
                (
                    secrets(
                        json!([{ "name": "A", "valueFrom": 7 }, { "name": "B", "valueFrom": "hunter2" }]),
                    ),
                    r#"spec.primaryContainer.secrets[0].valueFrom in body must be of type string: "integer""#,
                ),
            ],
        },
        Case {
            rule: "a name stands in environment or in secrets, not in both",
            good: vec![spec!({ "primaryContainer": {
                    "environment": [{ "name": "A", "value": "1" }],
                    "secrets": [{ "name": "B", "valueFrom": "b" }],
                } })],
            bad: vec![(
                spec!({ "primaryContainer": {
                    "environment": [{ "name": "A", "value": "hunter2" }, { "name": "B", "value": "hunter2" }],
                    "secrets": [{ "name": "C", "valueFrom": "hunter2" }, { "name": "B", "valueFrom": "hunter2" }],
                } }),
                r#"spec.primaryContainer.secrets: Invalid value: "B" is in both environment and secrets; use each name only once"#,
            )],
        },
        Case {
            rule: "256 variables and 100 secrets of the longest names cost no more than the API server grants",
            good: vec![many(256, 100)],
            bad: vec![
                (
                    many(257, 0),
                    "spec.primaryContainer.environment: Too many: 257: must have at most 256 items",
                ),
                (
                    many(0, 101),
                    "spec.primaryContainer.secrets: Too many: 101: must have at most 100 items",
                ),
                (
                    clash_of_many(),
                    "E255\" is in both environment and secrets; use each name only once",
                ),
            ],
        },
    ]
}
