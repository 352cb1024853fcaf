//! The caller identity, requested once per credentials.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider, future},
};
use ecs_express_operator::{
    core::{desired::identity::Caller, observed::failure::FailureKind},
    ecs::{Ecs, aws::AwsEcs},
};
use serde_json::json;

use crate::{
    fixture::{adapter, arn, config, nothing_hidden, patient},
    loopback::{Answer, Loopback, Seen, ok, refused},
};

/// The response of STS, in its own format.
pub fn identity(partition: &str, account: &str) -> Answer {
    let arn = format!("arn:{partition}:sts::{account}:assumed-role/operator/session");
    Answer::Is(
        200,
        format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult><Arn>{arn}</Arn><UserId>U</UserId><Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        ),
    )
}

fn caller(partition: &str, account: &str) -> Caller {
    Caller {
        partition: partition.into(),
        account: account.into(),
    }
}

/// Credentials that the SDK loads again for each call, because they are about to expire.
#[derive(Clone, Debug)]
struct Rotating(Arc<Mutex<&'static str>>);

impl ProvideCredentials for Rotating {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let expiry = Some(SystemTime::now() + Duration::from_secs(1));
        let key = *self.0.lock().unwrap();
        let credentials = Credentials::new(key, "secret", None, expiry, "test");
        future::ProvideCredentials::ready(Ok(credentials))
    }
}

fn by_key(seen: &Seen) -> Answer {
    match seen.action.as_str() {
        "GetCallerIdentity" if seen.authorization.contains("=FIRST/") => {
            identity("aws", "111111111111")
        }
        "GetCallerIdentity" if seen.authorization.contains("=SECOND/") => {
            identity("aws-cn", "222222222222")
        }
        "GetCallerIdentity" => refused(500, "InternalFailure", ""),
        _ => ok(json!({})),
    }
}

#[tokio::test]
async fn the_caller_is_asked_for_again_only_after_the_credentials_have_changed() {
    let server = Loopback::start(by_key);
    let key = Rotating(Arc::new(Mutex::new("FIRST")));
    let config = config(&server.url, SharedCredentialsProvider::new(key.clone()));
    let ecs = AwsEcs::from_sdk_config(config, patient()).unwrap();
    let asked = || {
        let actions = server.actions().into_iter();
        actions
            .filter(|action| action == "GetCallerIdentity")
            .count()
    };

    for _ in 0..3 {
        assert_eq!(ecs.caller().await, Ok(caller("aws", "111111111111")));
        ecs.delete(&arn(), &nothing_hidden()).await.unwrap();
    }
    assert_eq!(asked(), 1, "remembered while the key stays");

    *key.0.lock().unwrap() = "SECOND";
    ecs.delete(&arn(), &nothing_hidden()).await.unwrap();
    for _ in 0..3 {
        assert_eq!(ecs.caller().await, Ok(caller("aws-cn", "222222222222")));
    }
    assert_eq!(asked(), 2, "asked again after the change");

    *key.0.lock().unwrap() = "THIRD";
    assert_eq!(
        ecs.caller().await,
        Ok(caller("aws-cn", "222222222222")),
        "no call has shown the change"
    );
    ecs.delete(&arn(), &nothing_hidden()).await.unwrap();
    let failure = ecs.caller().await.unwrap_err();
    assert_eq!(
        failure.kind,
        FailureKind::Unavailable,
        "who this is now is not known"
    );
    assert_eq!(failure.operation, "GetCallerIdentity");
}

#[tokio::test]
async fn credentials_that_sts_rejects_are_reported_as_such() {
    let error = "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid.</Message></Error></ErrorResponse>";
    let server = Loopback::start(move |_| Answer::Is(403, error.into()));
    let failure = adapter(&server).caller().await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::CredentialsNotAccepted);
    assert_eq!(failure.code, "InvalidClientTokenId");
}
