//! The CEL rules of the resource, each a named function, so that `spec.rs` reads like the API's reference.
//!
//! A message names what is wrong, what is right, and the value, but never an environment value, a command or a secret:
//! the API server prints the value of a scalar itself, so a rule about something that may be secret stands on its parent.

use kube::core::{Message, Reason, Rule};

/// A rule whose message is a CEL expression.
fn rule(rule: &str, message: impl Into<String>) -> Rule {
    Rule::new(rule).message(Message::Expression(message.into()))
}

/// A rule on a string which has to match a pattern; `what` completes the sentence `"<value>" …`.
fn pattern(regex: &str, what: &str) -> Rule {
    rule(
        &format!("self.matches('{regex}')"),
        format!("'\"%s\" {what}'.format([self])"),
    )
}

/// ECS has no way to change the field: not set, changed or removed after creation.
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

/// The fields which a task definition already decides (`CreateExpressGatewayService`).
const DECIDED_BY_TASK_DEFINITION: [&str; 6] = [
    "primaryContainer",
    "executionRoleArn",
    "taskRoleArn",
    "cpu",
    "memory",
    "cpuArchitecture",
];

/// `taskDefinitionArn` excludes the fields that the task definition decides.
pub(super) fn task_definition_excludes() -> Rule {
    let any = DECIDED_BY_TASK_DEFINITION
        .map(|field| format!("has(self.{field})"))
        .join(" || ");
    let (last, others) = ("cpuArchitecture", &DECIDED_BY_TASK_DEFINITION[..5]);
    let first = others
        .iter()
        .map(|field| format!("has(self.{field}) ? '{field}' : "))
        .collect::<String>();
    rule(
        &format!("!has(self.taskDefinitionArn) || !({any})"),
        format!(
            "'taskDefinitionArn \"%s\" excludes %s: the task definition already says so; remove one or the other'.format([self.taskDefinitionArn, {first}'{last}'])"
        ),
    )
    .field_path(".taskDefinitionArn")
}

/// Without a task definition ECS needs this field.
pub(super) fn required_in_managed_mode(field: &str, what: &str) -> Rule {
    Rule::new(format!("has(self.taskDefinitionArn) || has(self.{field})"))
        .message(Message::Message(format!(
            "{what} is required, unless taskDefinitionArn is set"
        )))
        .reason(Reason::FieldValueRequired)
        .field_path(format!(".{field}"))
}

/// Memory that Fargate offers with a CPU size: units, range in MiB, step in MiB (`RegisterTaskDefinition`).
const FARGATE: [(&str, u32, u32, u32); 6] = [
    ("512", 1024, 4096, 1024),
    ("1024", 2048, 8192, 1024),
    ("2048", 4096, 16384, 1024),
    ("4096", 8192, 30720, 1024),
    ("8192", 16384, 61440, 4096),
    ("16384", 32768, 122_880, 8192),
];

/// The pairs of cpu and memory that Fargate offers; checked where both are given in plain units.
pub(super) fn fargate_pair() -> Rule {
    let fits = FARGATE
        .map(|(cpu, from, to, step)| {
            format!("self.cpu == '{cpu}' ? int(self.memory) >= {from} && int(self.memory) <= {to} && int(self.memory) % {step} == 0 : ")
        })
        .concat();
    let offers = FARGATE
        .map(|(cpu, from, to, step)| {
            format!("self.cpu == '{cpu}' ? '{from} to {to} in steps of {step}' : ")
        })
        .concat();
    rule(
        &format!(
            "!has(self.cpu) || !has(self.memory) || !self.memory.matches('^[1-9][0-9]{{2,5}}$') || (self.cpu == '256' ? self.memory in ['512','1024','2048'] : {fits}true)"
        ),
        format!(
            "'memory \"%s\" does not go with cpu \"%s\": Fargate offers %s'.format([self.memory, self.cpu, self.cpu == '256' ? '512, 1024 or 2048' : {offers}'other sizes'])"
        ),
    )
    .field_path(".memory")
}

pub(super) fn role_arn() -> Rule {
    pattern(
        "^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$",
        "is not the ARN of an IAM role: arn:aws:iam::<account>:role/<name>",
    )
}

pub(super) fn task_definition_arn() -> Rule {
    pattern(
        "^arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:task-definition/[A-Za-z0-9_-]{1,255}:[0-9]+$",
        "is not a task definition ARN: arn:aws:ecs:<region>:<account>:task-definition/<family>:<revision>",
    )
}

pub(super) fn secretsmanager_arn() -> Rule {
    pattern(
        "^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$",
        "is not the ARN of a Secrets Manager secret: arn:aws:secretsmanager:<region>:<account>:secret:<name>",
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
        "is not an ECS service name: use letters, digits, \"_\" and \"-\"",
    )
}

/// The default service name is `<namespace>_<name>`, at most 255 characters without a dot.
pub(super) fn object_name_fits_service_name() -> Rule {
    rule(
        "has(self.spec.serviceName) || (size(self.metadata.name) <= 191 && !self.metadata.name.contains('.'))",
        "'metadata.name \"%s\" cannot be part of an ECS service name (no \".\", at most 191 characters): set spec.serviceName'.format([self.metadata.name])",
    )
    .field_path(".spec.serviceName")
}

/// Beyond today's largest size any multiple of a vCPU passes: Fargate grows.
pub(super) fn cpu() -> Rule {
    Rule::new("self in ['256','512','1024','2048','4096','8192','16384'] || (self.matches('^[1-9][0-9]{4,5}$') && int(self) > 16384 && int(self) % 1024 == 0) || self.matches('^(0?[.][0-9]{1,2}|[0-9]{1,2}([.][0-9]{1,2})?)( ?[vV][cC][pP][uU])?$')")
        .message("use CPU units (256, 512, 1024, 2048, 4096, 8192, 16384) or a number of vCPU, such as '0.5' or '2 vCPU'")
}

pub(super) fn memory() -> Rule {
    Rule::new(
        "self.matches('^([1-9][0-9]{0,5}|[0-9]{0,3}[.]?[0-9]{1,3} ?[gG][bB]|0?[.][0-9]{1,2})$')",
    )
    .message("use MiB, such as '2048', or GB, such as '2 GB'")
}

pub(super) fn health_check_path() -> Rule {
    rule(
        "self.startsWith('/')",
        "'\"%s\" must start with \"/\", as in /health or /ping?format=json'.format([self])",
    )
}

/// A fixed message: a value with a line break cannot be part of one, and the API server prints the value itself.
pub(super) fn image() -> Rule {
    Rule::new("self.matches('^\\\\S+$')")
        .message("image must not be empty or contain white space or a line break")
}

pub(super) fn log_group() -> Rule {
    pattern(
        "^[-._/#A-Za-z0-9]+$",
        "is not a log group name: letters, digits and \"_-/.#\"",
    )
}

pub(super) fn log_stream_prefix() -> Rule {
    pattern(
        "^[^:*]+$",
        "is not a log stream prefix: \":\" and \"*\" are not allowed",
    )
}

/// Stands on the secret, not on `valueFrom`, so that the API server does not print what may be pasted there by mistake.
pub(super) fn secret_value_from() -> Rule {
    rule(
        "self.valueFrom.matches('^(arn:aws[a-z-]*:(secretsmanager|ssm):.+|[A-Za-z0-9_./-]+)$')",
        "'secret \"%s\": valueFrom is not the ARN of a secret, nor the ARN or name of an SSM parameter'.format([self.name])",
    )
    .field_path(".valueFrom")
}

pub(super) fn names_used_once() -> Rule {
    rule(
        "!has(self.environment) || !has(self.secrets) || self.environment.all(e, !self.secrets.exists(s, s.name == e.name))",
        "'\"%s\" stands in both environment and secrets: a name may be used once'.format([self.environment.filter(e, self.secrets.exists(s, s.name == e.name))[0].name])",
    )
    .field_path(".secrets")
}

/// Every item of a list of identifiers has a prefix and a lower-case alphanumeric rest.
pub(super) fn ids(prefix: &str, what: &str) -> Rule {
    let regex = format!("^{prefix}-[0-9a-f]+$");
    rule(
        &format!("self.all(s, s.matches('{regex}'))"),
        format!(
            "'\"%s\" is not {what} ({prefix}-0123abcd)'.format([self.filter(s, !s.matches('{regex}'))[0]])"
        ),
    )
}

pub(super) fn min_not_above_max() -> Rule {
    rule(
        "!has(self.minTaskCount) || !has(self.maxTaskCount) || self.minTaskCount <= self.maxTaskCount",
        "'minTaskCount %d is more than maxTaskCount %d'.format([self.minTaskCount, self.maxTaskCount])",
    )
    .field_path(".minTaskCount")
}

pub(super) fn tag_prefix_free(part: &str, prefix: &str, owner: &str) -> Rule {
    rule(
        &format!("!self.lowerAscii().startsWith('{prefix}')"),
        format!("'tag {part} \"%s\": the prefix {prefix} is reserved to {owner}'.format([self])"),
    )
}

/// A fixed message, as of [`image`].
pub(super) fn tag_characters(part: &str) -> Rule {
    Rule::new("self.matches('^[\\\\p{L}\\\\p{Z}\\\\p{N}_.:/=+@-]*$')").message(Message::Message(
        format!("tag {part}: only letters, digits, spaces and \"_.:/=+-@\""),
    ))
}
