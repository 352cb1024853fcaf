//! Every error of AWS on a create and on an update is reported with a remedy, and recovered from.

use ecs_express_emulator::Fault;
use serde_json::json;

use crate::harness::simulated_cluster::{CREATE, SimulatedCluster, UPDATE};

/// Error code, text, reason of the condition, and a part of its message.
const ERRORS: [(&str, &str, &str, &str); 16] = [
    (
        "ThrottlingException",
        "Rate exceeded",
        "Throttled",
        "the operator retries automatically",
    ),
    (
        "ServerException",
        "oops",
        "Unavailable",
        "the operator retries automatically",
    ),
    (
        "ConnectionReset",
        "",
        "Unavailable",
        "the operator retries automatically",
    ),
    (
        "AccessDeniedException",
        "User is not authorized to perform: ecs:X",
        "AccessDenied",
        "grant the operator's role",
    ),
    (
        "AccessDeniedException",
        "Cannot assume role arn:aws:iam::1:role/x",
        "RoleNotUsable",
        "trust ecs.amazonaws.com",
    ),
    (
        "ClientException",
        "AWS was not able to validate the provided access credentials",
        "RoleNotUsable",
        "trust ecs.amazonaws.com",
    ),
    ("ClientException", "whatever", "Refused", "whatever"),
    (
        "InvalidParameterException",
        "The subnet ID 'subnet-1' does not exist",
        "InvalidParameter",
        "spec.networkConfiguration.subnets: ",
    ),
    (
        "InvalidParameterException",
        "Invalid cpu or memory",
        "InvalidParameter",
        "spec.cpu: ",
    ),
    (
        "InvalidParameterException",
        "Invalid execution role",
        "InvalidParameter",
        "spec.executionRoleArn: ",
    ),
    (
        "ClusterNotFoundException",
        "Cluster not found.",
        "ClusterNotFound",
        "spec.cluster: ",
    ),
    (
        "PlatformUnknownException",
        "no such platform",
        "InvalidParameter",
        "correct the spec",
    ),
    (
        "PlatformTaskDefinitionIncompatibilityException",
        "no",
        "InvalidParameter",
        "correct the spec",
    ),
    (
        "UnsupportedFeatureException",
        "not here",
        "Unsupported",
        "spec.region: ",
    ),
    (
        "ExpiredTokenException",
        "The security token included in the request is expired",
        "CredentialsNotAccepted",
        "credentials",
    ),
    ("SomethingNewException", "who knows", "Refused", "who knows"),
];

#[tokio::test]
async fn every_error_of_a_create_is_reported_and_recovered_from() {
    let own = [
        (
            "InvalidParameterException",
            "Unable to create: the service is still Draining",
            "Draining",
            "spec.serviceName: ",
        ),
        (
            "InvalidParameterException",
            "Creation of service was not idempotent.",
            "NotOwned",
            "spec.serviceName: ",
        ),
    ];
    for (code, text, reason, part) in ERRORS.into_iter().chain(own) {
        let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
        cluster.emulator.fail_next(Fault::new(CREATE, code, text));
        cluster.apply(&json!({}));
        cluster.reconcile_once().await;
        assert_eq!(
            cluster.condition("Ready"),
            format!("False {reason}"),
            "{code}: {text}"
        );
        let message = cluster.message("Ready");
        assert!(
            message.contains(part) && message.contains(text.trim_end_matches('.')),
            "{message}"
        );
        assert_ne!(
            cluster.condition("Stalled") == "absent",
            cluster.condition("Reconciling") == "absent"
        );
        cluster.until_ready().await;
        assert_eq!(cluster.calls(CREATE), 2, "{code}: {text}");
        cluster.assert_idle().await;
    }
}

#[tokio::test]
async fn every_error_of_an_update_is_reported_and_recovered_from() {
    let own = [
        (
            "ServiceNotFoundException",
            "Service not found.",
            "Waiting",
            "checks again whether the service exists",
        ),
        (
            "ServiceNotActiveException",
            "Service is in DRAINING status",
            "Draining",
            "is still being removed",
        ),
    ];
    for (code, text, reason, part) in ERRORS.into_iter().chain(own) {
        let mut cluster = SimulatedCluster::ready(&json!({})).await;
        cluster.emulator.fail_next(Fault::new(UPDATE, code, text));
        cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
        cluster.reconcile_once().await;
        assert_eq!(
            cluster.condition("Ready"),
            format!("False {reason}"),
            "{code}: {text}"
        );
        assert!(
            cluster.condition("Synced").starts_with("False"),
            "{}",
            cluster.condition("Synced")
        );
        let message = cluster.message("Ready");
        assert!(
            message.contains(part) && message.contains(text.trim_end_matches('.')),
            "{message}"
        );
        cluster.until_ready().await;
        assert_eq!(
            (cluster.calls(UPDATE), cluster.calls(CREATE)),
            (2, 1),
            "{code}: {text}"
        );
        cluster.assert_idle().await;
    }
}
