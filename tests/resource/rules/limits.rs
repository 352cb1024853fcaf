//! The maximum and minimum length of every string of the spec.

use serde_json::{Value, json};
use test_support::merge_patch::merge;

use crate::harness::TASK_DEFINITION;
use crate::rules::{Case, Patch, check, spec, task_definition};

#[test]
fn every_string_may_have_its_maximum_length_and_no_more() {
    check("limits", &cases());
}

/// A role's path may be long, its name may not.
const ROLE_WITH_PATH: (&str, &str) = ("arn:aws:iam::123456789012:role/", "/express");
const SECRET_ARN: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:web";

/// An object in which every string of a container is set, so that it can be replaced.
fn full() -> Value {
    json!({
        "primaryContainer": {
            "command": ["web"],
            "environment": [{ "name": "A", "value": "a" }],
            "secrets": [{ "name": "B", "valueFrom": "b" }],
            "repositoryCredentials": { "credentialsParameter": SECRET_ARN },
            "awsLogsConfiguration": { "logGroup": "web", "logStreamPrefix": "web" },
        },
        "networkConfiguration": { "subnets": ["subnet-0"], "securityGroups": ["sg-0"] },
        "tags": [{ "key": "team", "value": "a" }],
    })
}

/// The full object with another string at `pointer`.
fn with(pointer: &str, text: &str) -> Patch {
    if pointer == "/taskDefinitionArn" {
        return task_definition::given_task_definition().and(spec!({ "taskDefinitionArn": text }));
    }
    let mut patch = full();
    match patch.pointer_mut(pointer) {
        Some(place) => *place = json!(text),
        // Every other string is on the spec itself or in the container.
        None => {
            let member = pointer
                .trim_start_matches("/primaryContainer")
                .trim_start_matches('/');
            let inner = json!({ member: text });
            let inner = if pointer.starts_with("/primaryContainer/") {
                json!({ "primaryContainer": inner })
            } else {
                inner
            };
            merge(&mut patch, &inner);
        }
    }
    Patch::spec(patch)
}

/// `start`, padded to `length`.
fn long(start: &str, end: &str, length: usize) -> String {
    let filling = if end.is_empty() { "0" } else { "f" };
    start.to_owned() + &filling.repeat(length - start.len() - end.len()) + end
}

/// A string that may be `longest` long and not longer, beginning with `start` and ending with `end`.
fn longest(
    rule: &'static str,
    pointer: &str,
    (start, end): (&str, &str),
    longest: usize,
    too_long: &'static str,
) -> Case {
    Case {
        rule,
        good: vec![with(pointer, &long(start, end, longest))],
        bad: vec![(with(pointer, &long(start, end, longest + 1)), too_long)],
    }
}

/// No object that the other rules let through can be this long.
fn too_long(rule: &'static str, pointer: &str, length: usize, words: &'static str) -> Case {
    Case {
        rule,
        good: vec![],
        bad: vec![(with(pointer, &long("", "", length + 1)), words)],
    }
}

fn empty(pointers: &[(&str, &'static str)]) -> Case {
    Case {
        rule: "an empty string is not a way to leave something out",
        good: vec![],
        bad: pointers
            .iter()
            .map(|(pointer, words)| (with(pointer, ""), *words))
            .collect(),
    }
}

#[rustfmt::skip]
pub fn cases() -> Vec<Case> {
    let task_definition = (TASK_DEFINITION, "");
    vec![
        longest("255 characters of a service name", "/serviceName", ("", ""), 255, "spec.serviceName: Too long: may not be more than 255 bytes"),
        too_long("512 characters of a cluster", "/cluster", 512, "spec.cluster: Too long: may not be more than 512 bytes"),
        longest("32 characters of a Region", "/region", ("eu-", "-1"), 32, "spec.region: Too long: may not be more than 32 bytes"),
        longest("2048 characters of an infrastructure role", "/infrastructureRoleArn", ROLE_WITH_PATH, 2048, "spec.infrastructureRoleArn: Too long: may not be more than 2048 bytes"),
        longest("2048 characters of an execution role", "/executionRoleArn", ROLE_WITH_PATH, 2048, "spec.executionRoleArn: Too long: may not be more than 2048 bytes"),
        longest("2048 characters of a task role", "/taskRoleArn", ROLE_WITH_PATH, 2048, "spec.taskRoleArn: Too long: may not be more than 2048 bytes"),
        longest("2048 characters of a task definition", "/taskDefinitionArn", task_definition, 2048, "spec.taskDefinitionArn: Too long: may not be more than 2048 bytes"),
        longest("1024 characters of an image", "/primaryContainer/image", ("nginx", ""), 1024, "spec.primaryContainer.image: Too long: may not be more than 1024 bytes"),
        longest("8192 characters of a word of the command", "/primaryContainer/command/0", ("", ""), 8192, "spec.primaryContainer.command[0]: Too long: may not be more than 8192 bytes"),
        longest("256 characters of a variable's name", "/primaryContainer/environment/0/name", ("", ""), 256, "spec.primaryContainer.environment[0].name: Too long: may not be more than 256 bytes"),
        longest("32768 characters of a variable's value", "/primaryContainer/environment/0/value", ("hunter2", ""), 32768, "spec.primaryContainer.environment[0].value: Too long: may not be more than 32768 bytes"),
        longest("256 characters of a secret's name", "/primaryContainer/secrets/0/name", ("", ""), 256, "spec.primaryContainer.secrets[0].name: Too long: may not be more than 256 bytes"),
        longest("2048 characters of a secret's place", "/primaryContainer/secrets/0/valueFrom", ("hunter2", ""), 2048, "spec.primaryContainer.secrets[0].valueFrom: Too long: may not be more than 2048 bytes"),
        longest("2048 characters of the credentials' ARN", "/primaryContainer/repositoryCredentials/credentialsParameter", (SECRET_ARN, ""), 2048, "spec.primaryContainer.repositoryCredentials.credentialsParameter: Too long: may not be more than 2048 bytes"),
        longest("512 characters of a log group", "/primaryContainer/awsLogsConfiguration/logGroup", ("", ""), 512, "spec.primaryContainer.awsLogsConfiguration.logGroup: Too long: may not be more than 512 bytes"),
        longest("512 characters of a log stream prefix", "/primaryContainer/awsLogsConfiguration/logStreamPrefix", ("", ""), 512, "spec.primaryContainer.awsLogsConfiguration.logStreamPrefix: Too long: may not be more than 512 bytes"),
        longest("1024 characters of a health check's path", "/healthCheckPath", ("/", ""), 1024, "spec.healthCheckPath: Too long: may not be more than 1024 bytes"),
        longest("64 characters of a subnet", "/networkConfiguration/subnets/0", ("subnet-", ""), 64, "spec.networkConfiguration.subnets[0]: Too long: may not be more than 64 bytes"),
        longest("64 characters of a security group", "/networkConfiguration/securityGroups/0", ("sg-", ""), 64, "spec.networkConfiguration.securityGroups[0]: Too long: may not be more than 64 bytes"),
        too_long("16 characters of cpu", "/cpu", 16, "spec.cpu: Too long: may not be more than 16 bytes"),
        too_long("16 characters of memory", "/memory", 16, "spec.memory: Too long: may not be more than 16 bytes"),
        longest("128 characters of a tag's key", "/tags/0/key", ("", ""), 128, "spec.tags[0].key: Too long: may not be more than 128 bytes"),
        longest("256 characters of a tag's value", "/tags/0/value", ("", ""), 256, "spec.tags[0].value: Too long: may not be more than 256 bytes"),
        empty(&[
            ("/serviceName", "spec.serviceName in body should be at least 1 chars long"),
            ("/cluster", "spec.cluster in body should be at least 1 chars long"),
            ("/region", "spec.region in body should be at least 1 chars long"),
            ("/infrastructureRoleArn", "spec.infrastructureRoleArn in body should be at least 1 chars long"),
            ("/executionRoleArn", "spec.executionRoleArn in body should be at least 1 chars long"),
            ("/taskRoleArn", "spec.taskRoleArn in body should be at least 1 chars long"),
            ("/taskDefinitionArn", "spec.taskDefinitionArn in body should be at least 1 chars long"),
            ("/primaryContainer/image", "spec.primaryContainer.image in body should be at least 1 chars long"),
            ("/primaryContainer/environment/0/name", "spec.primaryContainer.environment[0].name in body should be at least 1 chars long"),
            ("/primaryContainer/secrets/0/name", "spec.primaryContainer.secrets[0].name in body should be at least 1 chars long"),
            ("/primaryContainer/secrets/0/valueFrom", "spec.primaryContainer.secrets[0].valueFrom in body should be at least 1 chars long"),
            ("/primaryContainer/repositoryCredentials/credentialsParameter", "spec.primaryContainer.repositoryCredentials.credentialsParameter in body should be at least 1 chars long"),
            ("/primaryContainer/awsLogsConfiguration/logGroup", "spec.primaryContainer.awsLogsConfiguration.logGroup in body should be at least 1 chars long"),
            ("/primaryContainer/awsLogsConfiguration/logStreamPrefix", "spec.primaryContainer.awsLogsConfiguration.logStreamPrefix in body should be at least 1 chars long"),
            ("/healthCheckPath", "spec.healthCheckPath in body should be at least 1 chars long"),
            ("/networkConfiguration/subnets/0", "spec.networkConfiguration.subnets[0] in body should be at least 1 chars long"),
            ("/networkConfiguration/securityGroups/0", "spec.networkConfiguration.securityGroups[0] in body should be at least 1 chars long"),
            ("/cpu", "spec.cpu in body should be at least 1 chars long"),
            ("/memory", "spec.memory in body should be at least 1 chars long"),
            ("/tags/0/key", "spec.tags[0].key in body should be at least 1 chars long"),
        ]),
    ]
}
