//! Deployments that do not end as wished.

use ecs_express_emulator::Outcome;

use super::{Aws, images};
use crate::stage::play;

#[tokio::test]
async fn the_cli_sees_a_rollback_by_alarm() {
    play("aws-cli", async |stage| {
        let aws = Aws { stage };
        aws.create_shop().await;
        stage.advance(600);
        stage.emulator.set_outcome("shop", Outcome::RollBackByAlarm);
        aws.update_shop(&["--primary-container=image=registry.example/shop:2"])
            .await;
        let deployment = aws.settled().await;
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
    play("aws-cli", async |stage| {
        let aws = Aws { stage };
        aws.create_shop().await;
        stage.advance(600);
        aws.update_shop(&["--cpu=512", "--memory=1024"]).await;
        stage.advance(60);
        let arn = aws.newest_deployment().await["serviceDeploymentArn"].clone();
        let stop = ["ecs", "stop-service-deployment", "--service-deployment-arn"];
        let stop = [&stop[..], &[arn.as_str().unwrap(), "--stop-type=ROLLBACK"]].concat();
        assert_eq!(aws.call(&stop).await["serviceDeploymentArn"], arn);
        assert_eq!(aws.settled().await["status"], "ROLLBACK_SUCCESSFUL");
        assert_eq!(aws.refusal(&stop).await.code, "ConflictException");
    })
    .await;
}
