//! Values that occur in practice, work in ECS, and have to be accepted.

use crate::rules::{Case, Patch, check, spec};

#[test]
fn values_that_work_in_ecs_are_accepted() {
    check("wild", &cases());
}

fn through(rule: &'static str, patch: Patch) -> Case {
    Case {
        rule,
        good: vec![patch],
        bad: vec![],
    }
}

pub fn cases() -> Vec<Case> {
    let secret = |from: &str| spec!({ "primaryContainer": { "secrets": [{ "name": "A", "valueFrom": from }] } });
    let role = |arn: &str| spec!({ "infrastructureRoleArn": arn, "executionRoleArn": arn, "taskRoleArn": arn });
    vec![
        through(
            "a stopped service",
            spec!({ "scalingTarget": { "minTaskCount": 0, "maxTaskCount": 0 } }),
        ),
        through(
            "a cluster by its ARN",
            spec!({ "cluster": "arn:aws:ecs:us-east-1:123456789012:cluster/default" }),
        ),
        through(
            "subnets without groups",
            spec!({ "networkConfiguration": { "subnets": ["subnet-0123abcd"] } }),
        ),
        through(
            "groups without subnets",
            spec!({ "networkConfiguration": { "securityGroups": ["sg-0123abcd"] } }),
        ),
        through(
            "a name that begins with a digit",
            spec!({}).named("2048-game"),
        ),
        through(
            "a service name that begins with a digit",
            spec!({ "serviceName": "2048-game" }),
        ),
        through(
            "a path with a dot",
            spec!({ "healthCheckPath": "/.well-known/health" }),
        ),
        through(
            "a log group without a slash",
            spec!({ "primaryContainer": {
            "awsLogsConfiguration": { "logGroup": "web", "logStreamPrefix": "ecs" },
        } }),
        ),
        through(
            "a secret that RDS made",
            secret(
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-0f6a3ad9-AbCdEf:password::",
            ),
        ),
        through(
            "an empty value",
            spec!({ "primaryContainer": { "environment": [{ "name": "A", "value": "" }] } }),
        ),
        through(
            "a role with a path",
            role("arn:aws:iam::123456789012:role/service-role/team-a/express"),
        ),
        through("China", role("arn:aws-cn:iam::123456789012:role/express")),
        through(
            "GovCloud",
            role("arn:aws-us-gov:iam::123456789012:role/express"),
        ),
        through(
            "vCPU and GB, as in the user guide",
            spec!({ "cpu": "2", "memory": "4" }),
        ),
        through(
            "vCPU and GB by name",
            spec!({ "cpu": "1 vCPU", "memory": "2 GB" }),
        ),
        through(
            "blocks with nothing in them",
            spec!({ "scalingTarget": {}, "networkConfiguration": {} }),
        ),
    ]
}
