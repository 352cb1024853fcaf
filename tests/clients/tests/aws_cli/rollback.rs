//! Deployments that are rolled back or stopped.

use ecs_express_emulator::Outcome;

use super::{Aws, images};
use crate::fixture::run_scenario;

#[tokio::test]
async fn the_cli_sees_a_rollback_by_alarm() {
    run_scenario("aws-cli", async |fixture| {
        let aws = Aws { fixture };
        aws.create_shop().await;
        fixture.advance(600);
        fixture
            .emulator
            .set_outcome("shop", Outcome::RollBackByAlarm);
        aws.update_shop(&["--primary-container=image=registry.example/shop:2"])
            .await;
        let deployment = aws.wait_for_deployment().await;
        assert_eq!(deployment["status"], "ROLLBACK_SUCCESSFUL");
        let source = &deployment["sourceServiceRevisions"][0]["arn"];
        assert_eq!(deployment["rollback"]["serviceRevisionArn"], *source);
        assert_eq!(
            images(&aws.describe_shop().await),
            ["registry.example/shop:1"]
        );
    })
    .await;
}

#[tokio::test]
async fn the_cli_stops_a_deployment() {
    run_scenario("aws-cli", async |fixture| {
        let aws = Aws { fixture };
        aws.create_shop().await;
        fixture.advance(600);
        aws.update_shop(&["--cpu=512", "--memory=1024"]).await;
        fixture.advance(60);
        let arn = aws.newest_deployment().await["serviceDeploymentArn"].clone();
        let stop = ["ecs", "stop-service-deployment", "--service-deployment-arn"];
        let stop = [&stop[..], &[arn.as_str().unwrap(), "--stop-type=ROLLBACK"]].concat();
        assert_eq!(aws.call(&stop).await["serviceDeploymentArn"], arn);
        assert_eq!(
            aws.wait_for_deployment().await["status"],
            "ROLLBACK_SUCCESSFUL"
        );
        assert_eq!(aws.refusal(&stop).await.code, "ConflictException");
    })
    .await;
}
