//! Consecutive edits and reverts, and the traces that show which of them arrived.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use serde_json::json;

use crate::{
    harness::api_server::Stored,
    harness::image_specs::{image, images, lag, lost, reported, running, with_policy},
    harness::simulated_cluster::{CREATE, DESCRIBE, SERVICE, SimulatedCluster, UPDATE},
};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_second_of_two_edits_whose_response_is_lost_is_not_mistaken_for_the_first() {
    for policy in ["Correct", "Report"] {
        let mut cluster = SimulatedCluster::ready(&with_policy(1, policy)).await;
        lag(&cluster, 45);
        cluster.apply(&with_policy(2, policy));
        cluster.run(Duration::from_secs(5)).await;
        assert_eq!(images(&cluster), ["shop:2"]);
        cluster.emulator.fail_next(lost());
        cluster.apply(&with_policy(3, policy));
        cluster.reconcile_once().await;
        assert_eq!(images(&cluster), ["shop:2", "shop:3"]);
        cluster.run(MINUTE * 60).await;
        assert_eq!(
            (cluster.condition("Stalled"), running(&cluster)),
            ("absent".into(), "shop:3".into()),
            "{policy}: {}",
            cluster.message("Ready")
        );
    }
}

#[tokio::test]
async fn the_second_of_two_edits_is_sent_even_if_the_process_dies_after_its_fence() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    lag(&cluster, 45);
    cluster.apply(&image(2));
    cluster.run(Duration::from_secs(5)).await;
    assert_eq!(images(&cluster), ["shop:2"]);
    cluster.api.crash_after(0, Stored::Yes);
    cluster.apply(&image(3));
    cluster.reconcile_once().await;
    assert!(cluster.api.take_crash());
    assert_eq!(images(&cluster), ["shop:2"]);
    cluster.restart_operator();
    cluster.run(MINUTE * 60).await;
    assert_eq!(
        (cluster.condition("Stalled"), running(&cluster)),
        ("absent".into(), "shop:3".into()),
        "{}",
        cluster.message("Ready")
    );
}

#[tokio::test]
async fn a_revert_to_the_first_of_two_edits_undoes_the_second_whose_response_was_lost() {
    let mut found = Vec::new();
    for policy in ["Correct", "Report"] {
        for queue in [false, true] {
            let mut cluster = SimulatedCluster::ready(&with_policy(1, policy)).await;
            lag(&cluster, 45);
            if queue {
                let queue = json!({"updateInDeployment": "Queue", "bakeSeconds": 60});
                cluster.emulator.change_settings(&queue).unwrap();
            }
            cluster.apply(&with_policy(2, policy));
            cluster.run(Duration::from_secs(20)).await;
            assert_eq!(images(&cluster), ["shop:2"]);
            cluster.emulator.fail_next(lost().applied());
            cluster.apply(&with_policy(3, policy));
            cluster.run(Duration::from_secs(5)).await;
            assert_eq!(images(&cluster), ["shop:2", "shop:3"]);
            cluster.apply(&with_policy(2, policy));
            cluster.run(MINUTE * 60).await;
            let runs = running(&cluster);
            if runs != "shop:2" {
                found.push(format!(
                    "{policy}, queue: {queue}: {} {runs}",
                    cluster.condition("Synced")
                ));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn a_revert_after_an_edit_that_was_not_sent_waits_for_the_update_accepted_before() {
    let mut found = Vec::new();
    for policy in ["Correct", "Report"] {
        for not_sent in ["refused", "throttled", "slow fence"] {
            let mut cluster = SimulatedCluster::ready(&with_policy(1, policy)).await;
            lag(&cluster, 45);
            cluster.apply(&with_policy(2, policy));
            cluster.run(Duration::from_secs(5)).await;
            let refusal = |code| Fault::new(UPDATE, code, "no such image");
            match not_sent {
                "refused" => cluster
                    .emulator
                    .fail_next(refusal("InvalidParameterException")),
                "throttled" => cluster.emulator.fail_next(refusal("ThrottlingException")),
                _ => cluster
                    .api
                    .delay_status_write(&cluster.clock, Duration::from_secs(6)),
            }
            cluster.apply(&with_policy(3, policy));
            cluster.reconcile_once().await;
            cluster.apply(&with_policy(1, policy));
            let mut ready_early = false;
            for _ in 0..30 {
                cluster.run(Duration::from_secs(1)).await;
                ready_early |= cluster.is_ready();
            }
            cluster.run(MINUTE * 60).await;
            let runs = running(&cluster);
            if ready_early || runs != "shop:1" {
                found.push(format!(
                    "{policy}, {not_sent}: ready early: {ready_early}, an hour later it runs {runs}"
                ));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn an_update_that_ecs_queues_is_sent_once_even_if_a_later_edit_is_rejected() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    let queue = json!({"updateInDeployment": "Queue", "bakeSeconds": 180});
    cluster.emulator.change_settings(&queue).unwrap();
    cluster.apply(&image(2));
    cluster.run(MINUTE / 2).await;
    cluster.apply(&image(3));
    cluster.run(Duration::from_secs(5)).await;
    let refusal = Fault::new(UPDATE, "InvalidParameterException", "no such image");
    cluster.emulator.fail_next(refusal);
    cluster.apply(&image(4));
    cluster.reconcile_once().await;
    assert_eq!(images(&cluster), ["shop:2", "shop:3", "shop:4"]);
    cluster.apply(&image(3));
    cluster.run(MINUTE * 60).await;
    assert_eq!(images(&cluster), ["shop:2", "shop:3", "shop:4"]);
    assert_eq!(running(&cluster), "shop:3");
}

#[tokio::test]
async fn an_edit_that_never_arrived_is_not_considered_rolled_back_along_with_another_clients_update()
 {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    cluster
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    cluster.change_outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    cluster.advance(MINUTE / 3);
    cluster.emulator.fail_next(lost());
    cluster.apply(&image(2));
    cluster.reconcile_once().await;
    assert_eq!(images(&cluster), ["shop:2"]);
    cluster.run(MINUTE * 60).await;
    assert_eq!(
        (cluster.condition("Stalled"), running(&cluster)),
        ("absent".into(), "shop:2".into()),
        "{}",
        cluster.message("Ready")
    );
}

#[tokio::test]
async fn a_lost_restart_is_not_considered_done_by_the_rollback_of_the_previous_one() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    cluster
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    cluster.annotate("ecs-express.dev/restart", "1");
    cluster.run(MINUTE / 2).await;
    assert_eq!(cluster.calls(UPDATE), 1);
    cluster.emulator.fail_next(lost());
    cluster.annotate("ecs-express.dev/restart", "2");
    cluster.reconcile_once().await;
    assert_eq!(cluster.calls(UPDATE), 2);
    cluster.run(MINUTE * 60).await;
    assert_eq!(cluster.calls(UPDATE), 3);
}

#[tokio::test]
async fn an_expired_update_does_not_turn_later_drift_into_an_edit() {
    let mut cluster = SimulatedCluster::ready(&reported(1)).await;
    cluster.emulator.fail_next(lost());
    cluster.apply(&reported(2));
    cluster.reconcile_once().await;
    let mut suspended = reported(2);
    suspended["suspend"] = json!(true);
    cluster.apply(&suspended);
    cluster.run(MINUTE * 10).await;
    // Another client does what the operator is not allowed to do.
    cluster.change_outside(&json!({"update": {"primaryContainer": {"image": "shop:2"}}}));
    cluster.run(MINUTE * 10).await;
    cluster.apply(&reported(2));
    cluster.until_ready().await;
    cluster.run(MINUTE * 10).await;
    assert_eq!(cluster.calls(UPDATE), 1);
    cluster.change_outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    cluster.run(MINUTE * 20).await;
    assert_eq!(cluster.calls(UPDATE), 1, "drift is only reported");
}

#[tokio::test]
async fn an_accepted_update_without_a_trace_is_not_sent_forever() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    let blind = json!({"readLagSeconds": {(DESCRIBE): 7200, "ListServiceDeployments": 7200}});
    cluster.emulator.change_settings(&blind).unwrap();
    cluster.apply(&image(2));
    cluster.run(MINUTE * 60).await;
    assert!(
        cluster.calls(UPDATE) <= 4,
        "{} updates",
        cluster.calls(UPDATE)
    );
}

#[tokio::test]
async fn an_edit_whose_second_attempt_is_rejected_does_not_become_drift() {
    let mut cluster = SimulatedCluster::ready(&reported(1)).await;
    let blind = json!({"readLagSeconds": {(DESCRIBE): 7200, "ListServiceDeployments": 7200}});
    cluster.emulator.change_settings(&blind).unwrap();
    cluster.apply(&reported(2));
    cluster.reconcile_once().await;
    assert_eq!(cluster.calls(UPDATE), 1);
    let throttle = Fault::new(UPDATE, "ThrottlingException", "Rate exceeded");
    cluster.emulator.fail_next(throttle);
    cluster.run(MINUTE * 20).await;
    assert_ne!(
        cluster.condition("Ready"),
        "False Drifted",
        "{}",
        cluster.message("Ready")
    );
}

#[tokio::test]
async fn an_edit_after_a_create_is_no_drift_even_if_the_clock_is_minutes_ahead() {
    for ahead in [Duration::ZERO, MINUTE * 3] {
        let mut cluster = SimulatedCluster::new().await;
        cluster.clock.advance(ahead);
        let refusal = Fault::new(CREATE, "InvalidParameterException", "no such image");
        cluster.emulator.fail_next(refusal);
        cluster.apply(&reported(1));
        cluster.reconcile_once().await;
        cluster.apply(&reported(2));
        cluster.reconcile_once().await;
        assert_eq!(cluster.calls(CREATE), 2);
        cluster.apply(&reported(1));
        let throttle = Fault::new(UPDATE, "ThrottlingException", "Rate exceeded");
        cluster.emulator.fail_next(throttle);
        cluster.run(MINUTE * 60).await;
        assert_eq!(
            (cluster.condition("Ready"), running(&cluster)),
            ("True Available".into(), "shop:1".into()),
            "clock ahead by {ahead:?}: {}",
            cluster.message("Ready")
        );
    }
}

#[tokio::test]
async fn a_lost_edit_is_not_mistaken_for_a_rollback_that_no_list_has_shown_before() {
    for times in [1, 3] {
        let mut cluster = SimulatedCluster::ready(&image(1)).await;
        cluster
            .emulator
            .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
        cluster.change_outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
        cluster.advance(MINUTE / 3);
        let throttle = Fault::new(
            "ListServiceDeployments",
            "ThrottlingException",
            "Rate exceeded",
        );
        cluster.emulator.fail_next(throttle.times(times));
        cluster.emulator.fail_next(lost());
        cluster.apply(&image(2));
        cluster
            .until("sent", |cluster| cluster.calls(UPDATE) == 1)
            .await;
        cluster.run(MINUTE * 60).await;
        assert_eq!(
            (cluster.condition("Stalled"), running(&cluster)),
            ("absent".into(), "shop:2".into()),
            "{times}: {}",
            cluster.message("Ready")
        );
    }
}
