//! Deployments that are rolled back or stopped.

use aws_sdk_ecs::types::{ServiceDeploymentStatus, StopServiceDeploymentStopType};
use ecs_express_emulator::Outcome;

use super::{Ecs, SHOP, container, images};
use crate::fixture::run_scenario;

#[tokio::test]
async fn the_sdk_sees_a_rollback_by_the_circuit_breaker() {
    run_scenario("aws-sdk-ecs", async |fixture| {
        let ecs = Ecs::of(fixture).await;
        stage_update(&ecs, Outcome::RollBackByCircuitBreaker).await;
        let deployment = ecs.wait_for_deployment().await;
        let status = deployment.status.as_ref();
        assert_eq!(status, Some(&ServiceDeploymentStatus::RollbackSuccessful));
        let source = deployment.source_service_revisions()[0].arn();
        assert_eq!(
            deployment.rollback().unwrap().service_revision_arn(),
            source
        );
        assert_eq!(
            images(&ecs.describe(SHOP).await),
            ["registry.example/shop:1"]
        );
    })
    .await;
}

#[tokio::test]
async fn the_sdk_stops_a_deployment() {
    run_scenario("aws-sdk-ecs", async |fixture| {
        let ecs = Ecs::of(fixture).await;
        stage_update(&ecs, Outcome::Succeed).await;
        fixture.advance(60);
        let arn = ecs
            .newest_deployment()
            .await
            .service_deployment_arn
            .unwrap();
        let stop = || {
            let stop = ecs.client.stop_service_deployment();
            stop.service_deployment_arn(&arn)
                .stop_type(StopServiceDeploymentStopType::Rollback)
        };
        let stopped = stop().send().await.unwrap();
        assert_eq!(stopped.service_deployment_arn(), Some(&*arn));
        let status = ecs.wait_for_deployment().await.status;
        assert_eq!(status, Some(ServiceDeploymentStatus::RollbackSuccessful));
        let refusal = stop().send().await.unwrap_err().into_service_error();
        assert!(refusal.is_conflict_exception(), "{refusal:?}");
    })
    .await;
}

/// A running service, and an update of it with this outcome.
async fn stage_update(ecs: &Ecs<'_>, outcome: Outcome) {
    ecs.create_shop().send().await.unwrap();
    ecs.wait_for_deployment().await;
    ecs.fixture.emulator.set_outcome("shop", outcome);
    ecs.client
        .update_express_gateway_service()
        .service_arn(SHOP)
        .primary_container(container("registry.example/shop:2"))
        .send()
        .await
        .unwrap();
}
