//! Region, credentials and endpoints from the environment, each case in a process of its own.

use std::{env, fs, path::PathBuf, process::Command};

use ecs_express_operator::{
    core::observed::service::Observed,
    ecs::{Ecs, aws::AwsEcs},
};
use serde_json::json;

use crate::{
    caller_identity::identity,
    fixture::{arn, nothing_hidden, patient},
    loopback::{Answer, Loopback, ok, refused},
};

/// The variable with the result that the child process expects; it distinguishes the child from the test.
const EXPECTED: &str = "ECS_ADAPTER_EXPECTED";
/// The Region of the flag, if any.
const FLAG: &str = "ECS_ADAPTER_REGION_FLAG";
const KEYS: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "AKIDTEST"),
    ("AWS_SECRET_ACCESS_KEY", "s"),
];

/// Runs [`the_child`] with these environment variables only.
fn finds(expected: &str, environment: &[(&str, &str)]) {
    let status = Command::new(env::current_exe().unwrap())
        .args(["--exact", "connect::the_child", "--nocapture"])
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env(EXPECTED, expected)
        .envs(environment.iter().copied())
        .status()
        .unwrap();
    assert!(status.success(), "{expected}");
}

#[tokio::test]
async fn the_child() {
    let Ok(expected) = env::var(EXPECTED) else {
        return;
    };
    let found = match AwsEcs::connect(env::var(FLAG).ok(), patient()).await {
        Ok(ecs) => {
            let caller = ecs.caller().await.unwrap();
            let missing = matches!(
                ecs.describe(&arn(), &nothing_hidden()).await,
                Observed::Missing(_)
            );
            let region = ecs.default_region();
            format!("{region} {} {} {missing}", caller.partition, caller.account)
        }
        Err(error) => error.to_string(),
    };
    assert!(found.starts_with(&expected), "{found}");
}

fn aws() -> Loopback {
    Loopback::start(|seen| match seen.action.as_str() {
        "GetCallerIdentity" => identity("aws", "123456789012"),
        _ => refused(400, "ResourceNotFoundException", ""),
    })
}

#[test]
fn one_endpoint_serves_both_services_whatever_the_ca_bundle() {
    let server = aws();
    let environment = [
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL", &server.url),
        ("AWS_CA_BUNDLE", "/nowhere/ca.crt"),
    ];
    finds(
        "eu-west-1 aws 123456789012 true",
        &[&environment[..], &KEYS].concat(),
    );
    assert_eq!(
        server.actions(),
        ["GetCallerIdentity", "DescribeExpressGatewayService"]
    );
}

#[test]
fn each_service_has_its_endpoint_and_the_flag_overrides_the_environment() {
    let (ecs, sts) = (aws(), aws());
    let environment = [
        ("AWS_REGION", "eu-west-1"),
        (FLAG, "us-west-2"),
        ("AWS_ENDPOINT_URL_ECS", &ecs.url),
        ("AWS_ENDPOINT_URL_STS", &sts.url),
    ];
    finds(
        "us-west-2 aws 123456789012 true",
        &[&environment[..], &KEYS].concat(),
    );
    assert_eq!(ecs.actions(), ["DescribeExpressGatewayService"]);
    assert_eq!(sts.actions(), ["GetCallerIdentity"]);
    assert!(sts.sole_request().authorization.contains("/us-west-2/sts/"));
}

#[test]
fn without_a_region_the_error_names_variable_and_flag() {
    finds(
        "no AWS Region is set; set AWS_REGION or --aws-region",
        &KEYS,
    );
}

#[test]
fn without_credentials_the_error_says_where_they_were_looked_for() {
    finds(
        "no AWS credentials were found (the credential provider was not enabled: ",
        &[("AWS_REGION", "eu-west-1")],
    );
}

const ASSUMED: &str = "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>AKIDIRSA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";

/// A file with the token of a ServiceAccount, removed on drop.
struct Token(PathBuf);

impl Token {
    fn of(test: &str) -> Self {
        let name = format!("ecs-adapter-{test}-{}", std::process::id());
        let path = env::temp_dir().join(name);
        fs::write(&path, "token-of-the-service-account").unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
    }
}

#[test]
fn a_role_by_irsa_is_assumed_once() {
    let server = Loopback::start(|seen| match seen.action.as_str() {
        "AssumeRoleWithWebIdentity" => Answer::Is(200, ASSUMED.into()),
        "GetCallerIdentity" => identity("aws", "123456789012"),
        _ => refused(400, "ResourceNotFoundException", ""),
    });
    let token = Token::of("irsa");
    finds(
        "eu-west-1 aws 123456789012 true",
        &[
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ENDPOINT_URL", &server.url),
            ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/operator"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", token.path()),
        ],
    );
    assert_eq!(
        server.actions(),
        [
            "AssumeRoleWithWebIdentity",
            "GetCallerIdentity",
            "DescribeExpressGatewayService",
        ]
    );
    assert!(server.seen()[2].authorization.contains("AKIDIRSA"));
}

#[test]
fn a_role_by_pod_identity_is_requested_once() {
    let agent = Loopback::start(|_| {
        ok(json!({
            "AccessKeyId": "AKIDPOD", "SecretAccessKey": "s", "Token": "t",
            "Expiration": "2999-01-01T00:00:00Z",
        }))
    });
    let server = aws();
    let token = Token::of("pod-identity");
    finds(
        "eu-west-1 aws 123456789012 true",
        &[
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ENDPOINT_URL", &server.url),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &agent.url),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.path()),
        ],
    );
    assert_eq!(
        agent.sole_request().authorization,
        "token-of-the-service-account"
    );
    assert!(server.seen()[1].authorization.contains("AKIDPOD"));
}
