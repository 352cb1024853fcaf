//! Errors from the wire to the core, and what their messages never contain.

use std::collections::BTreeSet;

use ecs_express_operator::{
    core::{
        decide::requests::{TagRequest, UntagRequest, UpdateRequest},
        observed::failure::{Class, Effect, Failure, FailureKind},
        redaction::redact::Redactor,
    },
    ecs::Ecs,
};

use crate::{
    fixture::{SECRET, adapter, arn, create, everything, nothing_hidden},
    loopback::{Answer, Loopback, refused},
};

async fn create_refused(status: u16, code: &'static str, message: &'static str) -> Failure {
    let server = Loopback::of_account(move |_| refused(status, code, message));
    let failure = adapter(&server)
        .create(&create(everything()), &nothing_hidden())
        .await;
    assert_eq!(server.seen().len(), 1, "sent once");
    failure.unwrap_err()
}

#[tokio::test]
async fn each_error_of_a_create_reaches_the_core_with_its_kind_and_effect() {
    use FailureKind as Kind;
    const NONE: Effect = Effect::None;
    const UNKNOWN: Effect = Effect::Unknown;
    #[rustfmt::skip]
    let table = [
        (400, "ThrottlingException", "Rate exceeded", Kind::Throttled, NONE),
        (400, "AccessDeniedException", "Cannot assume role x", Kind::RoleNotUsable, NONE),
        (400, "AccessDeniedException", "x is not authorized to perform: sts:AssumeRole", Kind::RoleNotUsable, NONE),
        (400, "AccessDeniedException", "x is not authorized to perform: iam:PassRole", Kind::AccessDenied, NONE),
        (400, "ClientException", "AWS was not able to validate the provided access credentials", Kind::RoleNotUsable, NONE),
        (400, "ClientException", "no", Kind::Refused, NONE),
        (400, "InvalidParameterException", "Unable to Start a service that is still Draining.", Kind::StillDraining, NONE),
        (400, "InvalidParameterException", "Creation of service was not idempotent", Kind::NameTaken, NONE),
        (400, "InvalidParameterException", "cpu is wrong", Kind::InvalidParameter, NONE),
        (400, "ClusterNotFoundException", "Cluster not found.", Kind::ClusterNotFound, NONE),
        (400, "PlatformUnknownException", "", Kind::InvalidParameter, NONE),
        (400, "PlatformTaskDefinitionIncompatibilityException", "", Kind::InvalidParameter, NONE),
        (400, "UnsupportedFeatureException", "", Kind::Unsupported, NONE),
        (400, "ExpiredTokenException", "expired", Kind::CredentialsNotAccepted, NONE),
        (400, "UnrecognizedClientException", "The security token included in the request is invalid.", Kind::CredentialsNotAccepted, NONE),
        (400, "InvalidSignatureException", "Signature expired", Kind::CredentialsNotAccepted, NONE),
        (400, "NeverHeardOfException", "", Kind::Refused, UNKNOWN),
        (500, "ServerException", "oops", Kind::Unavailable, UNKNOWN),
        (503, "ServiceUnavailable", "", Kind::Unavailable, UNKNOWN),
    ];
    for (status, code, message, kind, effect) in table {
        let failure = create_refused(status, code, message).await;
        assert_eq!(failure.operation, "CreateExpressGatewayService");
        let said = (failure.kind, failure.effect, failure.code.as_str());
        assert_eq!(said, (kind, effect, code), "{message}");
        assert_eq!(failure.message, message);
    }
}

#[tokio::test]
async fn delete_succeeds_on_a_service_that_drains_or_is_gone_and_on_no_other_error() {
    for (code, message, succeeds) in [
        (
            "ServiceNotActiveException",
            "Service is in DRAINING status",
            true,
        ),
        (
            "ServiceNotActiveException",
            "a service in INACTIVE status",
            true,
        ),
        ("ServiceNotFoundException", "Service not found.", true),
        ("InvalidParameterException", "Resource not found", true),
        ("ClusterNotFoundException", "Cluster not found.", true),
        ("InvalidParameterException", "something else", false),
        ("AccessDeniedException", "Resource not found", false),
        ("ClientException", "no", false),
    ] {
        let server = Loopback::of_account(move |_| refused(400, code, message));
        let deleted = adapter(&server).delete(&arn(), &nothing_hidden()).await;
        assert_eq!(deleted.is_ok(), succeeds, "{code} {message}");
    }
}

#[tokio::test]
async fn too_many_tags_are_an_invalid_spec() {
    let server = Loopback::of_account(|_| refused(400, "LimitExceededException", "limit"));
    let request = TagRequest {
        arn: arn(),
        tags: [("a".to_owned(), "1".to_owned())].into(),
    };
    let failure = adapter(&server)
        .tag(&request, &nothing_hidden())
        .await
        .unwrap_err();
    assert_eq!(failure.kind, FailureKind::TooManyTags);
    assert_eq!(failure.kind.class(), Class::Invalid);
}

#[tokio::test]
async fn a_call_that_changes_something_is_sent_once_on_a_500_and_a_read_three_times() {
    let server = Loopback::of_account(|_| refused(500, "ServerException", "oops"));
    let ecs = adapter(&server);
    let update = UpdateRequest {
        arn: arn(),
        cleared: BTreeSet::new(),
        configuration: everything(),
    };
    let tags = [("a".to_owned(), "1".to_owned())].into();
    let keys = ["a".to_owned()].into();
    let (tag, untag) = (
        TagRequest { arn: arn(), tags },
        UntagRequest { arn: arn(), keys },
    );
    let failures = [
        ecs.create(&create(everything()), &nothing_hidden())
            .await
            .unwrap_err(),
        ecs.update(&update, &nothing_hidden()).await.unwrap_err(),
        ecs.delete(&arn(), &nothing_hidden()).await.unwrap_err(),
        ecs.tag(&tag, &nothing_hidden()).await.unwrap_err(),
        ecs.untag(&untag, &nothing_hidden()).await.unwrap_err(),
    ];
    assert_eq!(server.seen().len(), failures.len());
    assert!(
        failures
            .iter()
            .all(|failure| failure.effect == Effect::Unknown)
    );
    ecs.describe(&arn(), &nothing_hidden()).await;
    assert_eq!(server.seen().len(), failures.len() + 3);
}

#[tokio::test]
async fn an_unreadable_response_leaves_the_effect_unknown() {
    for (status, body) in [
        (200, "<html>"),
        (200, "{\"service\": 7}"),
        (403, "<html>"),
        (502, ""),
    ] {
        let server = Loopback::of_account(move |_| Answer::Is(status, body.into()));
        let failure = adapter(&server)
            .create(&create(everything()), &nothing_hidden())
            .await
            .unwrap_err();
        let said = (failure.kind, failure.effect);
        assert_eq!(
            said,
            (FailureKind::Unavailable, Effect::Unknown),
            "HTTP {status} {body}"
        );
    }
}

#[tokio::test]
async fn no_failure_shows_a_value_of_the_environment() {
    let broken = format!("{{\"service\": {{\"tags\": \"{SECRET}\"}}}}");
    let answers: [Box<dyn Fn() -> Answer + Send + Sync>; 4] = [
        Box::new(move || Answer::Is(200, broken.clone())),
        Box::new(|| Answer::HangUp),
        Box::new(|| refused(400, "InvalidParameterException", "environment is wrong")),
        Box::new(|| refused(500, "ServerException", "")),
    ];
    for answer in answers {
        let server = Loopback::of_account(move |_| answer());
        let failure = adapter(&server)
            .create(&create(everything()), &nothing_hidden())
            .await
            .unwrap_err();
        let shown = format!("{failure} {failure:?}");
        assert!(!shown.contains(SECRET), "{shown}");
        assert!(
            server.sole_request().body.to_string().contains(SECRET),
            "but ECS got it"
        );
    }
}

#[tokio::test]
async fn an_unknown_error_code_is_shown_like_any_text_from_outside() {
    let code = format!("rejected by policy {SECRET} {}", "x".repeat(100_000));
    let server = Loopback::of_account(move |_| refused(403, &code, ""));
    let failure = adapter(&server)
        .create(&create(everything()), &Redactor::of(&everything()))
        .await
        .unwrap_err();
    assert!(failure.code.starts_with("rejected by policy"), "{failure}");
    assert!(!failure.code.contains(SECRET), "{failure}");
    assert!(failure.code.chars().count() < 1000, "{failure}");
}
