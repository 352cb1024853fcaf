//! Missing responses and missing credentials.

use std::{net::TcpListener, time::Duration};

use aws_credential_types::provider::{
    ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future,
};
use ecs_express_operator::{
    core::{
        observed::{
            failure::{Class, Effect, Failure, FailureKind},
            service::Observed,
        },
        report::state::State,
    },
    ecs::{Ecs, aws::AwsEcs},
    telemetry::{
        health::Health,
        metrics::{Metrics, ObjectStates, Reconciles},
    },
};
use serde_json::json;

use crate::{
    fixture::{adapter, arn, config, create, everything, hasty, keys, nothing_hidden, patient},
    loopback::{Answer, Loopback, ok, refused},
};

fn unreadable(observed: Observed) -> Failure {
    let Observed::Unreadable(failure) = observed else {
        panic!("{observed:?}");
    };
    failure
}

#[tokio::test]
async fn a_server_that_does_not_answer_times_out_and_the_effect_is_unknown() {
    let server = Loopback::of_account(|_| Answer::Silence);
    let ecs = AwsEcs::from_sdk_config(config(&server.url, keys()), hasty()).unwrap();
    let failure = ecs
        .create(&create(everything()), &nothing_hidden())
        .await
        .unwrap_err();
    let said = (failure.kind, failure.effect, failure.code.as_str());
    assert_eq!(said, (FailureKind::Unavailable, Effect::Unknown, "Timeout"));
    assert_eq!(server.seen().len(), 1, "sent once");
    let failure = unreadable(ecs.describe(&arn(), &nothing_hidden()).await);
    assert_eq!(failure.kind, FailureKind::Unavailable);
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_the_effect_unknown() {
    let server = Loopback::of_account(|_| Answer::HangUp);
    let failure = adapter(&server)
        .create(&create(everything()), &nothing_hidden())
        .await;
    let failure = failure.unwrap_err();
    let said = (failure.kind, failure.effect, failure.code.as_str());
    assert_eq!(
        said,
        (FailureKind::Unavailable, Effect::Unknown, "DispatchFailure")
    );
    assert_eq!(server.seen().len(), 1, "sent once");
}

#[tokio::test]
async fn a_refused_connection_is_no_absence() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let ecs = AwsEcs::from_sdk_config(config(&url, keys()), patient()).unwrap();
    let failure = unreadable(ecs.describe(&arn(), &nothing_hidden()).await);
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert!(failure.message.contains("refused"), "{failure}");
}

/// A chain without any credentials.
#[derive(Debug)]
struct Nobody;

impl ProvideCredentials for Nobody {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let error = CredentialsError::not_loaded("nobody has any");
        future::ProvideCredentials::ready(Err(error))
    }
}

#[tokio::test]
async fn without_credentials_nothing_is_sent_and_the_failure_says_so() {
    let server = Loopback::of_account(|_| ok(json!({})));
    let config = config(&server.url, SharedCredentialsProvider::new(Nobody));
    let ecs = AwsEcs::from_sdk_config(config, patient()).unwrap();
    let failures = [
        ecs.create(&create(everything()), &nothing_hidden())
            .await
            .unwrap_err(),
        unreadable(ecs.describe(&arn(), &nothing_hidden()).await),
        ecs.caller().await.unwrap_err(),
    ];
    for failure in failures {
        let said = (failure.kind, failure.effect);
        assert_eq!(said, (FailureKind::CredentialsNotAccepted, Effect::None));
        assert!(failure.message.contains("nobody has any"), "{failure}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_read_and_its_effect_is_unknown() {
    let tags = |size: usize| json!({ "tags": [{ "key": "team", "value": "x".repeat(size) }] });
    for (size, is_read) in [(3 << 20, true), (5 << 20, false)] {
        let server = Loopback::of_account(move |_| ok(tags(size)));
        let answer = adapter(&server).tags(&arn(), &nothing_hidden()).await;
        assert_eq!(answer.is_ok(), is_read, "{size}");
        let updated = adapter(&server).delete(&arn(), &nothing_hidden()).await;
        for failure in [answer.err(), updated.err()].into_iter().flatten() {
            let said = (failure.kind, failure.effect);
            assert_eq!(said, (FailureKind::Unavailable, Effect::Unknown));
            let message = "the answer is larger than 4 MiB";
            assert!(failure.message.contains(message), "{failure}");
        }
    }
}

/// A chain whose provider fails in one way.
#[derive(Debug)]
struct Failing(fn() -> CredentialsError);

impl ProvideCredentials for Failing {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err((self.0)()))
    }
}

#[tokio::test]
async fn only_missing_credentials_and_a_wrong_configuration_block_and_the_rest_is_transient() {
    let cases: [(fn() -> CredentialsError, Class); 5] = [
        (|| CredentialsError::not_loaded("none"), Class::Blocked),
        (
            || CredentialsError::invalid_configuration("a loop of profiles"),
            Class::Blocked,
        ),
        (|| CredentialsError::provider_error("503"), Class::Retry),
        (
            || CredentialsError::provider_timed_out(Duration::from_secs(5)),
            Class::Retry,
        ),
        (|| CredentialsError::unhandled("no UTF-8"), Class::Retry),
    ];
    for (error, class) in cases {
        let server = Loopback::start(|_| ok(json!({})));
        let provider = SharedCredentialsProvider::new(Failing(error));
        let config = config(&server.url, provider);
        let health = Health::default();
        let ecs = AwsEcs::from_sdk_config(config, patient())
            .unwrap()
            .with_health(health.clone());
        let failure = unreadable(ecs.describe(&arn(), &nothing_hidden()).await);
        assert_eq!(
            (failure.kind.class(), failure.effect),
            (class, Effect::None),
            "{failure}"
        );
        ecs.caller().await.unwrap_err();
        assert!(health.readiness().report.contains("[-] aws: "));
        // Once AWS has answered, a transient failure has to last.
        health.set_aws(Ok::<(), String>(()));
        ecs.caller().await.unwrap_err();
        let is_ready = health.readiness().report.contains("[+] aws: ok");
        assert_eq!(is_ready, class == Class::Retry);
        assert!(server.seen().is_empty(), "nothing is sent");
    }
}

#[tokio::test]
async fn an_answer_of_sts_that_may_pass_leaves_the_operator_ready_and_a_refusal_does_not() {
    for (status, code, stays) in [
        (500, "ServiceUnavailable", true),
        (400, "Throttling", true),
        (403, "InvalidClientTokenId", false),
    ] {
        let error = format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>");
        let server = Loopback::start(move |_| Answer::Is(status, error.clone()));
        let health = Health::default();
        let ecs = adapter(&server).with_health(health.clone());
        health.set_aws(Ok::<(), String>(()));
        ecs.verify_caller().await.unwrap_err();
        let is_ready = health.readiness().report.contains("[+] aws: ok");
        assert_eq!(is_ready, stays, "{code}");
    }
}

#[tokio::test]
async fn a_missing_service_is_a_result_and_no_failure_in_the_metrics() {
    let server = Loopback::start(|seen| match seen.action.as_str() {
        "DeleteExpressGatewayService" => refused(400, "ServiceNotActiveException", "INACTIVE"),
        "ListTagsForResource" => refused(400, "ResourceNotFoundException", ""),
        _ => refused(400, "ClusterNotFoundException", "Cluster not found."),
    });
    let health = Health::default();
    let ecs = adapter(&server).with_health(health.clone());
    ecs.describe(&arn(), &nothing_hidden()).await;
    ecs.service(&arn(), &nothing_hidden()).await.unwrap();
    ecs.delete(&arn(), &nothing_hidden()).await.unwrap();
    ecs.tags(&arn(), &nothing_hidden()).await.unwrap_err();
    assert!(health.readiness().report.contains("[+] aws: ok"));
    let metrics = Metrics::new(&Reconciles::default(), ecs.calls(), NoObjects);
    let text = metrics.text().unwrap();
    for (operation, class) in [
        ("DescribeExpressGatewayService", "ok"),
        ("DescribeServices", "ok"),
        ("DeleteExpressGatewayService", "ok"),
        ("ListTagsForResource", "retry"),
    ] {
        let series = format!("ecs_calls_total{{operation=\"{operation}\",class=\"{class}\"}} 1");
        assert!(text.contains(&series), "{series}: {text}");
    }
}

struct NoObjects;

impl ObjectStates for NoObjects {
    fn states(&self) -> Vec<State> {
        Vec::new()
    }
}
