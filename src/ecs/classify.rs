//! Classifies errors of AWS by code *and* text. This is the only place that derives the kind of a
//! failure from AWS's texts; what a kind means is in `core::observed::failure`.
//!
//! InvalidParameterException, AccessDeniedException and ClientException each cover several kinds of failure. An unknown
//! text gets the safe kind of its code. Sources: the ECS API model, the API reference ("Common errors"), and the texts
//! that the Terraform provider and the ECS team's own tools match.

use crate::core::observed::failure::{Effect, FailureKind};

/// Names of the API actions.
pub mod operation {
    /// Whose credentials the operator uses.
    pub const CALLER: &str = "GetCallerIdentity";
    /// Creates a service.
    pub const CREATE: &str = "CreateExpressGatewayService";
    /// Deletes a service.
    pub const DELETE: &str = "DeleteExpressGatewayService";
    /// Describes deployments.
    pub const DEPLOYMENTS: &str = "DescribeServiceDeployments";
    /// Describes a service.
    pub const DESCRIBE: &str = "DescribeExpressGatewayService";
    /// Lists the deployments of a service.
    pub const LIST_DEPLOYMENTS: &str = "ListServiceDeployments";
    /// Lists the tags of a service.
    pub const LIST_TAGS: &str = "ListTagsForResource";
    /// Describes revisions.
    pub const REVISIONS: &str = "DescribeServiceRevisions";
    /// Describes services as ordinary ECS services.
    pub const SERVICES: &str = "DescribeServices";
    /// Sets tags.
    pub const TAG: &str = "TagResource";
    /// Removes tags.
    pub const UNTAG: &str = "UntagResource";
    /// Updates a service.
    pub const UPDATE: &str = "UpdateExpressGatewayService";
}

/// Returns the kind of an error, and whether the call may have taken effect nevertheless.
pub fn classify(
    operation: &str,
    code: Option<&str>,
    message: &str,
    status: Option<u16>,
) -> (FailureKind, Effect) {
    let message = message.to_ascii_lowercase();
    let kind = code.and_then(|code| by_code(operation, code, &message));
    match (kind, status) {
        (Some(FailureKind::Throttled), _) | (None, Some(429)) => {
            (FailureKind::Throttled, Effect::None)
        }
        (Some(FailureKind::Unavailable), _) | (_, Some(500..)) => {
            (FailureKind::Unavailable, Effect::Unknown)
        }
        (Some(kind), _) => (kind, Effect::None),
        // AWS rejected the call with an unknown code: blocked, and not certain to have had no effect.
        (None, Some(400..)) if code.is_some() => (FailureKind::Refused, Effect::Unknown),
        // Without a code the answer comes from something in between, or makes no sense.
        (None, _) => (FailureKind::Unavailable, Effect::Unknown),
    }
}

/// Whether an error answers the request: a read learns that there is no such service or cluster, and a delete that
/// there is nothing left to do. An absence needs more than one such answer to be confirmed.
pub fn is_an_answer(operation: &str, kind: FailureKind) -> bool {
    use FailureKind::{ClusterNotFound, NotActive, NotFound};
    match operation {
        operation::DESCRIBE | operation::SERVICES => matches!(kind, NotFound | ClusterNotFound),
        operation::DELETE => matches!(kind, NotFound | ClusterNotFound | NotActive),
        // An INACTIVE service has nothing left.
        operation::REVISIONS => kind == NotActive,
        _ => false,
    }
}

/// Codes of throttling; ECS uses the first.
const THROTTLES: [&str; 8] = [
    "ThrottlingException",
    "Throttling",
    "ThrottledException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "TooManyRequestsException",
    "SlowDown",
];

/// Codes of errors after which the call may have taken effect.
const SERVER_ERRORS: [&str; 9] = [
    "ServerException",
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "RequestAbortedException",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
];

/// Codes that concern the credentials, or the clock that signs the requests.
const CREDENTIALS: [&str; 13] = [
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

/// Codes of other errors after which the call had no effect.
const REFUSALS: [&str; 7] = [
    "AttributeLimitExceededException",
    "BlockedException",
    "LimitExceededException",
    "NamespaceNotFoundException",
    "NoUpdateAvailableException",
    "ServiceDeploymentNotFoundException",
    "TargetNotFoundException",
];

/// Codes of conflicts with another change, which end when that change does.
const CONFLICTS: [&str; 3] = [
    "ConflictException",
    "ResourceInUseException",
    "UpdateInProgressException",
];

/// Returns the kind of a known code.
fn by_code(operation: &str, code: &str, message: &str) -> Option<FailureKind> {
    use FailureKind as Kind;
    Some(match code {
        "AccessDeniedException" | "AccessDenied" => access_denied(message),
        "ClientException" => client(operation, message),
        "InvalidParameterException" => invalid_parameter(operation, message),
        "ValidationException" | "ValidationError" | "InvalidRequestException" => {
            Kind::InvalidParameter
        }
        "PlatformUnknownException" | "PlatformTaskDefinitionIncompatibilityException" => {
            Kind::InvalidParameter
        }
        "LimitExceededException" if operation == operation::TAG => Kind::TooManyTags,
        "UnauthorizedOperation" | "NotAuthorized" | "OptInRequired" => Kind::AccessDenied,
        "UnsupportedFeatureException" | "UnknownOperationException" => Kind::Unsupported,
        "ClusterNotFoundException" => Kind::ClusterNotFound,
        "ResourceNotFoundException" | "ServiceNotFoundException" => Kind::NotFound,
        "ServiceNotActiveException" => Kind::NotActive,
        code if THROTTLES.contains(&code) => Kind::Throttled,
        code if SERVER_ERRORS.contains(&code) => Kind::Unavailable,
        code if CREDENTIALS.contains(&code) => Kind::CredentialsNotAccepted,
        code if CONFLICTS.contains(&code) => Kind::Conflict,
        code if REFUSALS.contains(&code) => Kind::Refused,
        _ => return None,
    })
}

fn access_denied(message: &str) -> FailureKind {
    if token_not_accepted(message) {
        FailureKind::CredentialsNotAccepted
    } else if role_not_assumed(message) {
        FailureKind::RoleNotUsable
    } else {
        FailureKind::AccessDenied
    }
}

fn client(operation: &str, message: &str) -> FailureKind {
    let changes_service = [operation::CREATE, operation::UPDATE].contains(&operation);
    if token_not_accepted(message) {
        FailureKind::CredentialsNotAccepted
    } else if message.contains("not able to validate the provided access credentials") {
        // While a role of the spec is new, ECS says this about its own attempt to use that role.
        if changes_service {
            FailureKind::RoleNotUsable
        } else {
            FailureKind::CredentialsNotAccepted
        }
    } else if role_not_assumed(message) {
        FailureKind::RoleNotUsable
    } else if message.contains("rate exceeded") || message.contains("too many concurrent attempts")
    {
        // The second text is how ECS throttles the registration of task definitions, which it does for Express
        // services.
        FailureKind::Throttled
    } else {
        FailureKind::Refused
    }
}

fn invalid_parameter(operation: &str, message: &str) -> FailureKind {
    if message.contains("still draining") {
        FailureKind::StillDraining
    } else if message.contains("not idempotent") {
        FailureKind::NameTaken
    } else if message.contains("resource not found") {
        FailureKind::NotFound
    } else if operation == operation::REVISIONS && message.contains("inactive") {
        FailureKind::NotActive
    } else if message.contains("identifier is for account") {
        FailureKind::AnotherAccount
    } else if token_not_accepted(message) {
        FailureKind::CredentialsNotAccepted
    } else if role_not_assumed(message) {
        FailureKind::RoleNotUsable
    } else if too_many_tags(message) {
        FailureKind::TooManyTags
    } else {
        FailureKind::InvalidParameter
    }
}

fn token_not_accepted(message: &str) -> bool {
    message.contains("security token")
        && (message.contains("invalid") || message.contains("expired"))
}

fn role_not_assumed(message: &str) -> bool {
    ["cannot assume role", "unable to assume", "sts:assumerole"]
        .iter()
        .any(|text| message.contains(text))
}

/// Whether a text is about the number of tags, as opposed to the length of a tag or the tag of an image.
fn too_many_tags(message: &str) -> bool {
    let mut words = message.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| word == "tags")
        && [
            "too many tags",
            "number of tags",
            "more than 50",
            "limit of 50",
            "less than or equal to 50",
        ]
        .iter()
        .any(|text| message.contains(text))
}

#[cfg(test)]
#[path = "classify_tests.rs"]
mod tests;
