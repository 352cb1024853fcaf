//! Names, ARNs, accounts and Regions.

use crate::harness::ROLE;
use crate::rules::{Case, check, spec};

#[test]
fn names_arns_and_places_are_checked() {
    check("names", &cases());
}

const NOT_A_ROLE: &str =
    "is not the ARN of an IAM role; expected arn:aws:iam::<account>:role/<name>";

pub fn cases() -> Vec<Case> {
    let long = |length| "n".repeat(length);
    vec![
        Case {
            rule: "the service name has letters, digits, _ and -",
            good: vec![
                spec!({ "serviceName": "a" }),
                spec!({ "serviceName": "Team-A_web" }),
                spec!({ "serviceName": "_-" }),
            ],
            bad: vec![
                (
                    spec!({ "serviceName": "web.shop" }),
                    r#"spec.serviceName: Invalid value: "web.shop": "web.shop" is not an ECS service name; use letters, digits, "_" and "-""#,
                ),
                (
                    spec!({ "serviceName": "web shop" }),
                    "is not an ECS service name",
                ),
                (
                    spec!({ "serviceName": "team/web" }),
                    "is not an ECS service name",
                ),
                (
                    spec!({ "serviceName": "café" }),
                    "is not an ECS service name",
                ),
            ],
        },
        Case {
            rule: "the object's name becomes part of the service name, unless the spec gives one: no dot, at most 191 characters",
            good: vec![
                spec!({}).named("web"),
                spec!({}).named(&long(191)),
                spec!({ "serviceName": "web" }).named(&long(192)),
                spec!({ "serviceName": "web" }).named("web.shop"),
            ],
            bad: vec![
                (
                    spec!({}).named("cart.shop"),
                    r#"spec.serviceName: Invalid value: metadata.name "cart.shop" cannot be part of an ECS service name (no ".", at most 191 characters); set spec.serviceName"#,
                ),
                (
                    spec!({}).named(&format!("m{}", long(191))),
                    "spec.serviceName: Invalid value: metadata.name \"mnnn",
                ),
            ],
        },
        Case {
            rule: "the cluster is a name or an ARN",
            good: vec![
                spec!({ "cluster": "default" }),
                spec!({ "cluster": "Team_A-1" }),
                spec!({ "cluster": long(255) }),
                spec!({ "cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/team-a" }),
            ],
            bad: vec![
                (
                    spec!({ "cluster": "team a" }),
                    r#"spec.cluster: Invalid value: "team a": "team a" is neither a cluster name (letters, digits, "_", "-") nor a cluster ARN (arn:aws:ecs:<region>:<account>:cluster/<name>)"#,
                ),
                (
                    spec!({ "cluster": "cluster/team-a" }),
                    "is neither a cluster name",
                ),
                (spec!({ "cluster": long(256) }), "is neither a cluster name"),
                (
                    spec!({ "cluster": "arn:aws:ecs:eu-west-1:12345:cluster/team-a" }),
                    "is neither a cluster name",
                ),
                (
                    spec!({ "cluster": "arn:aws:ecs:eu-west-1:123456789012:service/team-a" }),
                    "is neither a cluster name",
                ),
            ],
        },
        Case {
            rule: "the region is an AWS Region",
            good: vec![
                spec!({ "region": "eu-west-1" }),
                spec!({ "region": "ap-southeast-7" }),
                spec!({ "region": "us-gov-west-1" }),
                spec!({ "region": "eusc-de-east-1" }),
            ],
            bad: vec![
                (
                    spec!({ "region": "eu-west-1a" }),
                    r#"spec.region: Invalid value: "eu-west-1a": "eu-west-1a" is not an AWS Region, such as eu-west-1"#,
                ),
                (spec!({ "region": "Ireland" }), "is not an AWS Region"),
                (spec!({ "region": "EU-WEST-1" }), "is not an AWS Region"),
                (spec!({ "region": "eu-west" }), "is not an AWS Region"),
            ],
        },
        Case {
            rule: "the infrastructure role is the ARN of a role, and required",
            good: vec![spec!({ "infrastructureRoleArn": ROLE })],
            bad: vec![
                (
                    spec!({ "infrastructureRoleArn": null }),
                    "spec.infrastructureRoleArn: Required value",
                ),
                (
                    spec!({ "infrastructureRoleArn": "express" }),
                    r#"spec.infrastructureRoleArn: Invalid value: "express": "express" is not the ARN of an IAM role; expected arn:aws:iam::<account>:role/<name>"#,
                ),
                (
                    spec!({ "infrastructureRoleArn": "arn:aws:iam::123456789012:user/express" }),
                    NOT_A_ROLE,
                ),
            ],
        },
        Case {
            rule: "the execution role is the ARN of a role",
            good: vec![
                spec!({ "executionRoleArn": "arn:aws:iam::123456789012:role/a+b=c,d.e@f_g-h" }),
                // Paths have more characters than names: all of printable ASCII but the space.
                spec!({ "executionRoleArn": "arn:aws:iam::123456789012:role/~team!/a&b(c)*:;<d>?[e]/$%^'\"#\\`{|}/web" }),
                spec!({ "executionRoleArn": format!("arn:aws:iam::123456789012:role/{}", long(64)) }),
            ],
            bad: vec![
                (
                    spec!({ "executionRoleArn": "arn:aws:iam::123456789012:role/web~" }),
                    NOT_A_ROLE,
                ),
                (
                    spec!({ "executionRoleArn": "arn:aws:iam::123456789012:role/team a/web" }),
                    NOT_A_ROLE,
                ),
                (
                    spec!({ "executionRoleArn": "arn:aws:iam::123456789012:role/té/web" }),
                    NOT_A_ROLE,
                ),
                (
                    spec!({ "executionRoleArn": "arn:aws:iam::123456789012:role/web\n" }),
                    "Invalid value",
                ),
                (
                    spec!({ "executionRoleArn": format!("arn:aws:iam::123456789012:role/{}", long(65)) }),
                    NOT_A_ROLE,
                ),
                (
                    spec!({ "executionRoleArn": "arn:aws:iam::1234:role/execution" }),
                    r#"spec.executionRoleArn: Invalid value: "arn:aws:iam::1234:role/execution": "arn:aws:iam::1234:role/execution" is not the ARN of an IAM role; expected arn:aws:iam::<account>:role/<name>"#,
                ),
                (
                    spec!({ "executionRoleArn": "arn:aws:iam::123456789012:role/" }),
                    NOT_A_ROLE,
                ),
            ],
        },
        Case {
            rule: "the task role is the ARN of a role",
            good: vec![spec!({ "taskRoleArn": ROLE })],
            bad: vec![(
                spec!({ "taskRoleArn": "role/task" }),
                r#"spec.taskRoleArn: Invalid value: "role/task": "role/task" is not the ARN of an IAM role; expected arn:aws:iam::<account>:role/<name>"#,
            )],
        },
        Case {
            rule: "a number where a name belongs is refused by its type",
            good: vec![spec!({ "serviceName": "42" })],
            bad: vec![
                (
                    spec!({ "serviceName": 42 }),
                    r#"spec.serviceName: Invalid value: "integer": spec.serviceName in body must be of type string: "integer""#,
                ),
                (
                    spec!({ "infrastructureRoleArn": 42 }),
                    "spec.infrastructureRoleArn in body must be of type string",
                ),
            ],
        },
    ]
}
