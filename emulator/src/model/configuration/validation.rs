//! Validation of a requested configuration. The error messages follow those of AWS.

use crate::model::{
    api::{
        error::ApiError,
        validation::{check_one_of, check_role_arn, check_task_definition_arn},
    },
    configuration::request::{ConfigurationRequest, ContainerRequest, LogsRequest, NetworkRequest},
};

type Check = Result<(), ApiError>;

/// Checks everything that does not depend on the previous configuration.
pub(crate) fn check_configuration(request: &ConfigurationRequest) -> Check {
    check_not_with_task_definition(request)?;
    let roles = [
        ("executionRoleArn", &request.execution_role_arn),
        ("taskRoleArn", &request.task_role_arn),
    ];
    for (member, role) in roles {
        if let Some(role) = role {
            check_role_arn(member, role)?;
        }
    }
    if let Some(arn) = &request.task_definition_arn {
        check_task_definition_arn(arn)?;
    }
    if let Some(path) = &request.health_check_path {
        check_health_check_path(path)?;
    }
    if let Some(architecture) = &request.cpu_architecture {
        check_one_of("cpuArchitecture", architecture, &["X86_64", "ARM64"])?;
    }
    if let Some(network) = &request.network_configuration {
        check_network_configuration(network)?;
    }
    request
        .primary_container
        .as_ref()
        .map_or(Ok(()), check_primary_container)
}

/// Checks the members that are required in a create.
pub(crate) fn check_required_for_create(request: &ConfigurationRequest) -> Check {
    if request.task_definition_arn.is_some() {
        return Ok(());
    }
    if request.execution_role_arn.is_none() {
        return Err(ApiError::invalid_parameter(
            "ExecutionRoleArn can not be blank when taskDefinitionArn is not specified.",
        ));
    }
    if request.primary_container.is_none() {
        return Err(ApiError::invalid_parameter(
            "PrimaryContainer can not be blank when taskDefinitionArn is not specified.",
        ));
    }
    Ok(())
}

fn check_not_with_task_definition(request: &ConfigurationRequest) -> Check {
    if request.task_definition_arn.is_none() {
        return Ok(());
    }
    let excluded = [
        ("primaryContainer", request.primary_container.is_some()),
        ("executionRoleArn", request.execution_role_arn.is_some()),
        ("taskRoleArn", request.task_role_arn.is_some()),
        ("cpu", request.cpu.is_some()),
        ("memory", request.memory.is_some()),
        ("cpuArchitecture", request.cpu_architecture.is_some()),
    ];
    let sent: Vec<&str> = excluded
        .iter()
        .filter_map(|(member, sent)| sent.then_some(*member))
        .collect();
    if sent.is_empty() {
        return Ok(());
    }
    Err(ApiError::invalid_parameter(format!(
        "You cannot specify {} when taskDefinitionArn is specified.",
        sent.join(", ")
    )))
}

fn check_health_check_path(path: &str) -> Check {
    if path.starts_with('/') && path.len() <= 1024 && !path.contains(char::is_whitespace) {
        return Ok(());
    }
    Err(ApiError::invalid_parameter(format!(
        "Invalid healthCheckPath: {path}. It must begin with / and have no white space."
    )))
}

fn check_network_configuration(network: &NetworkRequest) -> Check {
    let lists = [
        ("subnets", "subnet-", &network.subnets),
        ("securityGroups", "sg-", &network.security_groups),
    ];
    for (member, prefix, list) in lists {
        for id in list.iter().flatten() {
            if !id.starts_with(prefix) {
                return Err(ApiError::invalid_parameter(format!(
                    "Invalid networkConfiguration.{member}: {id}. An ID begins with {prefix}."
                )));
            }
        }
    }
    if network.subnets.as_ref().is_some_and(|list| list.len() == 1) {
        return Err(ApiError::invalid_parameter(
            "At least two subnets in two different Availability Zones must be specified",
        ));
    }
    Ok(())
}

fn check_primary_container(container: &ContainerRequest) -> Check {
    match container.image.as_deref() {
        Some(image) if !image.is_empty() && !image.contains(char::is_whitespace) => {}
        Some(image) if !image.is_empty() => {
            return Err(ApiError::invalid_parameter(format!(
                "Container.image contains invalid characters: {image}"
            )));
        }
        Some(_) | None => {
            return Err(ApiError::invalid_parameter(
                "Container.image should not be null or empty.",
            ));
        }
    }
    if let Some(port) = container.container_port
        && !(1..=65535).contains(&port)
    {
        return Err(ApiError::invalid_parameter(format!(
            "Invalid primaryContainer.containerPort: {port}. It must be between 1 and 65535."
        )));
    }
    if let Some(LogsRequest {
        log_group,
        log_stream_prefix,
    }) = &container.aws_logs_configuration
        && (log_group.is_none() || log_stream_prefix.is_none())
    {
        return Err(ApiError::invalid_parameter(
            "awsLogsConfiguration needs both logGroup and logStreamPrefix.",
        ));
    }
    check_environment_and_secrets(container)
}

fn check_environment_and_secrets(container: &ContainerRequest) -> Check {
    let taken: Vec<&str> = container
        .environment
        .iter()
        .flatten()
        .filter_map(|variable| variable.name.as_deref())
        .collect();
    let mut secrets: Vec<&str> = Vec::new();
    for secret in container.secrets.iter().flatten() {
        let (Some(name), Some(_)) = (&secret.name, &secret.value_from) else {
            return Err(ApiError::invalid_parameter(
                "Each of primaryContainer.secrets needs both name and valueFrom.",
            ));
        };
        if taken.contains(&name.as_str()) || secrets.contains(&name.as_str()) {
            return Err(ApiError::invalid_parameter(format!(
                "The secret name must be unique and not shared with any new or existing \
                 environment variables set on the container, such as '{name}'."
            )));
        }
        secrets.push(name);
    }
    Ok(())
}

/// Checks that Fargate offers this pair of CPU units and MiB of memory.
pub(crate) fn check_fargate_size(cpu: &str, memory: &str) -> Check {
    let rejection = || {
        ApiError::invalid_parameter(format!(
            "No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. \
             See the Amazon ECS documentation for the valid values."
        ))
    };
    let (Ok(cpu), Ok(memory)) = (cpu.parse::<u32>(), memory.parse::<u32>()) else {
        return Err(rejection());
    };
    let (least, most, step) = match cpu {
        256 if memory == 512 => return Ok(()),
        256 => (1024, 2048, 1024),
        512 => (1024, 4096, 1024),
        1024 => (2048, 8192, 1024),
        2048 => (4096, 16384, 1024),
        4096 => (8192, 30720, 1024),
        8192 => (16384, 61440, 4096),
        16384 => (32768, 122_880, 8192),
        _ => return Err(rejection()),
    };
    if (least..=most).contains(&memory) && memory % step == 0 {
        return Ok(());
    }
    Err(rejection())
}
