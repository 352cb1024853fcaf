//! Checks exchanges against the API model of botocore, and tests that the check can fail.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::{
    python::{directory, program, written},
    recorder::Exchange,
};

/// Checks exchanges against the API model.
///
/// # Errors
/// One line for each problem: client, number of the call, action, member.
pub async fn check(exchanges: &[Exchange]) -> Result<(), String> {
    let mut child = program("python")
        .arg(directory("model").join("check.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(json!(exchanges).to_string().as_bytes())
        .await
        .unwrap();
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    if output.status.success() {
        Ok(())
    } else {
        Err(written(&output))
    }
}

const ARN: &str = "arn:aws:ecs:eu-central-1:123456789012:service/default/shop";

fn described(service: &Value) -> Exchange {
    Exchange {
        client: "doctor",
        target: Some("AmazonEC2ContainerServiceV20141113.DescribeExpressGatewayService".to_owned()),
        request: json!({ "serviceArn": ARN }).to_string(),
        status: 200,
        answer: json!({ "service": service }).to_string(),
    }
}

async fn problems(exchange: Exchange) -> String {
    check(&[exchange]).await.expect_err("no problem was found")
}

#[tokio::test]
async fn a_valid_response_has_no_problem() {
    let service = json!({ "serviceArn": ARN, "status": { "statusCode": "ACTIVE" }, "createdAt": 1.5, "activeConfigurations": [] });
    assert_eq!(check(&[described(&service)]).await, Ok(()));
}

#[tokio::test]
async fn a_doctored_response_is_reported_with_client_call_and_member() {
    let service = json!({
        "serviceArn": 1,
        "status": { "statusCode": "PROVISIONING" },
        "createdAt": "today",
        "activeConfigurations": [{ "ingressPaths": [{ "accessType": "PUBLIC" }], "scalingTarget": { "minTaskCount": true } }],
        "url": "x",
    });
    let report = problems(described(&service)).await;
    for line in [
        "doctor, call 1, DescribeExpressGatewayService: answer: service.serviceArn is 1, and String is of type string",
        "service.status.statusCode is 'PROVISIONING', and ExpressGatewayServiceStatusCode knows only ACTIVE, DRAINING, INACTIVE",
        "service.createdAt is 'today', and Timestamp is of type timestamp",
        "service.activeConfigurations[0].ingressPaths[0].endpoint is missing, and IngressPathSummary requires it",
        "service.activeConfigurations[0].scalingTarget.minTaskCount is True, and BoxedInteger is of type integer",
        "service.url is no member of ECSExpressGatewayService",
    ] {
        assert!(report.contains(line), "{line}\nis not in\n{report}");
    }
}

#[tokio::test]
async fn a_doctored_request_is_reported() {
    let mut exchange = described(&json!({}));
    exchange.request = json!({ "service": ARN, "include": ["ALL"] }).to_string();
    let report = problems(exchange).await;
    for line in [
        "request: botocore says: Missing required parameter in input: \"serviceArn\"",
        "request: include[0] is 'ALL'",
        "request: service is no member of DescribeExpressGatewayServiceRequest",
    ] {
        assert!(report.contains(line), "{line}\nis not in\n{report}");
    }
}

#[tokio::test]
async fn an_error_that_the_action_does_not_declare_is_reported() {
    let mut exchange = described(&Value::Null);
    exchange.status = 400;
    exchange.answer = json!({ "__type": "ServiceNotActiveException", "message": "x" }).to_string();
    let report = problems(exchange).await;
    assert!(
        report.contains("ServiceNotActiveException is no error of"),
        "{report}"
    );
}

#[tokio::test]
async fn a_response_that_is_no_json_is_reported() {
    let mut exchange = described(&Value::Null);
    exchange.answer = "<html>".to_owned();
    assert!(problems(exchange).await.contains("cannot be read"));
}

#[tokio::test]
async fn nothing_recorded_is_a_problem() {
    let report = check(&[]).await.expect_err("no problem was found");
    assert!(report.contains("no exchange was recorded"));
}
