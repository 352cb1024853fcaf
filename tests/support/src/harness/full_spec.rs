//! A spec that sets every field that can be changed.

use serde_json::{Value, json};

use crate::merge_patch::merge;

/// Every field that can be changed.
pub fn everything() -> Value {
    json!({
        "taskRoleArn": "arn:aws:iam::123456789012:role/task",
        "primaryContainer": {
            "image": "shop:1",
            "containerPort": 8080,
            "command": ["serve", "--fast"],
            "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
            "secrets": [{"name": "S", "valueFrom": "arn:aws:ssm:eu-west-1:123456789012:parameter/s"}],
            "repositoryCredentials": {
                "credentialsParameter": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:registry"
            },
            "awsLogsConfiguration": {"logGroup": "/shop", "logStreamPrefix": "web"},
        },
        "healthCheckPath": "/health",
        "networkConfiguration": {
            "subnets": ["subnet-0123abcd", "subnet-4567abcd"],
            "securityGroups": ["sg-0123abcd"],
        },
        "cpu": "1024",
        "memory": "2048",
        "cpuArchitecture": "ARM64",
        "scalingTarget": {
            "minTaskCount": 2,
            "maxTaskCount": 10,
            "autoScalingMetric": "AVERAGE_CPU",
            "autoScalingTargetValue": 50,
        },
    })
}

/// The full spec with a change; null removes a field.
pub fn with(change: &Value) -> Value {
    let mut spec = everything();
    merge(&mut spec, change);
    spec
}
