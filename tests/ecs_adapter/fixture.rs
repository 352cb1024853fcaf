//! The service of the tests, and adapters connected to the loopback server.

use std::{collections::BTreeMap, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use ecs_express_operator::{
    core::{
        decide::requests::CreateRequest,
        desired::{
            configuration::{Configuration, Container, Logs, Network, Scaling},
            identity::ServiceArn,
            redacted::Redacted,
        },
        redaction::redact::Redactor,
    },
    ecs::aws::{AwsEcs, Timeouts},
};

use crate::loopback::Loopback;

pub const ARN: &str = "arn:aws:ecs:eu-west-1:123456789012:service/web/shop";
pub const REVISION: &str = "arn:aws:ecs:eu-west-1:123456789012:service-revision/web/shop/1";
pub const DEPLOYMENT: &str = "arn:aws:ecs:eu-west-1:123456789012:service-deployment/web/shop/";
pub const INFRASTRUCTURE: &str = "arn:aws:iam::123456789012:role/infrastructure";
/// A value that must never appear outside of a request.
pub const SECRET: &str = "s3cr3t-of-the-environment";

pub fn arn() -> ServiceArn {
    ARN.parse().unwrap()
}

/// A redactor for calls without redacted values.
pub fn nothing_hidden() -> Redactor {
    Redactor::nothing_hidden()
}

/// Timeouts that no response of the loopback server exceeds.
pub fn patient() -> Timeouts {
    Timeouts::default()
}

/// Timeouts for a server that does not answer.
pub fn hasty() -> Timeouts {
    Timeouts {
        operation: Duration::from_secs(2),
        attempt: Duration::from_millis(150),
        connect: Duration::from_millis(150),
    }
}

pub fn config(url: &str, credentials: SharedCredentialsProvider) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials)
        .endpoint_url(url)
        .build()
}

pub fn keys() -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(Credentials::new("AKIDTEST", "secret", None, None, "test"))
}

pub fn adapter(server: &Loopback) -> AwsEcs {
    AwsEcs::from_sdk_config(config(&server.url, keys()), patient()).unwrap()
}

/// A configuration with every field set.
pub fn everything() -> Configuration {
    let named = |name: &str, value: &str| (name.to_owned(), Redacted::new(value));
    Configuration {
        execution_role_arn: Some("arn:aws:iam::123456789012:role/execution".into()),
        task_role_arn: Some("arn:aws:iam::123456789012:role/task".into()),
        task_definition_arn: None,
        container: Some(Container {
            image: "nginx:1".into(),
            container_port: Some(8080),
            logs: Some(Logs {
                group: "/shop".into(),
                stream_prefix: "web".into(),
            }),
            credentials: Some("arn:aws:secretsmanager:eu-west-1:123456789012:secret:r".into()),
            command: vec![Redacted::new("serve"), Redacted::new("--all")],
            environment: BTreeMap::from([named("B", "2"), named("A", SECRET)]),
            secrets: BTreeMap::from([named("TOKEN", "arn:aws:ssm:eu-west-1:123456789012:p/t")]),
        }),
        health_check_path: Some("/health".into()),
        network: Network {
            security_groups: ["sg-2".into(), "sg-1".into()].into(),
            subnets: ["subnet-1".into(), "subnet-2".into()].into(),
        },
        cpu: Some("1 vCPU".into()),
        memory: Some("2 GB".into()),
        cpu_architecture: Some("ARM64".into()),
        scaling: Scaling {
            min_task_count: Some(0),
            max_task_count: Some(5),
            metric: Some("AVERAGE_MEMORY".into()),
            target_value: Some(70),
        },
    }
}

/// A configuration with only an image.
pub fn image_alone() -> Configuration {
    Configuration {
        container: Some(Container {
            image: "nginx:1".into(),
            ..Container::default()
        }),
        ..Configuration::default()
    }
}

pub fn create(configuration: Configuration) -> CreateRequest {
    CreateRequest {
        arn: arn(),
        infrastructure_role_arn: INFRASTRUCTURE.into(),
        configuration,
        tags: BTreeMap::new(),
    }
}
