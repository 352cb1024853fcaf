//! The AWS SDK for Rust.

mod configuration;
mod errors;
mod identity;
mod lifecycle;
mod rollback;
mod task_definition;

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_credential_types::Credentials;
use aws_sdk_ecs::{
    Client,
    error::SdkError,
    operation::create_express_gateway_service::{
        CreateExpressGatewayServiceError, builders::CreateExpressGatewayServiceFluentBuilder,
    },
    types::{
        EcsExpressGatewayService, ExpressGatewayContainer, ExpressGatewayServiceInclude,
        ServiceDeployment, ServiceDeploymentStatus,
    },
};

use crate::fixture::{Fixture, REGION};

const INFRASTRUCTURE: &str = "arn:aws:iam::123456789012:role/infrastructure";
const EXECUTION: &str = "arn:aws:iam::123456789012:role/execution";
const SHOP: &str = "arn:aws:ecs:eu-central-1:123456789012:service/default/shop";

/// The configuration of both clients of a scenario, without retries, so that errors are returned at once.
async fn config(fixture: &Fixture, credentials: Credentials) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .endpoint_url(fixture.url())
        .region(Region::new(REGION))
        .credentials_provider(credentials)
        .retry_config(RetryConfig::disabled())
        .load()
        .await
}

fn keys() -> Credentials {
    Credentials::new("test", "test", None, None, "the scenario")
}

fn container(image: &str) -> ExpressGatewayContainer {
    ExpressGatewayContainer::builder()
        .image(image)
        .build()
        .unwrap()
}

struct Ecs<'a> {
    fixture: &'a Fixture,
    client: Client,
}

impl<'a> Ecs<'a> {
    async fn of(fixture: &'a Fixture) -> Self {
        let client = Client::new(&config(fixture, keys()).await);
        Self { fixture, client }
    }

    /// A create of the service `shop` with the required members only.
    fn create_shop(&self) -> CreateExpressGatewayServiceFluentBuilder {
        self.client
            .create_express_gateway_service()
            .service_name("shop")
            .infrastructure_role_arn(INFRASTRUCTURE)
            .execution_role_arn(EXECUTION)
            .primary_container(container("registry.example/shop:1"))
    }

    async fn describe(&self, arn: &str) -> EcsExpressGatewayService {
        let answer = self
            .client
            .describe_express_gateway_service()
            .service_arn(arn)
            .include(ExpressGatewayServiceInclude::Tags)
            .send()
            .await
            .unwrap();
        answer.service.unwrap()
    }

    async fn newest_deployment(&self) -> ServiceDeployment {
        let listed = self.client.list_service_deployments().service(SHOP);
        let listed = listed.send().await.unwrap().service_deployments.unwrap();
        let described = self
            .client
            .describe_service_deployments()
            .service_deployment_arns(listed[0].service_deployment_arn().unwrap())
            .send()
            .await
            .unwrap();
        described.service_deployments.unwrap().remove(0)
    }

    /// Advances the clock until the newest deployment has ended.
    async fn wait_for_deployment(&self) -> ServiceDeployment {
        for _ in 0..40 {
            self.fixture.advance(30);
            let deployment = self.newest_deployment().await;
            match deployment.status.as_ref().unwrap() {
                ServiceDeploymentStatus::Pending
                | ServiceDeploymentStatus::InProgress
                | ServiceDeploymentStatus::StopRequested
                | ServiceDeploymentStatus::RollbackRequested
                | ServiceDeploymentStatus::RollbackInProgress => {}
                _ => return deployment,
            }
        }
        panic!("the deployment does not end");
    }
}

/// The images that run.
fn images(service: &EcsExpressGatewayService) -> Vec<&str> {
    let mut images: Vec<_> = service
        .active_configurations()
        .iter()
        .map(|one| one.primary_container().unwrap().image())
        .collect();
    images.sort_unstable();
    images
}

/// The error of a rejected create.
fn refused<T: std::fmt::Debug>(
    answer: Result<T, SdkError<CreateExpressGatewayServiceError>>,
) -> CreateExpressGatewayServiceError {
    answer.unwrap_err().into_service_error()
}
