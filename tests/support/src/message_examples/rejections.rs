//! Message examples in which the spec is invalid or AWS returns an error.

use ecs_express_operator::{
    api::conditions::reasons,
    core::{
        observed::{
            failure::{Effect, Failure, FailureKind},
            service::Observed,
        },
        record::call_result::CallResult,
    },
};
use serde_json::json;

use super::{MessageExample, idle, spec};
use crate::fixtures::*;

fn create_refused(kind: FailureKind, code: &str, message: &'static str) -> MessageExample {
    let failure = Failure {
        operation: "CreateExpressGatewayService",
        kind,
        effect: Effect::None,
        code: code.into(),
        message: message.into(),
    };
    let given = OwnedInput::of(desired(&[]), MISSING, Some(empty_state()));
    (given, CallResult::Failed(failure))
}

pub fn rejections() -> Vec<(&'static str, MessageExample)> {
    use FailureKind as Kind;
    let task_definition = "arn:aws:ecs:us-east-1:123456789012:task-definition/shop:7";
    vec![
        (
            reasons::INVALID_SPEC,
            idle(
                spec(json!({ "taskDefinitionArn": task_definition })),
                Observed::NotAsked,
            ),
        ),
        (
            reasons::INVALID_PARAMETER,
            create_refused(
                Kind::InvalidParameter,
                "InvalidParameterException",
                "The image name is invalid.",
            ),
        ),
        (
            reasons::ACCESS_DENIED,
            create_refused(
                Kind::AccessDenied,
                "AccessDeniedException",
                "User: arn:aws:sts::123456789012:assumed-role/operator/x is not authorized to perform: ecs:CreateExpressGatewayService",
            ),
        ),
        (
            reasons::ROLE_NOT_USABLE,
            create_refused(
                Kind::RoleNotUsable,
                "AccessDeniedException",
                "Cannot assume role arn:aws:iam::123456789012:role/infra (infrastructure role).",
            ),
        ),
        (
            reasons::CREDENTIALS,
            create_refused(
                Kind::CredentialsNotAccepted,
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            ),
        ),
        (
            reasons::CLUSTER_NOT_FOUND,
            create_refused(
                Kind::ClusterNotFound,
                "ClusterNotFoundException",
                "Cluster not found.",
            ),
        ),
        (
            reasons::UNSUPPORTED,
            create_refused(
                Kind::Unsupported,
                "UnsupportedFeatureException",
                "The specified task isn't supported in this Region.",
            ),
        ),
        (
            reasons::THROTTLED,
            create_refused(Kind::Throttled, "ThrottlingException", "Rate exceeded"),
        ),
        (
            reasons::UNAVAILABLE,
            create_refused(
                Kind::Unavailable,
                "ServerException",
                "Service Unavailable. Please try again later.",
            ),
        ),
        (
            reasons::REFUSED,
            create_refused(
                Kind::Refused,
                "ClientException",
                "The service cannot be created at this time.",
            ),
        ),
    ]
}
