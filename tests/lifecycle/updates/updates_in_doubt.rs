//! Updates in doubt: queued by ECS, lost, or superseded by another edit.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use serde_json::json;

use crate::{
    harness::image_specs::{image, images, reported},
    harness::simulated_cluster::{DESCRIBE, SERVICE, SimulatedCluster, UPDATE},
};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_lost_update_that_never_comes_up_does_not_hold_back_the_next_edit() {
    for restart in [false, true] {
        let mut cluster = SimulatedCluster::ready(&image(1)).await;
        cluster.emulator.set_outcome(SERVICE, Outcome::NeverComesUp);
        cluster
            .emulator
            .fail_next(Fault::new(UPDATE, "ConnectionReset", "lost").applied());
        cluster.apply(&image(2));
        cluster.reconcile_once().await;
        cluster.apply(&image(3));
        if restart {
            cluster.restart_operator();
        }
        cluster.run(MINUTE).await;
        assert_eq!(images(&cluster), ["shop:2", "shop:3"], "restart: {restart}");
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(images(&cluster), ["shop:2", "shop:3"], "restart: {restart}");
    }
}

#[tokio::test]
async fn a_lost_update_that_was_not_applied_does_not_hold_back_the_next_edit_either() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    cluster
        .emulator
        .fail_next(Fault::new(UPDATE, "ConnectionReset", "lost"));
    cluster.apply(&image(2));
    cluster.reconcile_once().await;
    cluster.apply(&image(3));
    cluster.run(MINUTE * 3).await;
    assert_eq!(images(&cluster), ["shop:2", "shop:3"]);
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(images(&cluster), ["shop:2", "shop:3"]);
}

#[tokio::test]
async fn an_update_that_ecs_queues_behind_a_running_deployment_is_sent_once() {
    for restart in [false, true] {
        for policy in ["Correct", "Report"] {
            let spec = |tag| json!({"primaryContainer": {"image": format!("shop:{tag}")}, "driftPolicy": policy});
            let mut cluster = SimulatedCluster::ready(&spec(1)).await;
            let queue = json!({"updateInDeployment": "Queue", "bakeSeconds": 180});
            cluster.emulator.change_settings(&queue).unwrap();
            cluster.apply(&spec(2));
            cluster.run(MINUTE / 2).await;
            cluster.apply(&spec(3));
            cluster.run(MINUTE).await;
            if restart {
                cluster.restart_operator();
            }
            cluster.run(MINUTE * 5).await;
            assert_eq!(cluster.condition("Ready"), "False Waiting", "{policy}");
            cluster.until_ready().await;
            cluster.assert_idle().await;
            assert_eq!(images(&cluster), ["shop:2", "shop:3"], "{policy} {restart}");
            assert_eq!(cluster.service()["activeRevisions"][0]["image"], "shop:3");
        }
    }
}

#[tokio::test]
async fn a_lost_update_that_ecs_queues_is_not_repeated_while_the_other_deployment_runs() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    let queue = json!({"updateInDeployment": "Queue", "bakeSeconds": 180});
    cluster.emulator.change_settings(&queue).unwrap();
    cluster.apply(&image(2));
    cluster.run(MINUTE / 2).await;
    cluster
        .emulator
        .fail_next(Fault::new(UPDATE, "ConnectionReset", "lost").applied());
    cluster.apply(&image(3));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(images(&cluster), ["shop:2", "shop:3"]);
}

#[tokio::test]
async fn a_revert_while_an_update_is_in_doubt_is_not_ready_before_that_update_is_undone() {
    for policy in ["Correct", "Report"] {
        for (lost, restart) in [(false, false), (false, true), (true, false), (true, true)] {
            let spec = |tag| json!({"primaryContainer": {"image": format!("shop:{tag}")}, "driftPolicy": policy});
            let mut cluster = SimulatedCluster::ready(&spec(1)).await;
            let lag = json!({"readLagSeconds": {(DESCRIBE): 45}});
            cluster.emulator.change_settings(&lag).unwrap();
            if lost {
                let fault = Fault::new(UPDATE, "ConnectionReset", "lost").applied();
                cluster.emulator.fail_next(fault);
            }
            cluster.apply(&spec(2));
            cluster.run(Duration::from_secs(5)).await;
            assert_eq!(images(&cluster), ["shop:2"]);
            cluster.apply(&spec(1));
            if restart {
                cluster.restart_operator();
            }
            for _ in 0..30 {
                cluster.run(Duration::from_secs(1)).await;
                let ready = cluster.is_ready();
                assert!(!ready, "{policy}, lost: {lost}, restart: {restart}");
            }
            cluster.until_ready().await;
            // The lagging state is seen by the next idle observation.
            cluster.run(MINUTE * 6).await;
            cluster.assert_idle().await;
            assert_eq!(
                images(&cluster),
                ["shop:2", "shop:1"],
                "{policy}, lost: {lost}, restart: {restart}"
            );
            assert_eq!(cluster.service()["activeRevisions"][0]["image"], "shop:1");
        }
    }
}

#[tokio::test]
async fn a_lost_update_that_was_not_applied_and_is_reverted_costs_no_call() {
    let mut cluster = SimulatedCluster::ready(&reported(1)).await;
    cluster
        .emulator
        .fail_next(Fault::new(UPDATE, "ConnectionReset", "lost"));
    cluster.apply(&reported(2));
    cluster.run(Duration::from_secs(5)).await;
    cluster.apply(&reported(1));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(images(&cluster), ["shop:2"]);
}

#[tokio::test]
async fn an_accepted_restart_is_not_done_before_its_revision_is_observed() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    let lag = json!({"readLagSeconds": {(DESCRIBE): 45}});
    cluster.emulator.change_settings(&lag).unwrap();
    let before = cluster.status().revisions;
    cluster.annotate("ecs-express.dev/restart", "1");
    cluster.reconcile_once().await;
    assert_eq!(cluster.calls(UPDATE), 1);
    for _ in 0..30 {
        cluster.run(Duration::from_secs(1)).await;
        assert!(!cluster.is_ready());
    }
    cluster.until_ready().await;
    assert_ne!(cluster.status().revisions, before);
    cluster.run(MINUTE * 6).await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 1);
}

#[tokio::test]
async fn a_restart_whose_response_is_lost_is_done_once_whether_it_was_applied_or_not() {
    for applied in [false, true] {
        for restart in [false, true] {
            let mut cluster = SimulatedCluster::ready(&image(1)).await;
            let before = cluster.status().revisions;
            let fault = Fault::new(UPDATE, "ConnectionReset", "lost");
            cluster
                .emulator
                .fail_next(if applied { fault.applied() } else { fault });
            cluster.annotate("ecs-express.dev/restart", "1");
            cluster.reconcile_once().await;
            if restart {
                cluster.restart_operator();
            }
            cluster
                .until("restarted", |cluster| cluster.status().revisions != before)
                .await;
            cluster.until_ready().await;
            cluster.assert_idle().await;
            let calls = if applied { 1 } else { 2 };
            assert_eq!(cluster.calls(UPDATE), calls, "{applied} {restart}");
        }
    }
}

#[tokio::test]
async fn a_retry_of_a_deployment_that_failed_while_in_sync_is_sent_once_even_if_each_response_is_lost()
 {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    cluster.apply(&image(1));
    cluster
        .until("deploying", |cluster| {
            let deployment = cluster.status().deployment;
            deployment.is_some_and(|deployment| deployment.arn.is_some())
        })
        .await;
    let deployment = cluster.status().deployment.unwrap().arn.unwrap();
    let stop = json!({"serviceDeploymentArn": deployment, "stopType": "ABORT"});
    cluster.call_outside("StopServiceDeployment", &stop);
    cluster.until_condition("Stalled", "True RolledBack").await;
    assert_eq!(cluster.service()["activeRevisions"][0]["image"], "shop:1");
    cluster.emulator.set_outcome(SERVICE, Outcome::NeverComesUp);
    let fault = Fault::new(UPDATE, "ConnectionReset", "lost");
    cluster.emulator.fail_next(fault.times(100).applied());
    cluster.annotate("ecs-express.dev/retry", "1");
    cluster.run(MINUTE * 60).await;
    assert_eq!(cluster.calls(UPDATE), 1);
    cluster.assert_idle().await;
}

#[tokio::test]
async fn a_retry_frees_an_update_that_waits_for_a_deployment_that_never_ends() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    cluster.emulator.set_outcome(SERVICE, Outcome::NeverComesUp);
    cluster.apply(&image(2));
    cluster.run(MINUTE).await;
    cluster
        .emulator
        .fail_next(Fault::new(UPDATE, "ConnectionReset", "lost"));
    cluster.apply(&image(3));
    cluster.run(MINUTE * 5).await;
    assert_eq!(images(&cluster), ["shop:2", "shop:3"]);
    cluster.annotate("ecs-express.dev/retry", "1");
    cluster.run(MINUTE).await;
    assert_eq!(images(&cluster), ["shop:2", "shop:3", "shop:3"]);
    cluster.until_ready().await;
    cluster.assert_idle().await;
}

#[tokio::test]
async fn a_lost_update_behind_a_deployment_that_never_ends_is_automatically_repeated_after_half_an_hour()
 {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    cluster.emulator.set_outcome(SERVICE, Outcome::NeverComesUp);
    cluster.apply(&image(2));
    cluster.run(MINUTE).await;
    cluster
        .emulator
        .fail_next(Fault::new(UPDATE, "ConnectionReset", "lost"));
    cluster.apply(&image(3));
    cluster.run(MINUTE * 40).await;
    assert_eq!(images(&cluster), ["shop:2", "shop:3", "shop:3"]);
    cluster.until_ready().await;
    cluster.assert_idle().await;
}
