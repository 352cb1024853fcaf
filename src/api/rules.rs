//! The CEL rules of the resource. Each rule is a named function, so that `spec.rs` reads like the API reference.
//!
//! A message says what is wrong, what is allowed, and which value was given, but never an environment value, a command or a
//! secret. The API server itself prints the value of a scalar, so a rule about a value that may be secret is attached to
//! the parent of the value.

use kube::core::{Message, Reason, Rule};

/// A rule whose message is a CEL expression.
pub(super) fn rule(rule: &str, message: impl Into<String>) -> Rule {
    Rule::new(rule).message(Message::Expression(message.into()))
}

/// A rule for a string that has to match a pattern. `what` completes the sentence `"<value>" …`.
fn pattern(regex: &str, what: &str) -> Rule {
    rule(
        &format!("self.matches('{regex}')"),
        format!("'\"%s\" {what}'.format([self])"),
    )
}

/// A rule for a field that ECS cannot change: after creation it is neither set, changed nor removed.
pub(super) fn immutable(field: &str) -> Rule {
    let shown = |side: &str| format!("has({side}.{field}) ? {side}.{field} : '<unset>'");
    rule(
        &format!(
            "has(self.{field}) == has(oldSelf.{field}) && (!has(self.{field}) || self.{field} == oldSelf.{field})"
        ),
        format!(
            "'{field} cannot change after creation: was \"%s\", now \"%s\"; create another ExpressService instead'.format([{}, {}])",
            shown("oldSelf"),
            shown("self")
        ),
    )
    .reason(Reason::FieldValueForbidden)
    .field_path(format!(".{field}"))
}

/// The fields that a task definition already sets (`CreateExpressGatewayService`).
const SET_BY_TASK_DEFINITION: [&str; 6] = [
    "primaryContainer",
    "executionRoleArn",
    "taskRoleArn",
    "cpu",
    "memory",
    "cpuArchitecture",
];

/// `taskDefinitionArn` excludes the fields that the task definition already sets.
pub(super) fn task_definition_excludes() -> Rule {
    let any = SET_BY_TASK_DEFINITION
        .map(|field| format!("has(self.{field})"))
        .join(" || ");
    let (last, others) = ("cpuArchitecture", &SET_BY_TASK_DEFINITION[..5]);
    let first = others
        .iter()
        .map(|field| format!("has(self.{field}) ? '{field}' : "))
        .collect::<String>();
    rule(
        &format!("!has(self.taskDefinitionArn) || !({any})"),
        format!(
            "'taskDefinitionArn \"%s\" excludes %s: the task definition already sets it; remove one of them'.format([self.taskDefinitionArn, {first}'{last}'])"
        ),
    )
    .field_path(".taskDefinitionArn")
}

/// ECS needs this field if no task definition is given.
pub(super) fn required_in_managed_mode(field: &str, what: &str) -> Rule {
    Rule::new(format!("has(self.taskDefinitionArn) || has(self.{field})"))
        .message(Message::Message(format!(
            "{what} is required unless taskDefinitionArn is set"
        )))
        .reason(Reason::FieldValueRequired)
        .field_path(format!(".{field}"))
}

pub(super) fn role_arn() -> Rule {
    pattern(
        // A path may contain all of printable ASCII and ends with the last slash.
        "^arn:aws[a-z-]*:iam::[0-9]{12}:role/([!-~]+/)?[A-Za-z0-9+=,.@_-]{1,64}$",
        "is not the ARN of an IAM role; expected arn:aws:iam::<account>:role/<name>",
    )
}

pub(super) fn task_definition_arn() -> Rule {
    pattern(
        "^arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:task-definition/[A-Za-z0-9_-]{1,255}:[1-9][0-9]*$",
        "is not a task definition ARN; expected arn:aws:ecs:<region>:<account>:task-definition/<family>:<revision>",
    )
}

pub(super) fn secretsmanager_arn() -> Rule {
    pattern(
        "^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$",
        "is not the ARN of a Secrets Manager secret; expected arn:aws:secretsmanager:<region>:<account>:secret:<name>",
    )
}

pub(super) fn cluster() -> Rule {
    pattern(
        "^([A-Za-z0-9_-]{1,255}|arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/[A-Za-z0-9_-]{1,255})$",
        "is neither a cluster name (letters, digits, \"_\", \"-\") nor a cluster ARN (arn:aws:ecs:<region>:<account>:cluster/<name>)",
    )
}

pub(super) fn region() -> Rule {
    pattern(
        "^[a-z]{2,4}(-[a-z]+)+-[0-9]+$",
        "is not an AWS Region, such as eu-west-1",
    )
}

pub(super) fn service_name() -> Rule {
    pattern(
        "^[A-Za-z0-9_-]+$",
        "is not an ECS service name; use letters, digits, \"_\" and \"-\"",
    )
}

/// The default service name, `<namespace>_<name>`, must have at most 255 characters and no dot.
pub(super) fn object_name_fits_service_name() -> Rule {
    rule(
        "has(self.spec.serviceName) || (size(self.metadata.name) <= 191 && !self.metadata.name.contains('.'))",
        "'metadata.name \"%s\" cannot be part of an ECS service name (no \".\", at most 191 characters); set spec.serviceName'.format([self.metadata.name])",
    )
    .field_path(".spec.serviceName")
}

pub(super) fn health_check_path() -> Rule {
    rule(
        "self.startsWith('/')",
        "'\"%s\" must start with \"/\", as in /health or /ping?format=json'.format([self])",
    )
}

/// The message is fixed for the reason given at [`image`].
pub(super) fn health_check_path_characters() -> Rule {
    Rule::new("!self.matches('[\\\\x00-\\\\x20\\\\x7f]')")
        .message("healthCheckPath must not contain white space or a control character")
}

/// The message is fixed, because it cannot contain a value with a line break, and the API server prints the value anyway.
pub(super) fn image() -> Rule {
    Rule::new("self.matches('^\\\\S+$')")
        .message("image must not be empty or contain white space or a line break")
}

pub(super) fn log_group() -> Rule {
    pattern(
        "^[-._/#A-Za-z0-9]+$",
        "is not a log group name; use letters, digits and \"_-/.#\"",
    )
}

pub(super) fn log_stream_prefix() -> Rule {
    pattern(
        "^[^:*]+$",
        "is not a log stream prefix; \":\" and \"*\" are not allowed",
    )
}

/// Attached to the variable rather than to its name: a name such as `NAME=value` may contain a secret.
pub(super) fn variable_name() -> Rule {
    Rule::new("!self.name.matches('[=\\\\x00-\\\\x1f\\\\x7f]')")
        .message("the name of a variable must not contain \"=\" or a control character; put the text after the \"=\" into value")
        .field_path(".name")
}

/// As [`variable_name`], for a secret, which has no `value`.
pub(super) fn secret_name() -> Rule {
    Rule::new("!self.name.matches('[=\\\\x00-\\\\x1f\\\\x7f]')")
        .message("the name of a variable must not contain \"=\" or a control character")
        .field_path(".name")
}

/// Attached to the secret rather than to `valueFrom`, so that the API server does not print a secret pasted there by
/// mistake.
pub(super) fn secret_value_from() -> Rule {
    rule(
        "self.valueFrom.matches('^(arn:aws[a-z-]*:(secretsmanager|ssm):.+|[A-Za-z0-9_./-]+)$')",
        "'secret \"%s\": valueFrom is neither the ARN of a Secrets Manager secret nor the ARN or name of an SSM parameter'.format([self.name])",
    )
    .field_path(".valueFrom")
}

pub(super) fn names_used_once() -> Rule {
    rule(
        "!has(self.environment) || !has(self.secrets) || self.environment.all(e, !self.secrets.exists(s, s.name == e.name))",
        "'\"%s\" is in both environment and secrets; use each name only once'.format([self.environment.filter(e, self.secrets.exists(s, s.name == e.name))[0].name])",
    )
    .field_path(".secrets")
}

/// A rule for a list of IDs: each has the prefix, a hyphen, and lowercase hexadecimal digits.
pub(super) fn ids(prefix: &str, what: &str) -> Rule {
    let regex = format!("^{prefix}-[0-9a-f]+$");
    rule(
        &format!("self.all(s, s.matches('{regex}'))"),
        format!(
            "'\"%s\" is not {what}; expected one such as {prefix}-0123abcd'.format([self.filter(s, !s.matches('{regex}'))[0]])"
        ),
    )
}

pub(super) fn min_not_above_max() -> Rule {
    rule(
        "!has(self.minTaskCount) || !has(self.maxTaskCount) || self.minTaskCount <= self.maxTaskCount",
        "'minTaskCount %d is greater than maxTaskCount %d'.format([self.minTaskCount, self.maxTaskCount])",
    )
    .field_path(".minTaskCount")
}

pub(super) fn tag_prefix_free(part: &str, prefix: &str, owner: &str) -> Rule {
    rule(
        &format!("!self.lowerAscii().startsWith('{prefix}')"),
        format!("'tag {part} \"%s\": the prefix {prefix} is reserved for {owner}'.format([self])"),
    )
}

/// The message is fixed for the reason given at [`image`].
pub(super) fn tag_characters(part: &str) -> Rule {
    Rule::new("self.matches('^[\\\\p{L}\\\\p{Z}\\\\p{N}_.:/=+@-]*$')").message(Message::Message(
        format!("tag {part}: only letters, digits, spaces and \"_.:/=+-@\" are allowed"),
    ))
}
