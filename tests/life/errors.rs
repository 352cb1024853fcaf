//! Every error of AWS on a create and on an update: said in the object, with what to do, and healed when its cause goes.

use ecs_express_emulator::Fault;
use serde_json::json;

use crate::world::{CREATE, UPDATE, World};

/// Code, text, reason of the condition, and a part of its message.
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
async fn every_error_of_a_create_is_said_and_heals() {
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
        let mut world = World::with(json!({"bakeSeconds": 10})).await;
        world.emulator.fail_next(Fault::new(CREATE, code, text));
        world.apply(&json!({}));
        world.pass().await;
        assert_eq!(
            world.condition("Ready"),
            format!("False {reason}"),
            "{code}: {text}"
        );
        let message = world.message("Ready");
        assert!(
            message.contains(part) && message.contains(text.trim_end_matches('.')),
            "{message}"
        );
        assert_ne!(
            world.condition("Stalled") == "absent",
            world.condition("Reconciling") == "absent"
        );
        world.until_ready().await;
        assert_eq!(world.calls(CREATE), 2, "{code}: {text}");
        world.rests().await;
    }
}

#[tokio::test]
async fn every_error_of_an_update_is_said_and_heals() {
    let own = [
        (
            "ServiceNotFoundException",
            "Service not found.",
            "Waiting",
            "looked for again",
        ),
        (
            "ServiceNotActiveException",
            "Service is in DRAINING status",
            "Draining",
            "going away",
        ),
    ];
    for (code, text, reason, part) in ERRORS.into_iter().chain(own) {
        let mut world = World::ready(&json!({})).await;
        world.emulator.fail_next(Fault::new(UPDATE, code, text));
        world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
        world.pass().await;
        assert_eq!(
            world.condition("Ready"),
            format!("False {reason}"),
            "{code}: {text}"
        );
        assert!(
            world.condition("Synced").starts_with("False"),
            "{}",
            world.condition("Synced")
        );
        let message = world.message("Ready");
        assert!(
            message.contains(part) && message.contains(text.trim_end_matches('.')),
            "{message}"
        );
        world.until_ready().await;
        assert_eq!(
            (world.calls(UPDATE), world.calls(CREATE)),
            (2, 1),
            "{code}: {text}"
        );
        world.rests().await;
    }
}
