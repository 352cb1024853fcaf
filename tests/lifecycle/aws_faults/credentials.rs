//! Credentials of the operator: transient failures of the provider, and an account that changes during a reconcile.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, error::CredentialsError, future},
};
use ecs_express_emulator::Fault;
use serde_json::json;

use crate::harness::simulated_cluster::{CREATE, DESCRIBE, SimulatedCluster};

/// What the provider returns next.
#[derive(Clone, Copy, Debug)]
enum Gives {
    /// Keys of this account, loaded again for each call.
    Keys(&'static str),
    /// Keys of the first account for this many calls, then of the second.
    Rotates(u32, &'static str, &'static str),
    /// The error that a 503 of the container endpoint becomes.
    Nothing,
}

/// Expired credentials, which the SDK requests again for each call.
#[derive(Clone, Debug)]
struct Provider(Arc<Mutex<Gives>>);

impl Provider {
    fn new(gives: Gives) -> Self {
        Self(Arc::new(Mutex::new(gives)))
    }

    fn gives(&self, gives: Gives) {
        *self.0.lock().unwrap() = gives;
    }

    fn provide(&self) -> Result<Credentials, CredentialsError> {
        let mut gives = self.0.lock().unwrap();
        let key = match *gives {
            Gives::Keys(key) => key,
            Gives::Nothing => {
                return Err(CredentialsError::provider_error("503 from the endpoint"));
            }
            Gives::Rotates(0, _, second) => second,
            Gives::Rotates(left, first, second) => {
                *gives = Gives::Rotates(left - 1, first, second);
                first
            }
        };
        let expiry = Some(SystemTime::now() - Duration::from_secs(1));
        Ok(Credentials::new(key, "secret", None, expiry, "test"))
    }
}

impl ProvideCredentials for Provider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(self.provide())
    }
}

const HOME: &str = "123456789012";
const OTHER: &str = "210987654321";

#[tokio::test]
async fn a_credential_provider_that_fails_for_a_moment_stalls_no_service() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    let provider = Provider::new(Gives::Keys(HOME));
    cluster.use_provider(provider.clone());
    cluster.reconcile_once().await;
    assert!(
        cluster
            .operator
            .health
            .readiness()
            .report
            .contains("aws: ok")
    );
    provider.gives(Gives::Nothing);
    for _ in 0..5 {
        cluster.run(Duration::from_secs(400)).await;
        assert_eq!(cluster.condition("Stalled"), "absent");
    }
    assert_eq!(cluster.condition("Ready"), "Unknown Unavailable");
    provider.gives(Gives::Keys(HOME));
    cluster.until_ready().await;
    assert!(
        cluster
            .operator
            .health
            .readiness()
            .report
            .contains("aws: ok")
    );
    cluster.assert_idle().await;
}

#[tokio::test]
async fn an_account_that_changes_in_the_middle_of_a_reconcile_is_a_changed_identity() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    // GetCallerIdentity uses the first keys, and the call to ECS the second.
    let provider = Provider::new(Gives::Rotates(1, HOME, OTHER));
    cluster.use_provider(provider.clone());
    cluster.reconcile_once().await;
    assert_eq!(cluster.condition("Stalled"), "absent");
    assert_eq!(cluster.calls("GetCallerIdentity"), 2);
    cluster
        .until_condition("Ready", "False IdentityChanged")
        .await;
    provider.gives(Gives::Keys(HOME));
    cluster.until_ready().await;
    assert_eq!(
        (
            cluster.calls(CREATE),
            cluster.calls("UpdateExpressGatewayService")
        ),
        (1, 0)
    );
}

#[tokio::test]
async fn an_object_is_not_claimed_for_an_account_that_has_just_changed() {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    let provider = Provider::new(Gives::Rotates(1, HOME, OTHER));
    cluster.apply(&json!({}));
    cluster.use_provider(provider.clone());
    cluster
        .until("claimed", |cluster| cluster.calls(CREATE) > 0)
        .await;
    let annotations = cluster
        .api
        .stored(&cluster.key)
        .unwrap()
        .metadata
        .annotations;
    let arn = annotations.unwrap()["ecs-express.dev/service-arn"].clone();
    assert!(arn.contains(OTHER), "{arn}");
}

#[tokio::test]
async fn a_create_is_never_sent_with_the_credentials_of_another_account_than_the_claimed_one() {
    for calls in 1..6 {
        let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
        let provider = Provider::new(Gives::Rotates(calls, HOME, OTHER));
        cluster.apply(&json!({}));
        cluster.use_provider(provider.clone());
        cluster.run(Duration::from_secs(900)).await;
        let annotations = cluster
            .api
            .stored(&cluster.key)
            .unwrap()
            .metadata
            .annotations;
        let claimed = annotations.unwrap()["ecs-express.dev/service-arn"].clone();
        let calls = cluster.emulator.calls().into_iter();
        for call in calls.filter(|call| call.action == CREATE) {
            assert!(
                claimed.contains(&call.account),
                "{claimed}: {}",
                call.account
            );
        }
    }
}

#[tokio::test]
async fn a_region_that_is_not_enabled_leaves_the_operator_ready() {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    let refused = "The security token included in the request is invalid.";
    let fault = Fault::new("*", "UnrecognizedClientException", refused);
    cluster
        .emulator
        .fail_next(fault.on_service("team-a_shop").times(1000));
    cluster.apply(&json!({"region": "ap-east-1"}));
    cluster.run(Duration::from_secs(900)).await;
    let report = cluster.operator.health.readiness().report;
    assert!(report.contains("[+] aws: ok"), "{report}");
    assert!(
        cluster
            .condition("Ready")
            .ends_with("CredentialsNotAccepted")
    );
    assert!(
        cluster.message("Ready").contains("Region"),
        "{}",
        cluster.message("Ready")
    );
}

#[tokio::test]
async fn credentials_that_nothing_accepts_make_the_operator_unready() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    let expired = "The security token included in the request is expired";
    let fault = Fault::new("*", "ExpiredTokenException", expired);
    cluster.emulator.fail_next(fault.times(2));
    cluster
        .until("reported", |cluster| {
            let report = cluster.operator.health.readiness().report;
            report.contains("[-] aws: GetCallerIdentity failed")
        })
        .await;
    cluster.until_ready().await;
    assert!(
        cluster
            .operator
            .health
            .readiness()
            .report
            .contains("aws: ok")
    );
    assert!(cluster.calls(DESCRIBE) > 2);
}

#[tokio::test]
async fn a_create_that_was_not_sent_because_the_caller_is_unknown_is_retried_soon() {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    let provider = Provider::new(Gives::Keys(HOME));
    cluster.use_provider(provider.clone());
    cluster
        .emulator
        .fail_next(Fault::new(DESCRIBE, "AccessDeniedException", "no"));
    cluster.apply(&json!({}));
    cluster.reconcile_once().await;
    // Other keys of the same account: their identity is requested just before the create.
    provider.gives(Gives::Keys("AKIDEXAMPLE"));
    cluster
        .emulator
        .fail_next(Fault::new("GetCallerIdentity", "ServerException", "no").times(10));
    cluster.requeue_now();
    cluster.run(Duration::from_secs(10)).await;
    cluster
        .emulator
        .with_model(ecs_express_emulator::Model::clear_faults);
    assert_eq!(cluster.calls(CREATE), 0);
    cluster.run(Duration::from_secs(90)).await;
    assert_eq!(cluster.calls(CREATE), 1);
}
