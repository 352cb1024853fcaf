//! The hashes that the operator state stores. A build that computes another one takes every object for edited and sends an
//! update to every service, so a change here needs a new scheme, with a table of its own beside this one.

use ecs_express_operator::core::operator_state::state::SCHEME;
use serde_json::{Value, json};

use crate::fixtures::desired;

/// A spec, the hash of its configuration, the hash without scaling, and that of its tags.
type Row = (Value, &'static str, &'static str, &'static str);

fn scheme_1() -> Vec<Row> {
    let full = json!({
        "taskRoleArn": "arn:aws:iam::123456789012:role/task",
        "primaryContainer": {
            "image": "shop:1",
            "containerPort": 8080,
            "command": ["serve", "--fast"],
            "environment": [{"name": "B", "value": "2"}, {"name": "A"}],
            "secrets": [{"name": "S", "valueFrom": "arn:aws:ssm:eu-west-1:123456789012:parameter/s"}],
            "repositoryCredentials": {"credentialsParameter": "arn:aws:secretsmanager:registry"},
            "awsLogsConfiguration": {"logGroup": "/shop", "logStreamPrefix": "web"},
        },
        "healthCheckPath": "/health",
        "networkConfiguration": {
            "subnets": ["subnet-2", "subnet-1"], "securityGroups": ["sg-1"],
        },
        "cpu": "1 vCPU",
        "memory": "2048",
        "cpuArchitecture": "ARM64",
        "scalingTarget": {
            "minTaskCount": 2, "maxTaskCount": 10,
            "autoScalingMetric": "AVERAGE_CPU", "autoScalingTargetValue": 50,
        },
        "tags": [{"key": "team", "value": "a"}, {"key": "empty"}],
    });
    let given = json!({
        "primaryContainer": null,
        "executionRoleArn": null,
        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:1",
    });
    let none = "e3b0c44298fc1c14";
    vec![
        (json!({}), "a8fcca4deae7f798", "a8fcca4deae7f798", none),
        (
            full,
            "5ec0ed36f7db97a1",
            "9d595dcad777d484",
            "7163531bc670bf80",
        ),
        (given, "53391d45f915a36f", "53391d45f915a36f", none),
        (
            json!({"scalingTarget": {"minTaskCount": 2}}),
            "fb320af621715909",
            "a8fcca4deae7f798",
            none,
        ),
    ]
}

#[test]
fn the_hashes_of_the_present_scheme_are_those_that_earlier_builds_stored() {
    assert_eq!(SCHEME, 1, "a new scheme needs a table of its own");
    for (spec, whole, rollout, tags) in scheme_1() {
        let desired = desired(&[json!({"spec": spec})]);
        let hashes = [
            desired.configuration.hash(),
            desired.configuration.rollout_hash(),
            desired.tags_hash(),
        ];
        assert_eq!(hashes, [whole, rollout, tags], "{spec}");
    }
}
