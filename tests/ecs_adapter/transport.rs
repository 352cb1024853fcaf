//! No answer at all, and no credentials.

use std::net::TcpListener;

use aws_credential_types::provider::{
    ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future,
};
use ecs_express_operator::{
    core::{
        failure::{Effect, Failure, FailureKind},
        observed::Observed,
    },
    ecs::{Ecs, aws::AwsEcs},
};
use serde_json::json;

use crate::{
    fixture::{adapter, arn, config, create, everything, hasty, keys, patient},
    loopback::{Answer, Loopback, ok},
};

fn unreadable(observed: Observed) -> Failure {
    let Observed::Unreadable(failure) = observed else {
        panic!("{observed:?}");
    };
    failure
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up_in_time_and_nobody_knows_the_effect() {
    let server = Loopback::start(|_| Answer::Silence);
    let ecs = AwsEcs::from_sdk_config(config(&server.url, keys()), hasty()).unwrap();
    let failure = ecs.create(&create(everything())).await.unwrap_err();
    let said = (failure.kind, failure.effect, failure.code.as_str());
    assert_eq!(said, (FailureKind::Unavailable, Effect::Unknown, "Timeout"));
    assert_eq!(server.seen().len(), 1, "sent once");
    let failure = unreadable(ecs.describe(&arn()).await);
    assert_eq!(failure.kind, FailureKind::Unavailable);
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_the_effect_open() {
    let server = Loopback::start(|_| Answer::HangUp);
    let failure = adapter(&server).create(&create(everything())).await;
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
    let failure = unreadable(ecs.describe(&arn()).await);
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert!(failure.message.contains("refused"), "{failure}");
}

/// A chain in which nobody has credentials.
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
    let server = Loopback::start(|_| ok(json!({})));
    let config = config(&server.url, SharedCredentialsProvider::new(Nobody));
    let ecs = AwsEcs::from_sdk_config(config, patient()).unwrap();
    let failures = [
        ecs.create(&create(everything())).await.unwrap_err(),
        unreadable(ecs.describe(&arn()).await),
        ecs.caller().await.unwrap_err(),
    ];
    for failure in failures {
        let said = (failure.kind, failure.effect);
        assert_eq!(said, (FailureKind::CredentialsNotAccepted, Effect::None));
        assert!(failure.message.contains("nobody has any"), "{failure}");
    }
    assert!(server.seen().is_empty());
}
