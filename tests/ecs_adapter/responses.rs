//! Responses of DescribeExpressGatewayService, and what they are parsed to.

use ecs_express_operator::{
    core::observed::{
        failure::{Effect, FailureKind},
        service::{Missing, Observed, Read, Service, StatusCode},
    },
    ecs::Ecs,
};
use serde_json::{Value, json};

use crate::{
    fixture::{ARN, INFRASTRUCTURE, REVISION, SECRET, adapter, arn, everything, nothing_hidden},
    loopback::{Loopback, ok, refused},
};

async fn observe(answer: Value) -> Observed {
    let server = Loopback::start(move |_| ok(answer.clone()));
    let observed = adapter(&server).describe(&arn(), &nothing_hidden()).await;
    assert_eq!(
        server.sole_request().action,
        "DescribeExpressGatewayService"
    );
    let body = json!({ "serviceArn": ARN, "include": ["TAGS"] });
    assert_eq!(server.sole_request().body, body);
    observed
}

fn present(observed: Observed) -> Service {
    let Observed::Present(service) = observed else {
        panic!("{observed:?}");
    };
    *service
}

/// A revision as ECS returns it, with shuffled lists.
fn revision() -> Value {
    json!({
        "serviceRevisionArn": REVISION,
        "createdAt": 1764021600.25,
        "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
        "taskRoleArn": "arn:aws:iam::123456789012:role/task",
        "primaryContainer": {
            "image": "nginx:1",
            "containerPort": 8080,
            "awsLogsConfiguration": { "logGroup": "/shop", "logStreamPrefix": "web" },
            "repositoryCredentials": {
                "credentialsParameter": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:r"
            },
            "command": ["serve", "--all"],
            "environment": [{ "name": "B", "value": "2" }, { "name": "A", "value": SECRET }],
            "secrets": [{ "name": "TOKEN", "valueFrom": "arn:aws:ssm:eu-west-1:123456789012:p/t" }],
        },
        "healthCheckPath": "/health",
        "networkConfiguration": {
            "securityGroups": ["sg-2", "sg-1"], "subnets": ["subnet-2", "subnet-1"],
        },
        "cpu": "1 vCPU",
        "memory": "2 GB",
        "cpuArchitecture": "ARM64",
        "scalingTarget": {
            "minTaskCount": 0, "maxTaskCount": 5,
            "autoScalingMetric": "AVERAGE_MEMORY", "autoScalingTargetValue": 70,
        },
        "ingressPaths": [
            { "accessType": "PRIVATE", "endpoint": "internal.example" },
            { "accessType": "PUBLIC", "endpoint": "ab-01.ecs.eu-west-1.on.aws" },
            { "accessType": "PUBLIC", "endpoint": "https://ab-01.ecs.eu-west-1.on.aws" },
        ],
    })
}

#[tokio::test]
async fn a_revision_reads_back_as_the_configuration_that_was_sent() {
    let service = present(
        observe(json!({ "service": {
            "serviceArn": ARN,
            "cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/web",
            "infrastructureRoleArn": INFRASTRUCTURE,
            "status": {
                "statusCode": "ACTIVE",
                "statusReason": "fine (Request ID: 6e0ba6d8-0c5a-4a9b-8f0e-1b2c3d4e5f60)",
            },
            "currentDeployment": "d",
            "activeConfigurations": [revision()],
            "tags": [{ "key": "team", "value": "a" }, { "key": "empty" }],
            "createdAt": 1764021600.75,
        }}))
        .await,
    );
    assert_eq!(service.arn, arn());
    assert_eq!(service.code, StatusCode::Active);
    assert_eq!(service.reason.as_deref(), Some("fine"));
    assert_eq!(
        service.infrastructure_role_arn.as_deref(),
        Some(INFRASTRUCTURE)
    );
    assert_eq!(service.current_deployment.as_deref(), Some("d"));
    assert_eq!(
        service.tags,
        [("team".into(), "a".into()), ("empty".into(), String::new())].into()
    );
    assert_eq!(
        service.created_at,
        Some("2025-11-24T22:00:00Z".parse().unwrap())
    );
    assert_eq!(service.management, Read::Skipped);
    assert_eq!(
        (
            service.counts,
            service.deployments,
            service.managed_resources
        ),
        (Read::Skipped, Read::Skipped, Read::Skipped)
    );
    let [revision] = service.revisions.try_into().unwrap();
    assert_eq!(revision.arn, REVISION);
    assert_eq!(revision.configuration, everything());
    assert_eq!(
        revision.created_at,
        Some("2025-11-24T22:00:00.25Z".parse().unwrap())
    );
    assert_eq!(
        revision.endpoints,
        [
            "https://ab-01.ecs.eu-west-1.on.aws",
            "https://internal.example"
        ]
    );
}

#[tokio::test]
async fn a_new_service_has_no_revision_and_an_unknown_status_code_is_passed_through() {
    for (code, known) in [
        ("ACTIVE", StatusCode::Active),
        ("DRAINING", StatusCode::Draining),
        ("RESTING", StatusCode::Other("RESTING".into())),
    ] {
        let status = json!({ "statusCode": code });
        let answer = json!({ "service": {
            "serviceArn": ARN, "status": status, "activeConfigurations": null,
        }});
        let service = present(observe(answer).await);
        assert_eq!((service.code, service.revisions), (known, vec![]));
    }
}

#[tokio::test]
async fn a_word_of_ecs_is_cut_to_a_length_that_can_be_shown() {
    let status = json!({ "statusCode": "X".repeat(100_000), "statusReason": "Y".repeat(100_000) });
    let mut revision = revision();
    revision["cpu"] = json!("Z".repeat(100_000));
    let service = present(
        observe(json!({ "service": {
            "serviceArn": ARN, "status": status, "activeConfigurations": [revision],
        }}))
        .await,
    );
    let code = service.code.as_str();
    assert!(code.starts_with("XXX") && code.ends_with("X… (cut)"));
    assert!(code.len() < 200, "{}", code.len());
    assert!(service.reason.unwrap().len() < 3000);
    let cpu = service.revisions[0].configuration.cpu.clone().unwrap();
    assert!(
        cpu.len() < 5000 && cpu.ends_with("Z… (cut)"),
        "{}",
        cpu.len()
    );
}

#[tokio::test]
async fn a_container_without_an_image_is_not_shown_yet() {
    for container in [json!({}), json!({ "containerPort": 80 }), Value::Null] {
        let mut incomplete = revision();
        incomplete["primaryContainer"] = container;
        let answer = json!({ "service": {
            "serviceArn": ARN, "status": { "statusCode": "ACTIVE" },
            "activeConfigurations": [incomplete],
        }});
        let service = present(observe(answer).await);
        assert_eq!(service.revisions[0].configuration.container, None);
    }
}

#[tokio::test]
async fn a_time_that_kubernetes_does_not_store_is_none() {
    for seconds in [-100_000_000_000_i64, -1, 253_402_300_800] {
        let answer = json!({ "service": {
            "serviceArn": ARN, "status": { "statusCode": "ACTIVE" }, "createdAt": seconds,
        }});
        assert_eq!(present(observe(answer).await).created_at, None, "{seconds}");
    }
}

#[tokio::test]
async fn an_inactive_service_is_missing() {
    let answer =
        json!({ "service": { "serviceArn": ARN, "status": { "statusCode": "INACTIVE" } } });
    assert_eq!(observe(answer).await, Observed::Missing(Missing::Inactive));
}

#[tokio::test]
async fn a_response_without_service_status_or_arn_is_no_absence() {
    for answer in [
        json!({}),
        json!({ "service": null }),
        json!({ "service": {} }),
        json!({ "service": { "serviceArn": ARN } }),
        json!({ "service": { "status": { "statusCode": "ACTIVE" } } }),
        json!({ "service": { "serviceArn": "shop", "status": { "statusCode": "ACTIVE" } } }),
    ] {
        let observed = observe(answer.clone()).await;
        let Observed::Unreadable(failure) = observed else {
            panic!("{answer}: {observed:?}");
        };
        let said = (failure.kind, failure.effect);
        assert_eq!(
            said,
            (FailureKind::Unavailable, Effect::Unknown),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_response_about_another_service_shows_neither_a_service_nor_an_absence() {
    for another in [
        ARN.replace("shop", "shop-2"),
        ARN.replace("123456789012", "999999999999"),
        "shop".to_owned(),
    ] {
        for code in ["ACTIVE", "DRAINING", "INACTIVE"] {
            let status = json!({ "statusCode": code });
            let answer = json!({ "service": { "serviceArn": another, "status": status } });
            let observed = observe(answer).await;
            let Observed::Unreadable(failure) = observed else {
                panic!("{code} {another}: {observed:?}");
            };
            assert_eq!(failure.kind, FailureKind::Unavailable);
        }
    }
}

#[tokio::test]
async fn only_the_errors_for_a_missing_service_are_an_absence() {
    for (status, code, message, missing) in [
        (400, "ResourceNotFoundException", "", true),
        (400, "InvalidParameterException", "Resource not found", true),
        (400, "ServiceNotFoundException", "Service not found.", true),
        (400, "ClusterNotFoundException", "Cluster not found.", true),
        (
            400,
            "InvalidParameterException",
            "serviceArn is wrong",
            false,
        ),
        (400, "AccessDeniedException", "not found", false),
        (400, "ThrottlingException", "Rate exceeded", false),
        (404, "NotFound", "Resource not found", false),
        (500, "ServerException", "Resource not found", false),
        (503, "ResourceNotFoundException", "", false),
    ] {
        let server = Loopback::start(move |_| refused(status, code, message));
        let observed = adapter(&server).describe(&arn(), &nothing_hidden()).await;
        let seen = matches!(observed, Observed::Missing(Missing::NotFound));
        assert_eq!(seen, missing, "HTTP {status} {code}: {observed:?}");
    }
}

#[tokio::test]
async fn a_revision_is_taken_once_and_not_without_an_arn() {
    let mut nameless = revision();
    nameless["serviceRevisionArn"] = json!("");
    let configurations = json!([nameless, revision(), revision()]);
    let service = present(
        observe(json!({ "service": {
            "serviceArn": ARN, "status": { "statusCode": "ACTIVE" },
            "activeConfigurations": configurations,
        }}))
        .await,
    );
    let arns: Vec<&str> = service.revisions.iter().map(|it| it.arn.as_str()).collect();
    assert_eq!(arns, [REVISION]);
}

#[tokio::test]
async fn the_reason_of_a_status_shows_no_value_of_a_revision_that_runs() {
    let reason = format!("value {SECRET} of A is not allowed");
    let service = present(
        observe(json!({ "service": {
            "serviceArn": ARN, "status": { "statusCode": "ACTIVE", "statusReason": reason },
            "activeConfigurations": [revision()],
        }}))
        .await,
    );
    assert_eq!(
        service.reason.as_deref(),
        Some("value (hidden) of A is not allowed")
    );
}
