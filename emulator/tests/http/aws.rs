//! The awsJson protocol, faults in delivery, and the pages at service URLs.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::{Value, json};

use crate::client::{SHOP, SIGNED, call, control, create_request, exchange, stopped_clock};

#[tokio::test]
async fn a_service_is_created_and_described_over_aws_json() {
    let emulator = stopped_clock().await;
    let port = emulator.port();
    let answer = call(port, "CreateExpressGatewayService", create_request())
        .await
        .unwrap();
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .head
            .contains("content-type: application/x-amz-json-1.1")
    );
    assert!(answer.head.contains("x-amzn-requestid: "));
    assert_eq!(answer.json()["service"]["serviceArn"], SHOP);
    assert!(answer.json()["service"]["createdAt"].is_f64());
    emulator.advance(Duration::from_secs(150));
    let body = json!({ "serviceArn": SHOP });
    let answer = call(port, "DescribeExpressGatewayService", body)
        .await
        .unwrap();
    let service = answer.json()["service"].clone();
    assert_eq!(service["activeConfigurations"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_error_has_its_code_in_body_and_header() {
    let emulator = stopped_clock().await;
    let port = emulator.port();
    call(port, "CreateExpressGatewayService", create_request()).await;
    let answer = call(port, "CreateExpressGatewayService", create_request())
        .await
        .unwrap();
    assert_eq!(answer.status, 400);
    assert!(
        answer
            .head
            .contains("x-amzn-errortype: invalidparameterexception")
    );
    assert_eq!(answer.json()["__type"], "InvalidParameterException");
    assert_eq!(
        answer.json()["message"],
        "Creation of service was not idempotent."
    );
}

#[tokio::test]
async fn an_error_without_a_code_has_one_neither_in_body_nor_in_header() {
    let emulator = stopped_clock().await;
    emulator.fail_next(Fault::new("CreateExpressGatewayService", "NoCode", "oops"));
    let port = emulator.port();
    let answer = call(port, "CreateExpressGatewayService", create_request()).await;
    let answer = answer.unwrap();
    assert_eq!(answer.status, 500);
    assert_eq!(answer.json(), json!({ "message": "oops" }));
    assert!(!answer.head.contains("x-amzn-errortype"), "{}", answer.head);
}

#[tokio::test]
async fn a_call_without_authorization_is_rejected() {
    let emulator = stopped_clock().await;
    let target = "X-Amz-Target: AmazonEC2ContainerServiceV20141113.DescribeServices";
    let answer = exchange(emulator.port(), "POST /", &[target], "{}")
        .await
        .unwrap();
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json()["__type"],
        "MissingAuthenticationTokenException"
    );
    let answer = exchange(
        emulator.port(),
        "POST /",
        &[target, "Authorization: Basic x"],
        "{}",
    )
    .await
    .unwrap();
    assert_eq!(answer.json()["__type"], "IncompleteSignatureException");
}

#[tokio::test]
async fn sts_identifies_the_caller_and_accepts_an_account_id_as_access_key() {
    let emulator = stopped_clock().await;
    let form = "Content-Type: application/x-www-form-urlencoded";
    let body = "Action=GetCallerIdentity&Version=2011-06-15";
    let answer = exchange(emulator.port(), "POST /", &[form, SIGNED], body)
        .await
        .unwrap();
    assert_eq!(answer.status, 200);
    assert!(
        answer.body.contains("<Account>123456789012</Account>"),
        "{}",
        answer.body
    );
    let other = SIGNED.replace("AKID", "999999999999");
    let answer = exchange(emulator.port(), "POST /", &[form, &other], body)
        .await
        .unwrap();
    assert!(
        answer.body.contains("<Account>999999999999</Account>"),
        "{}",
        answer.body
    );
    let answer = exchange(emulator.port(), "POST /", &[form], body)
        .await
        .unwrap();
    assert_eq!(answer.status, 403);
    assert!(
        answer
            .body
            .contains("<Code>MissingAuthenticationToken</Code>"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn the_url_of_a_service_answers_once_it_runs() {
    let emulator = stopped_clock().await;
    let port = emulator.port();
    call(port, "CreateExpressGatewayService", create_request()).await;
    let services = control(port, "GET /_emulator/services", Value::Null)
        .await
        .json();
    let url = services["services"][0]["url"].as_str().unwrap().to_owned();
    let path = url.strip_prefix(&emulator.url()).unwrap();
    let get = format!("GET {path}");
    assert_eq!(control(port, &get, Value::Null).await.status, 503);
    emulator.advance(Duration::from_secs(150));
    let answer = control(port, &get, Value::Null).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .body
            .contains("service: shop\nimage: registry.example/shop:1\n")
    );
    let below = control(port, &format!("GET {path}health"), Value::Null).await;
    assert_eq!(below.status, 200);
    let body = json!({ "serviceArn": SHOP });
    call(port, "DeleteExpressGatewayService", body).await;
    assert_eq!(control(port, &get, Value::Null).await.status, 503);
    emulator.advance(Duration::from_secs(90));
    assert_eq!(control(port, &get, Value::Null).await.status, 404);
}

#[tokio::test]
async fn a_reset_connection_sends_no_answer_though_the_call_takes_effect() {
    let emulator = stopped_clock().await;
    emulator.fail_next(Fault::new("CreateExpressGatewayService", "ConnectionReset", "").applied());
    let answer = call(
        emulator.port(),
        "CreateExpressGatewayService",
        create_request(),
    )
    .await;
    assert!(answer.is_none(), "{answer:?}");
    let body = json!({ "serviceArn": SHOP });
    let answer = call(emulator.port(), "DescribeExpressGatewayService", body).await;
    assert_eq!(answer.unwrap().status, 200);
    assert_eq!(emulator.calls()[0].code.as_deref(), Some("ConnectionReset"));
}

#[tokio::test]
async fn a_timeout_keeps_the_connection_open() {
    let emulator = stopped_clock().await;
    emulator.fail_next(Fault::new("DescribeServices", "Timeout", ""));
    let held = call(
        emulator.port(),
        "DescribeServices",
        json!({ "services": ["shop"] }),
    );
    let held = tokio::time::timeout(Duration::from_millis(200), held).await;
    assert!(held.is_err(), "no answer may come");
}

#[tokio::test]
async fn a_call_with_a_cut_answer_takes_effect_and_the_body_ends_halfway() {
    let emulator = stopped_clock().await;
    let port = emulator.port();
    emulator.fail_next(Fault::new("CreateExpressGatewayService", "Cut", ""));
    let answer = call(port, "CreateExpressGatewayService", create_request())
        .await
        .unwrap();
    assert_eq!(answer.status, 200);
    let (_, length) = answer.head.split_once("content-length: ").unwrap();
    let promised: usize = length.lines().next().unwrap().parse().unwrap();
    assert_eq!(answer.body.len(), promised / 2);
    assert_eq!(emulator.calls()[0].code.as_deref(), Some("Cut"));
    let body = json!({ "serviceArn": SHOP });
    let answer = call(port, "DescribeExpressGatewayService", body).await;
    assert_eq!(answer.unwrap().status, 200);
}

#[tokio::test]
async fn a_late_answer_arrives_whole_after_its_delay() {
    let emulator = stopped_clock().await;
    emulator.fail_next(Fault::late("CreateExpressGatewayService", 300));
    let begun = std::time::Instant::now();
    let answer = call(
        emulator.port(),
        "CreateExpressGatewayService",
        create_request(),
    )
    .await
    .unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(300));
    assert_eq!(answer.json()["service"]["serviceArn"], SHOP);
    assert_eq!(emulator.calls()[0].code, None);
}
