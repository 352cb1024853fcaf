//! The content of a registration: the members of RegisterTaskDefinition, checked and completed as ECS
//! does, and the task definition that ECS itself registers for a revision.

use serde_json::{Value, json};

use crate::model::{
    api::error::ApiError,
    configuration::{service_configuration::Configuration, validation::check_fargate_size},
};

/// The members that a task definition keeps unchanged.
const MEMBERS: [&str; 16] = [
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "containerDefinitions",
    "volumes",
    "placementConstraints",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "pidMode",
    "ipcMode",
    "proxyConfiguration",
    "inferenceAccelerators",
    "ephemeralStorage",
    "runtimePlatform",
    "enableFaultInjection",
];

fn client(message: impl Into<String>) -> ApiError {
    ApiError::new("ClientException", message)
}

/// Returns the members of a request as DescribeTaskDefinition shows them.
pub(crate) fn registered_members(request: &Value) -> Result<Value, ApiError> {
    let mut members = json!({});
    for member in MEMBERS {
        match &request[member] {
            Value::Null => {}
            value => members[member] = value.clone(),
        }
    }
    check(&members)?;
    let awsvpc = members["networkMode"] == "awsvpc";
    if let Value::Array(containers) = &mut members["containerDefinitions"] {
        for container in containers {
            fill_container(container, awsvpc);
        }
    }
    for list in ["volumes", "placementConstraints"] {
        if members[list].is_null() {
            members[list] = json!([]);
        }
    }
    members["compatibilities"] = if fits_fargate(&members) {
        json!(["EC2", "FARGATE"])
    } else {
        json!(["EC2"])
    };
    members["requiresAttributes"] = json!([]);
    Ok(members)
}

fn check(members: &Value) -> Result<(), ApiError> {
    let containers = members["containerDefinitions"]
        .as_array()
        .filter(|containers| !containers.is_empty())
        .ok_or_else(|| client("Container list cannot be empty."))?;
    let mut names: Vec<&str> = Vec::new();
    for container in containers {
        let name = container["name"]
            .as_str()
            .ok_or_else(|| client("Container.name should not be null or empty."))?;
        if container["image"].as_str().is_none_or(str::is_empty) {
            return Err(client("Container.image should not be null or empty."));
        }
        if names.contains(&name) {
            return Err(client(format!("Duplicate container name: '{name}'.")));
        }
        names.push(name);
    }
    if needs_fargate(members) {
        check_fargate(members)?;
    }
    Ok(())
}

fn needs_fargate(members: &Value) -> bool {
    let required = members["requiresCompatibilities"].as_array();
    required.is_some_and(|list| list.contains(&json!("FARGATE")))
}

fn check_fargate(members: &Value) -> Result<(), ApiError> {
    if members["networkMode"] != "awsvpc" {
        return Err(client("Fargate only supports network mode 'awsvpc'."));
    }
    let (Some(cpu), Some(memory)) = (members["cpu"].as_str(), members["memory"].as_str()) else {
        return Err(client(
            "Fargate requires that 'cpu' and 'memory' be defined at the task level.",
        ));
    };
    check_fargate_size(cpu, memory).map_err(|error| client(error.message))
}

/// Whether Fargate can run the task definition, even if the request does not require that.
fn fits_fargate(members: &Value) -> bool {
    check_fargate(members).is_ok()
}

fn fill_container(container: &mut Value, awsvpc: bool) {
    let defaults = [
        ("cpu", json!(0)),
        ("essential", json!(true)),
        ("portMappings", json!([])),
        ("environment", json!([])),
        ("mountPoints", json!([])),
        ("volumesFrom", json!([])),
        ("systemControls", json!([])),
    ];
    for (member, default) in defaults {
        if container[member].is_null() {
            container[member] = default;
        }
    }
    let Value::Array(mappings) = &mut container["portMappings"] else {
        return;
    };
    for mapping in mappings {
        if mapping["protocol"].is_null() {
            mapping["protocol"] = json!("tcp");
        }
        if mapping["hostPort"].is_null() && mapping["containerPort"].is_number() {
            let port = mapping["containerPort"].clone();
            mapping["hostPort"] = if awsvpc { port } else { json!(0) };
        }
    }
}

/// Returns the request with which ECS registers the task definition of a revision.
pub(crate) fn managed_registration_request(configuration: &Configuration, region: &str) -> Value {
    let container = &configuration.primary_container;
    let port = container.container_port;
    let mut main = json!({
        "name": "Main",
        "image": container.image,
        "portMappings": [{
            "containerPort": port, "protocol": "tcp", "name": format!("main-{port}-tcp"),
        }],
        "linuxParameters": { "initProcessEnabled": true },
        "stopTimeout": 30,
    });
    if let Some(logs) = &container.aws_logs_configuration {
        main["logConfiguration"] = json!({
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": logs.log_group,
                "awslogs-region": region,
                "awslogs-stream-prefix": logs.log_stream_prefix,
                "max-buffer-size": "25m",
                "mode": "non-blocking",
            },
        });
    }
    if !container.command.is_empty() {
        main["command"] = json!(container.command);
    }
    let optional = [
        ("environment", json!(container.environment)),
        ("secrets", json!(container.secrets)),
        (
            "repositoryCredentials",
            json!(container.repository_credentials),
        ),
    ];
    set_present(&mut main, optional);
    let mut request = json!({
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": configuration.cpu,
        "memory": configuration.memory,
        "runtimePlatform": {
            "cpuArchitecture": configuration.cpu_architecture.as_deref().unwrap_or("X86_64"),
            "operatingSystemFamily": "LINUX",
        },
        "containerDefinitions": [main],
    });
    let roles = [
        ("executionRoleArn", json!(configuration.execution_role_arn)),
        ("taskRoleArn", json!(configuration.task_role_arn)),
    ];
    set_present(&mut request, roles);
    request
}

fn set_present<const N: usize>(wire: &mut Value, members: [(&str, Value); N]) {
    for (member, value) in members {
        if !value.is_null() {
            wire[member] = value;
        }
    }
}
