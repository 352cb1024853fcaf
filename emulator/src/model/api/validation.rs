//! Checks of single request members that several actions share. The error messages follow those of AWS.

use crate::model::api::{arn::is_name, error::ApiError};

pub(crate) fn check_one_of(member: &str, value: &str, allowed: &[&str]) -> Result<(), ApiError> {
    if allowed.contains(&value) {
        return Ok(());
    }
    Err(ApiError::invalid_parameter(format!(
        "Invalid {member}: {value}. Valid values are: {}.",
        allowed.join(", ")
    )))
}

pub(crate) fn check_service_name(name: &str) -> Result<(), ApiError> {
    if is_name(name) {
        return Ok(());
    }
    Err(ApiError::invalid_parameter(format!(
        "Invalid service name: {name}. Up to 255 letters (uppercase and lowercase), numbers, \
         underscores, and hyphens are allowed."
    )))
}

/// Checks for the form `arn:<partition>:iam::<account>:role/<path and name>`.
pub(crate) fn check_role_arn(member: &str, arn: &str) -> Result<(), ApiError> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let valid = match parts.as_slice() {
        ["arn", partition, "iam", "", account, resource] => {
            partition.starts_with("aws")
                && is_account_id(account)
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

pub(crate) fn check_task_definition_arn(arn: &str) -> Result<(), ApiError> {
    let parts: Vec<&str> = arn.split(':').collect();
    let valid = match parts.as_slice() {
        ["arn", partition, "ecs", region, account, family, revision] => {
            partition.starts_with("aws")
                && !region.is_empty()
                && is_account_id(account)
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

pub(crate) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
