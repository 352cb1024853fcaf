//! Each row of the table reads: this operation, rejected with this code and text, has this kind and effect.

use super::{classify, operation::*};
use crate::core::observed::failure::{Effect, FailureKind as Kind};

const ANY: &str = "DescribeServices";
const NONE: Effect = Effect::None;
const UNKNOWN: Effect = Effect::Unknown;

type Row = (&'static str, &'static str, &'static str, u16, Kind, Effect);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    // Throttles: refused before anything was done.
    (ANY, "ThrottlingException", "Rate exceeded", 400, Kind::Throttled, NONE),
    (CREATE, "ThrottlingException", "Rate exceeded", 503, Kind::Throttled, NONE),
    (ANY, "RequestLimitExceeded", "", 400, Kind::Throttled, NONE),
    (ANY, "TooManyRequestsException", "", 429, Kind::Throttled, NONE),
    (ANY, "", "", 429, Kind::Throttled, NONE),
    (CREATE, "ClientException", "Too many concurrent attempts to create a new revision of the specified family.", 400, Kind::Throttled, NONE),
    // AWS's own trouble: nobody knows what was done.
    (CREATE, "ServerException", "Service Unavailable. Please try again later.", 500, Kind::Unavailable, UNKNOWN),
    (CREATE, "InternalFailure", "", 500, Kind::Unavailable, UNKNOWN),
    (CREATE, "InvalidParameterException", "still Draining", 503, Kind::Unavailable, UNKNOWN),
    (CREATE, "RequestTimeoutException", "", 408, Kind::Unavailable, UNKNOWN),
    (CREATE, "", "<html>", 502, Kind::Unavailable, UNKNOWN),
    (CREATE, "", "<html>", 403, Kind::Unavailable, UNKNOWN),
    (CREATE, "", "", 200, Kind::Unavailable, UNKNOWN),
    // Roles of the spec.
    (CREATE, "AccessDeniedException", "Cannot assume role arn:aws:iam::123456789012:role/infra", 400, Kind::RoleNotUsable, NONE),
    (UPDATE, "AccessDeniedException", "x is not authorized to perform: sts:AssumeRole on resource: y", 400, Kind::RoleNotUsable, NONE),
    (CREATE, "ClientException", "AWS was not able to validate the provided access credentials", 400, Kind::RoleNotUsable, NONE),
    (UPDATE, "ClientException", "AWS was not able to validate the provided access credentials", 400, Kind::RoleNotUsable, NONE),
    (CREATE, "InvalidParameterException", "Unable to assume the service linked role. Please verify that it exists.", 400, Kind::RoleNotUsable, NONE),
    // The operator's own rights.
    (ANY, "AccessDeniedException", "User: x is not authorized to perform: ecs:DescribeServices", 400, Kind::AccessDenied, NONE),
    (CREATE, "AccessDeniedException", "x is not authorized to perform: iam:PassRole on resource: y", 400, Kind::AccessDenied, NONE),
    (CALLER, "AccessDenied", "explicit deny", 403, Kind::AccessDenied, NONE),
    (ANY, "OptInRequired", "", 403, Kind::AccessDenied, NONE),
    // The operator's credentials.
    (ANY, "ExpiredTokenException", "The security token included in the request is expired", 400, Kind::CredentialsNotAccepted, NONE),
    (CALLER, "ExpiredToken", "", 400, Kind::CredentialsNotAccepted, NONE),
    (CREATE, "UnrecognizedClientException", "The security token included in the request is invalid.", 400, Kind::CredentialsNotAccepted, NONE),
    (CALLER, "InvalidClientTokenId", "", 403, Kind::CredentialsNotAccepted, NONE),
    (ANY, "InvalidSignatureException", "Signature expired: 20261124T000000Z is now earlier than", 400, Kind::CredentialsNotAccepted, NONE),
    (ANY, "AccessDeniedException", "The security token included in the request is invalid", 400, Kind::CredentialsNotAccepted, NONE),
    (ANY, "ClientException", "AWS was not able to validate the provided access credentials", 400, Kind::CredentialsNotAccepted, NONE),
    // Names.
    (CREATE, "InvalidParameterException", "Unable to Start a service that is still Draining.", 400, Kind::StillDraining, NONE),
    (CREATE, "InvalidParameterException", "Creation of service was not idempotent.", 400, Kind::NameTaken, NONE),
    // Absence.
    (DESCRIBE, "InvalidParameterException", "Resource not found", 400, Kind::NotFound, NONE),
    (DESCRIBE, "InvalidParameterException", "Identifier is for account 123456789012. Your accountId is 210987654321", 400, Kind::AnotherAccount, NONE),
    (UPDATE, "InvalidParameterException", "Identifier is for account 123456789012. Your accountId is 210987654321", 400, Kind::AnotherAccount, NONE),
    (DELETE, "InvalidParameterException", "Resource not found", 400, Kind::NotFound, NONE),
    (DESCRIBE, "ResourceNotFoundException", "The specified resource wasn't found.", 400, Kind::NotFound, NONE),
    (UPDATE, "ServiceNotFoundException", "Service not found.", 400, Kind::NotFound, NONE),
    (DELETE, "ServiceNotActiveException", "Service is in DRAINING status", 400, Kind::NotActive, NONE),
    (UPDATE, "ServiceNotActiveException", "Cannot perform this operation on a service in INACTIVE status", 400, Kind::NotActive, NONE),
    (REVISIONS, "InvalidParameterException", "Cannot call DescribeServiceRevisions for a service that is INACTIVE", 400, Kind::NotActive, NONE),
    (CREATE, "ClusterNotFoundException", "Cluster not found.", 400, Kind::ClusterNotFound, NONE),
    // What a person must change.
    (CREATE, "InvalidParameterException", "Invalid subnet id", 400, Kind::InvalidParameter, NONE),
    (UPDATE, "InvalidParameterException", "a service that is INACTIVE", 400, Kind::InvalidParameter, NONE),
    (CREATE, "InvalidParameterException", "image tag exceeds the limit of 128 characters", 400, Kind::InvalidParameter, NONE),
    (CREATE, "ValidationException", "", 400, Kind::InvalidParameter, NONE),
    (CREATE, "PlatformUnknownException", "", 400, Kind::InvalidParameter, NONE),
    (CREATE, "PlatformTaskDefinitionIncompatibilityException", "", 400, Kind::InvalidParameter, NONE),
    (CREATE, "UnsupportedFeatureException", "", 400, Kind::Unsupported, NONE),
    (DESCRIBE, "UnknownOperationException", "", 400, Kind::Unsupported, NONE),
    (TAG, "LimitExceededException", "", 400, Kind::TooManyTags, NONE),
    (TAG, "InvalidParameterException", "Too many tags: 51", 400, Kind::TooManyTags, NONE),
    (CREATE, "InvalidParameterException", "Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50", 400, Kind::TooManyTags, NONE),
    // Any other refusal.
    (CREATE, "ClientException", "something else", 400, Kind::Refused, NONE),
    (CREATE, "LimitExceededException", "", 400, Kind::Refused, NONE),
    (UPDATE, "UpdateInProgressException", "", 400, Kind::Conflict, NONE),
    (CREATE, "SomethingNewException", "", 400, Kind::Refused, UNKNOWN),
];

#[test]
fn each_refusal_has_its_kind_and_says_whether_the_call_took_effect() {
    for (operation, code, message, status, kind, effect) in TABLE {
        let code = (!code.is_empty()).then_some(*code);
        assert_eq!(
            classify(operation, code, message, Some(*status)),
            (*kind, *effect),
            "{operation} refused with {code:?} \"{message}\", HTTP {status}"
        );
    }
}

#[test]
fn only_a_code_that_says_so_is_ever_an_absence() {
    for status in [200, 400, 403, 404, 410, 500] {
        let (kind, effect) = classify(DESCRIBE, None, "Resource not found", Some(status));
        assert_eq!(
            (kind, effect),
            (Kind::Unavailable, UNKNOWN),
            "HTTP {status}"
        );
    }
    assert_eq!(
        classify(
            DESCRIBE,
            Some("NotFoundException"),
            "Resource not found",
            Some(404)
        ),
        (Kind::Refused, UNKNOWN)
    );
}

#[test]
fn case_does_not_matter_in_a_text() {
    let text = "CANNOT ASSUME ROLE x";
    assert_eq!(
        classify(CREATE, Some("AccessDeniedException"), text, Some(400)).0,
        Kind::RoleNotUsable
    );
}
