//! Lost answers after a rollback, an upgrade, a re-creation.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use serde_json::json;

use crate::{
    harness::api_server::Stored,
    harness::image_specs::{image, images, lag, lost, running},
    harness::simulated_cluster::{CREATE, SERVICE, SimulatedCluster, UPDATE},
};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn an_edit_after_a_rollback_is_sent_again_when_its_response_is_lost() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    cluster
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    cluster.apply(&image(2));
    cluster.until_condition("Stalled", "True RolledBack").await;
    cluster.run(MINUTE * 60).await;
    cluster.emulator.fail_next(lost());
    cluster.apply(&image(3));
    cluster.reconcile_once().await;
    assert_eq!(images(&cluster), ["shop:2", "shop:3"]);
    cluster.run(MINUTE * 60).await;
    assert_eq!(
        (running(&cluster), cluster.condition("Stalled")),
        ("shop:3".into(), "absent".into()),
        "{}",
        cluster.message("Ready")
    );
}

#[tokio::test]
async fn a_lost_create_survives_another_account_in_between() {
    let mut cluster =
        SimulatedCluster::with(json!({"bakeSeconds": 10, "createVisibleSeconds": 60})).await;
    cluster
        .emulator
        .fail_next(Fault::new(CREATE, "ConnectionReset", "lost").applied());
    cluster.apply(&image(1));
    cluster.reconcile_once().await;
    cluster.access_key = "210987654321".into();
    cluster.restart_operator();
    cluster.run(MINUTE / 2).await;
    assert_eq!(cluster.condition("Stalled"), "True IdentityChanged");
    cluster.access_key = "AKIDEXAMPLE".into();
    cluster.restart_operator();
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(CREATE), 1);
}

#[tokio::test]
async fn a_recreated_service_is_not_reported_as_rolled_back_when_the_response_is_lost() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    cluster
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    cluster.apply(&image(2));
    cluster.until_condition("Stalled", "True RolledBack").await;
    cluster.change_outside(&json!({"purge": true}));
    let lost = Fault::new(CREATE, "ConnectionReset", "lost").applied();
    cluster.emulator.fail_next(lost);
    cluster.requeue_now();
    cluster
        .until("made again", |cluster| cluster.calls(CREATE) == 2)
        .await;
    let mut reported = Vec::new();
    for _ in 0..60 {
        cluster.run(Duration::from_secs(1)).await;
        reported.push(cluster.condition("Ready"));
    }
    reported.dedup();
    cluster.run(MINUTE * 20).await;

    assert!(
        !reported
            .iter()
            .any(|reported| reported.contains("RolledBack")),
        "{reported:?}"
    );
    cluster.until_ready().await;
    assert_eq!(cluster.calls(UPDATE), 1);
}

#[tokio::test]
async fn an_edit_after_a_rollback_is_sent_even_if_the_process_dies_after_its_fence() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    cluster
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    cluster.apply(&image(2));
    cluster.until_condition("Stalled", "True RolledBack").await;
    cluster.run(MINUTE * 60).await;
    cluster.api.crash_after(0, Stored::Yes);
    cluster.apply(&image(3));
    cluster.reconcile_once().await;
    assert!(cluster.api.take_crash());
    cluster.restart_operator();
    cluster.run(MINUTE * 60).await;
    assert_eq!(
        (running(&cluster), cluster.condition("Stalled")),
        ("shop:3".into(), "absent".into()),
        "{}",
        cluster.message("Ready")
    );
}

#[tokio::test]
async fn a_lost_update_that_is_no_longer_wanted_is_undone_even_if_the_spec_was_rolled_back_before()
{
    let mut found = Vec::new();
    for answer in ["accepted", "lost"] {
        let mut cluster = SimulatedCluster::ready(&image(1)).await;
        cluster
            .emulator
            .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
        cluster.apply(&image(2));
        cluster.until_condition("Stalled", "True RolledBack").await;
        cluster.run(MINUTE * 10).await;
        lag(&cluster, 45);
        if answer == "lost" {
            cluster.emulator.fail_next(lost().applied());
        }
        cluster.apply(&image(3));
        cluster.run(Duration::from_secs(5)).await;
        cluster.apply(&image(2));
        cluster.run(MINUTE * 60).await;
        let runs = running(&cluster);
        if runs != "shop:2" {
            found.push(format!(
                "{answer}: runs {runs}, sent {:?}: {}",
                images(&cluster),
                cluster.message("Ready")
            ));
        }
    }
    assert_eq!(found, Vec::<String>::new());
}
