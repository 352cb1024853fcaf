//! The two modes: ECS creates the task definition from the spec, or uses a given one.

use crate::harness::{ROLE, TASK_DEFINITION};
use crate::rules::{Case, Patch, check, spec};

#[test]
fn a_task_definition_excludes_what_it_decides() {
    check("modes", &cases());
}

/// The minimal object with a task definition in place of a container.
pub fn given_task_definition() -> Patch {
    spec!({ "taskDefinitionArn": TASK_DEFINITION, "primaryContainer": null, "executionRoleArn": null })
}

pub fn cases() -> Vec<Case> {
    let excluded = |patch: Patch| given_task_definition().and(patch);
    vec![
        Case {
            rule: "without a task definition, primaryContainer and executionRoleArn are required",
            good: vec![spec!({}), given_task_definition()],
            bad: vec![
                (
                    spec!({ "primaryContainer": null }),
                    "spec.primaryContainer: Required value: primaryContainer with an image is required unless taskDefinitionArn is set",
                ),
                (
                    spec!({ "executionRoleArn": null }),
                    "spec.executionRoleArn: Required value: executionRoleArn is required unless taskDefinitionArn is set",
                ),
            ],
        },
        Case {
            rule: "a task definition goes with the fields of the service",
            good: vec![excluded(spec!({
                "serviceName": "web",
                "cluster": "default",
                "region": "eu-west-1",
                "healthCheckPath": "/health",
                "networkConfiguration": { "subnets": ["subnet-0123abcd"], "securityGroups": ["sg-0123abcd"] },
                "scalingTarget": { "minTaskCount": 1 },
                "tags": [{ "key": "team" }],
                "suspend": true,
            }))],
            bad: vec![],
        },
        Case {
            rule: "a task definition excludes each of the six fields that it decides",
            good: vec![],
            bad: vec![
                (
                    excluded(spec!({ "primaryContainer": { "image": "nginx" } })),
                    r#"spec.taskDefinitionArn: Invalid value: taskDefinitionArn "arn:aws:ecs:eu-west-1:123456789012:task-definition/team-a_web:7" excludes primaryContainer: the task definition already sets it; remove one of them"#,
                ),
                (
                    excluded(spec!({ "executionRoleArn": ROLE })),
                    "excludes executionRoleArn: the task definition already sets it",
                ),
                (
                    excluded(spec!({ "taskRoleArn": ROLE })),
                    "excludes taskRoleArn: the task definition already sets it",
                ),
                (
                    excluded(spec!({ "cpu": "1024" })),
                    "excludes cpu: the task definition already sets it",
                ),
                (
                    excluded(spec!({ "memory": "2048" })),
                    "excludes memory: the task definition already sets it",
                ),
                (
                    excluded(spec!({ "cpuArchitecture": "ARM64" })),
                    "excludes cpuArchitecture: the task definition already sets it",
                ),
            ],
        },
        Case {
            rule: "a task definition is a full ARN with its revision",
            good: vec![excluded(spec!({
                "taskDefinitionArn": "arn:aws-us-gov:ecs:us-gov-west-1:123456789012:task-definition/Web_1-a:1234"
            }))],
            bad: vec![
                (
                    excluded(spec!({ "taskDefinitionArn": "web:7" })),
                    r#"spec.taskDefinitionArn: Invalid value: "web:7": "web:7" is not a task definition ARN; expected arn:aws:ecs:<region>:<account>:task-definition/<family>:<revision>"#,
                ),
                (
                    excluded(spec!({
                        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/web"
                    })),
                    "is not a task definition ARN",
                ),
                (
                    excluded(spec!({
                        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:latest"
                    })),
                    "is not a task definition ARN",
                ),
                (
                    excluded(spec!({
                        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:0"
                    })),
                    "is not a task definition ARN",
                ),
            ],
        },
    ]
}
