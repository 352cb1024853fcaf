//! What a request must satisfy before anything happens. Each refusal reads like AWS's own.

use super::{
    arn::is_name,
    error::ApiError,
    request::{ConfigurationRequest, ContainerRequest, LogsRequest, NetworkRequest, Tag},
};

type Check = Result<(), ApiError>;

/// What can be checked in a Create or an Update without knowing what is in force.
pub(crate) fn configuration(request: &ConfigurationRequest) -> Check {
    excluded_together(request)?;
    let roles = [
        ("executionRoleArn", &request.execution_role_arn),
        ("taskRoleArn", &request.task_role_arn),
    ];
    for (member, role) in roles {
        if let Some(role) = role {
            role_arn(member, role)?;
        }
    }
    if let Some(arn) = &request.task_definition_arn {
        task_definition_arn(arn)?;
    }
    if let Some(path) = &request.health_check_path {
        health_check_path(path)?;
    }
    if let Some(architecture) = &request.cpu_architecture {
        one_of("cpuArchitecture", architecture, &["X86_64", "ARM64"])?;
    }
    if let Some(network) = &request.network_configuration {
        network_configuration(network)?;
    }
    request
        .primary_container
        .as_ref()
        .map_or(Ok(()), primary_container)
}

/// What only a Create must name, beside its configuration.
pub(crate) fn complete(request: &ConfigurationRequest) -> Check {
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

fn excluded_together(request: &ConfigurationRequest) -> Check {
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

/// `arn:<partition>:iam::<account>:role/<path and name>`.
pub(crate) fn role_arn(member: &str, arn: &str) -> Check {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let valid = match parts.as_slice() {
        ["arn", partition, "iam", "", account, resource] => {
            partition.starts_with("aws")
                && is_account(account)
                && resource
                    .strip_prefix("role/")
                    .is_some_and(|name| !name.is_empty())
        }
        _ => false,
    };
    if valid {
        return Ok(());
    }
    Err(ApiError::invalid_parameter(format!(
        "Invalid {member}: {arn}. It must be the ARN of an IAM role: \
         arn:<partition>:iam::<account>:role/<name>."
    )))
}

pub(crate) fn task_definition_arn(arn: &str) -> Check {
    let parts: Vec<&str> = arn.split(':').collect();
    let valid = match parts.as_slice() {
        ["arn", partition, "ecs", region, account, family, revision] => {
            partition.starts_with("aws")
                && !region.is_empty()
                && is_account(account)
                && family.strip_prefix("task-definition/").is_some_and(is_name)
                && revision.parse::<u32>().is_ok_and(|revision| revision > 0)
        }
        _ => false,
    };
    if valid {
        return Ok(());
    }
    Err(ApiError::invalid_parameter(format!(
        "Invalid taskDefinitionArn: {arn}. It must be a full ARN with a revision: \
         arn:<partition>:ecs:<region>:<account>:task-definition/<family>:<revision>."
    )))
}

pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(crate) fn service_name(name: &str) -> Check {
    if is_name(name) {
        return Ok(());
    }
    Err(ApiError::invalid_parameter(format!(
        "Invalid service name: {name}. Up to 255 letters (uppercase and lowercase), numbers, \
         underscores, and hyphens are allowed."
    )))
}

fn health_check_path(path: &str) -> Check {
    if path.starts_with('/') && path.len() <= 1024 && !path.contains(char::is_whitespace) {
        return Ok(());
    }
    Err(ApiError::invalid_parameter(format!(
        "Invalid healthCheckPath: {path}. It must begin with / and have no white space."
    )))
}

pub(crate) fn one_of(member: &str, value: &str, allowed: &[&str]) -> Check {
    if allowed.contains(&value) {
        return Ok(());
    }
    Err(ApiError::invalid_parameter(format!(
        "Invalid {member}: {value}. Valid values are: {}.",
        allowed.join(", ")
    )))
}

fn network_configuration(network: &NetworkRequest) -> Check {
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

fn primary_container(container: &ContainerRequest) -> Check {
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
    environment_and_secrets(container)
}

fn environment_and_secrets(container: &ContainerRequest) -> Check {
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

/// The pairs of CPU units and MiB that Fargate has.
pub(crate) fn fargate(cpu: &str, memory: &str) -> Check {
    let refusal = || {
        ApiError::invalid_parameter(format!(
            "No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. \
             See the Amazon ECS documentation for the valid values."
        ))
    };
    let (Ok(cpu), Ok(memory)) = (cpu.parse::<u32>(), memory.parse::<u32>()) else {
        return Err(refusal());
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
        _ => return Err(refusal()),
    };
    if (least..=most).contains(&memory) && memory % step == 0 {
        return Ok(());
    }
    Err(refusal())
}

/// Keys and values, reserved prefixes, and no key twice.
pub(crate) fn tags(tags: &[Tag]) -> Check {
    let reserved = |tag: &&Tag| tag.key.to_ascii_lowercase().starts_with("aws:");
    if let Some(Tag { key, .. }) = tags.iter().find(reserved) {
        return Err(ApiError::invalid_parameter(format!(
            "Invalid tag key: {key:?}. The prefix aws: is reserved."
        )));
    }
    tags_of_anyone(tags)
}

/// Tags that AWS itself may have made.
pub(crate) fn tags_of_anyone(tags: &[Tag]) -> Check {
    let plain = |text: &str| {
        text.chars()
            .all(|c| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c))
    };
    for (index, Tag { key, value }) in tags.iter().enumerate() {
        if key.is_empty() || key.chars().count() > 128 || !plain(key) {
            return Err(ApiError::invalid_parameter(format!(
                "Invalid tag key: {key:?}. It must have 1 to 128 letters, spaces, digits or any of _.:/=+-@."
            )));
        }
        if value.chars().count() > 256 || !plain(value) {
            return Err(ApiError::invalid_parameter(format!(
                "Invalid value of tag {key:?}. It must have at most 256 letters, spaces, digits or any of _.:/=+-@."
            )));
        }
        if tags[..index].iter().any(|earlier| earlier.key == *key) {
            return Err(ApiError::invalid_parameter(format!(
                "Duplicate tag key: {key:?}"
            )));
        }
    }
    Ok(())
}
