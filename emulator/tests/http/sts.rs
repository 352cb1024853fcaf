//! The Query protocol of AWS STS.

use ecs_express_emulator::Fault;
use serde_json::json;

use crate::client::{Answer, SIGNED, exchange, stopped_clock};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
const ROLE: &str = "arn%3Aaws%3Aiam%3A%3A210987654321%3Arole%2Fteams%2Foperator";

async fn sts(port: u16, signed: Option<&str>, body: &str) -> Answer {
    let mut headers = vec![FORM];
    headers.extend(signed);
    exchange(port, "POST /", &headers, body).await.unwrap()
}

fn between<'a>(text: &'a str, element: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("<{element}>")).unwrap();
    rest.split_once(&format!("</{element}>")).unwrap().0
}

#[tokio::test]
async fn an_assumed_role_acts_in_its_own_account_under_its_own_name() {
    let emulator = stopped_clock().await;
    let port = emulator.port();
    let body = format!("Action=AssumeRole&Version=2011-06-15&RoleArn={ROLE}&RoleSessionName=one");
    let answer = sts(port, Some(SIGNED), &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let assumed = "arn:aws:sts::210987654321:assumed-role/operator/one";
    assert!(
        answer.body.contains("<AssumeRoleResponse xmlns="),
        "{}",
        answer.body
    );
    let user = between(&answer.body, "AssumedRoleUser");
    assert_eq!(between(user, "Arn"), assumed);
    assert!(between(&answer.body, "Expiration").ends_with('Z'));
    let key = between(&answer.body, "AccessKeyId");
    let signed = SIGNED.replace("AKID", key);
    let identity = sts(port, Some(&signed), "Action=GetCallerIdentity").await;
    assert_eq!(between(&identity.body, "Arn"), assumed);
    assert_eq!(between(&identity.body, "Account"), "210987654321");
    let list = exchange(
        port,
        "POST /",
        &[
            "X-Amz-Target: AmazonEC2ContainerServiceV20141113.DescribeClusters",
            &signed,
        ],
        "{}",
    )
    .await
    .unwrap();
    let failure = &list.json()["failures"][0]["arn"];
    assert_eq!(
        failure,
        "arn:aws:ecs:us-east-1:210987654321:cluster/default"
    );
}

#[tokio::test]
async fn a_web_identity_needs_a_token_but_no_signature() {
    let emulator = stopped_clock().await;
    let port = emulator.port();
    let body = |token: &str| {
        format!(
            "Action=AssumeRoleWithWebIdentity&RoleArn={ROLE}&RoleSessionName=pod&WebIdentityToken={token}"
        )
    };
    let answer = sts(port, None, &body("header.body.signature")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(between(&answer.body, "AccessKeyId").starts_with("ASIA210987654321"));
    assert_eq!(between(&answer.body, "Audience"), "sts.amazonaws.com");
    let refused = sts(port, None, &body("")).await;
    assert_eq!(refused.status, 400);
    assert_eq!(between(&refused.body, "Code"), "InvalidIdentityToken");
    let calls = serde_json::to_string(&emulator.calls()).unwrap();
    assert!(!calls.contains("header.body.signature"), "{calls}");
}

#[tokio::test]
async fn sts_rejects_invalid_roles_and_applies_faults() {
    let emulator = stopped_clock().await;
    let port = emulator.port();
    let answer = sts(
        port,
        Some(SIGNED),
        "Action=AssumeRole&RoleArn=me&RoleSessionName=one",
    )
    .await;
    assert_eq!(answer.status, 400);
    assert_eq!(between(&answer.body, "Code"), "ValidationError");
    let mut fault = Fault::new("AssumeRole", "AccessDenied", "not authorized");
    fault.status = Some(403);
    emulator.fail_next(fault);
    let body = format!("Action=AssumeRole&RoleArn={ROLE}&RoleSessionName=one");
    let answer = sts(port, Some(SIGNED), &body).await;
    assert_eq!(answer.status, 403);
    assert_eq!(between(&answer.body, "Code"), "AccessDenied");
    assert_eq!(sts(port, None, &body).await.status, 403);
    assert_eq!(json!(emulator.calls()).as_array().unwrap().len(), 2);
}
