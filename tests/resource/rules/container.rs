//! The container: image, port, logs, credentials, command, health check.

use crate::rules::{Case, Patch, check, spec};

#[test]
fn the_container_is_checked() {
    check("container", &cases());
}

fn container(patch: serde_json::Value) -> Patch {
    spec!({ "primaryContainer": patch })
}

fn image(image: &str) -> Patch {
    spec!({ "primaryContainer": { "image": image } })
}

fn logs(group: &str, prefix: &str) -> Patch {
    let logs = serde_json::json!({ "logGroup": group, "logStreamPrefix": prefix });
    spec!({ "primaryContainer": { "awsLogsConfiguration": logs } })
}

fn credentials(arn: &str) -> Patch {
    spec!({ "primaryContainer": { "repositoryCredentials": { "credentialsParameter": arn } } })
}

fn health(path: &str) -> Patch {
    spec!({ "healthCheckPath": path })
}

pub fn cases() -> Vec<Case> {
    use serde_json::json;
    vec![
        Case {
            rule: "an image is required and has no white space",
            good: vec![
                image("nginx"),
                image("public.ecr.aws/docker/library/nginx:1.29"),
                image(
                    "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a/b@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                ),
            ],
            bad: vec![
                (
                    container(json!({ "image": null })),
                    "spec.primaryContainer.image: Required value",
                ),
                (
                    image("nginx latest"),
                    r#"spec.primaryContainer.image: Invalid value: "nginx latest": image must not be empty or contain white space or a line break"#,
                ),
                (
                    image("nginx\tlatest"),
                    "must not be empty or contain white space",
                ),
                (
                    image("nginx:latest\n"),
                    r#"spec.primaryContainer.image: Invalid value: "nginx:latest\n": image must not be empty or contain white space or a line break"#,
                ),
            ],
        },
        Case {
            rule: "the port is one from 1 to 65535",
            good: vec![
                container(json!({ "containerPort": 1 })),
                container(json!({ "containerPort": 65535 })),
            ],
            bad: vec![
                (
                    container(json!({ "containerPort": 0 })),
                    "spec.primaryContainer.containerPort: Invalid value: 0: spec.primaryContainer.containerPort in body should be greater than or equal to 1",
                ),
                (
                    container(json!({ "containerPort": 65536 })),
                    "spec.primaryContainer.containerPort: Invalid value: 65536: spec.primaryContainer.containerPort in body should be less than or equal to 65535",
                ),
                (
                    container(json!({ "containerPort": "80" })),
                    r#"spec.primaryContainer.containerPort in body must be of type integer: "string""#,
                ),
            ],
        },
        Case {
            rule: "logs go to a group of a legal name, under a prefix",
            good: vec![logs("/team-a/web", "web"), logs("a._/#-Z9", "a/b c")],
            bad: vec![
                (
                    container(json!({ "awsLogsConfiguration": { "logGroup": "web" } })),
                    "spec.primaryContainer.awsLogsConfiguration.logStreamPrefix: Required value",
                ),
                (
                    container(json!({ "awsLogsConfiguration": { "logStreamPrefix": "web" } })),
                    "spec.primaryContainer.awsLogsConfiguration.logGroup: Required value",
                ),
                (
                    logs("team a", "web"),
                    r#"spec.primaryContainer.awsLogsConfiguration.logGroup: Invalid value: "team a": "team a" is not a log group name; use letters, digits and "_-/.#""#,
                ),
                (
                    logs("arn:aws:logs:eu-west-1:123456789012:log-group:web", "web"),
                    "is not a log group name",
                ),
                (
                    logs("web", "a:b"),
                    r#"spec.primaryContainer.awsLogsConfiguration.logStreamPrefix: Invalid value: "a:b": "a:b" is not a log stream prefix; ":" and "*" are not allowed"#,
                ),
                (logs("web", "a*"), "is not a log stream prefix"),
            ],
        },
        Case {
            rule: "the credentials of a private registry are a secret in Secrets Manager",
            good: vec![credentials(
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:team-a/registry-AbCdEf",
            )],
            bad: vec![
                (
                    container(json!({ "repositoryCredentials": {} })),
                    "spec.primaryContainer.repositoryCredentials.credentialsParameter: Required value",
                ),
                (
                    credentials("registry"),
                    r#"spec.primaryContainer.repositoryCredentials.credentialsParameter: Invalid value: "registry": "registry" is not the ARN of a Secrets Manager secret; expected arn:aws:secretsmanager:<region>:<account>:secret:<name>"#,
                ),
                (
                    credentials("arn:aws:ssm:eu-west-1:123456789012:parameter/registry"),
                    "is not the ARN of a Secrets Manager secret",
                ),
            ],
        },
        Case {
            rule: "the command is a list of at most 256 words",
            good: vec![
                container(json!({ "command": [] })),
                container(json!({ "command": ["sh", "-c", "exec web --verbose", ""] })),
                container(json!({ "command": vec!["word"; 256] })),
            ],
            bad: vec![
                (
                    container(json!({ "command": "hunter2" })),
                    r#"spec.primaryContainer.command in body must be of type array: "string""#,
                ),
                (
                    container(json!({ "command": vec!["hunter2"; 257] })),
                    "spec.primaryContainer.command: Too many: 257: must have at most 256 items",
                ),
                (
                    container(json!({ "command": ["hunter2".repeat(2000)] })),
                    "spec.primaryContainer.command[0]: Too long: may not be more than 8192 bytes",
                ),
            ],
        },
        Case {
            rule: "the health check's path begins with a slash",
            good: vec![
                health("/"),
                health("/health"),
                health("/ping?format=json&deep=1"),
            ],
            bad: vec![
                (
                    health("health"),
                    r#"spec.healthCheckPath: Invalid value: "health": "health" must start with "/", as in /health or /ping?format=json"#,
                ),
                (
                    health("https://example.com/health"),
                    r#"must start with "/""#,
                ),
                (
                    health("/health check"),
                    r#"spec.healthCheckPath: Invalid value: "/health check": healthCheckPath must not contain white space or a control character"#,
                ),
                (
                    health("/health\n"),
                    "must not contain white space or a control character",
                ),
            ],
        },
    ]
}
