//! A deployment that was stopped, and that no other one replaced.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::json;

use crate::harness::{
    image_specs::image,
    simulated_cluster::{SimulatedCluster, UPDATE},
};

const MINUTE: Duration = Duration::from_secs(60);
const LIST: &str = "ListServiceDeployments";

/// An object whose first deployment was stopped by a person; the service runs its revision.
async fn stopped() -> SimulatedCluster {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    cluster.apply(&image(1));
    let is_listed = |cluster: &SimulatedCluster| {
        let deployment = cluster.status().deployment;
        deployment.is_some_and(|it| it.arn.is_some())
    };
    cluster.until("deploying", is_listed).await;
    let deployment = cluster.status().deployment.unwrap().arn.unwrap();
    let stop = json!({"serviceDeploymentArn": deployment, "stopType": "ABORT"});
    cluster.call_outside("StopServiceDeployment", &stop);
    cluster
}

/// The same, recorded as rolled back.
async fn rolled_back() -> SimulatedCluster {
    let mut cluster = stopped().await;
    cluster.until_condition("Stalled", "True RolledBack").await;
    cluster.run(MINUTE * 10).await;
    assert_eq!(cluster.condition("Stalled"), "True RolledBack");
    cluster
}

#[tokio::test]
async fn the_deployments_of_a_service_whose_own_one_was_stopped_are_read_at_each_resync_only() {
    let mut cluster = rolled_back().await;
    let before = cluster.calls(LIST);
    cluster.run(MINUTE * 60).await;
    let reads = cluster.calls(LIST) - before;
    assert!((10..=15).contains(&reads), "{reads} reads in an hour");
}

#[tokio::test]
async fn a_recorded_stop_stays_while_the_deployments_cannot_be_read() {
    let mut cluster = rolled_back().await;
    let fault = Fault::new(LIST, "ServerException", "no");
    cluster.emulator.fail_next(fault.times(10_000));
    cluster.run(MINUTE * 10).await;
    assert_eq!(cluster.condition("Ready"), "False RolledBack");
    cluster.assert_idle().await;
}

#[tokio::test]
async fn a_retry_is_made_although_the_deployments_cannot_be_read_when_it_is_asked_for() {
    for recorded in [false, true] {
        let mut cluster = if recorded {
            rolled_back().await
        } else {
            stopped().await
        };
        cluster.run(Duration::from_secs(30)).await;
        let fault = Fault::new(LIST, "ServerException", "no");
        cluster.emulator.fail_next(fault.times(10));
        cluster.annotate("ecs-express.dev/retry", "1");
        cluster.until_ready().await;
        assert_eq!(cluster.calls(UPDATE), 1, "recorded: {recorded}");
    }
}
