//! Each error as the SDK's own type.

use aws_config::retry::RetryConfig;
use aws_sdk_ecs::{Client, config::Builder, error::ProvideErrorMetadata};

use super::{Ecs, SHOP, config, keys, refused};
use crate::fixture::run_scenario;

#[tokio::test]
async fn the_sdk_knows_the_errors_of_what_does_not_exist() {
    run_scenario("aws-sdk-ecs", async |fixture| {
        let ecs = Ecs::of(fixture).await;
        let absent = SHOP.replace("shop", "absent");
        let describe = ecs.client.describe_express_gateway_service();
        let refusal = describe.service_arn(&absent).send().await.unwrap_err();
        assert!(
            refusal
                .into_service_error()
                .is_resource_not_found_exception()
        );
        let update = ecs.client.update_express_gateway_service().cpu("512");
        let update = update.memory("1024").service_arn(&absent);
        let refusal = update.send().await.unwrap_err();
        assert!(
            refusal
                .into_service_error()
                .is_service_not_found_exception()
        );
        let delete = ecs.client.delete_express_gateway_service();
        let refusal = delete.service_arn(&absent).send().await.unwrap_err();
        assert!(
            refusal
                .into_service_error()
                .is_invalid_parameter_exception()
        );
        let list = ecs.client.list_services().cluster("absent");
        let refusal = list.send().await.unwrap_err();
        assert!(
            refusal
                .into_service_error()
                .is_cluster_not_found_exception()
        );
    })
    .await;
}

#[tokio::test]
async fn the_sdk_knows_why_a_create_is_rejected() {
    run_scenario("aws-sdk-ecs", async |fixture| {
        let ecs = Ecs::of(fixture).await;
        let create = "CreateExpressGatewayService";
        fixture.refuse_next(create, "AccessDeniedException", "no iam:PassRole");
        let refusal = refused(ecs.create_shop().send().await);
        assert!(refusal.is_access_denied_exception(), "{refusal:?}");
        assert_eq!(refusal.message(), Some("no iam:PassRole"));
        fixture.refuse_next(create, "ServerException", "try again");
        let refusal = refused(ecs.create_shop().send().await);
        assert!(refusal.is_server_exception(), "{refusal:?}");
        let refusal = refused(ecs.create_shop().cluster("absent").send().await);
        assert!(refusal.is_cluster_not_found_exception(), "{refusal:?}");
        ecs.create_shop().send().await.unwrap();
        let refusal = refused(ecs.create_shop().send().await);
        assert!(refusal.is_invalid_parameter_exception(), "{refusal:?}");
    })
    .await;
}

#[tokio::test]
async fn the_sdk_reports_throttling_and_repeats_the_call_where_retries_are_on() {
    run_scenario("aws-sdk-ecs", async |fixture| {
        let ecs = Ecs::of(fixture).await;
        let create = "CreateExpressGatewayService";
        fixture.refuse_next(create, "ThrottlingException", "Rate exceeded");
        let refusal = refused(ecs.create_shop().send().await);
        assert_eq!(refusal.code(), Some("ThrottlingException"));
        fixture.refuse_next(create, "ThrottlingException", "Rate exceeded");
        let patient = Builder::from(&config(fixture, keys()).await);
        let patient = patient.retry_config(RetryConfig::standard()).build();
        let patient = Ecs {
            fixture,
            client: Client::from_conf(patient),
        };
        patient.create_shop().send().await.unwrap();
    })
    .await;
}
