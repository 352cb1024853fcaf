//! Services that the operator only observes, by `driftPolicy: Report` or `suspend`: what is reported instead of sent.

use std::time::Duration;

use ecs_express_emulator::Fault;
use ecs_express_operator::core::report::event::Event;
use serde_json::json;

use super::warnings::{the_warning, warnings};
use crate::harness::simulated_cluster::{CREATE, DESCRIBE, SimulatedCluster, UPDATE};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn reported_drift_leaves_the_service_ready_and_warns_once() {
    let mut cluster = SimulatedCluster::ready(&json!({"driftPolicy": "Report"})).await;
    cluster.change_outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    cluster.until_condition("Synced", "False Drifted").await;
    cluster.run(HOUR).await;
    assert_eq!(cluster.condition("Ready"), "True Drifted");
    assert_eq!(cluster.condition("Stalled"), "absent");
    assert_eq!(cluster.condition("Reconciling"), "absent");
    assert!(
        cluster.message("Synced").contains("other:1"),
        "{}",
        cluster.message("Synced")
    );
    assert_eq!(the_warning(&cluster).reason, "Drifted");
    cluster.assert_idle().await;
    // After a transient failure the state is known again.
    let fault = Fault::new(DESCRIBE, "AccessDeniedException", "no");
    cluster.emulator.fail_next(fault.times(10_000));
    cluster.requeue_now();
    cluster
        .until_condition("Ready", "Unknown AccessDenied")
        .await;
    cluster
        .emulator
        .with_model(ecs_express_emulator::Model::clear_faults);
    cluster.until_condition("Ready", "True Drifted").await;
    cluster.restart_operator();
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 0);
}

#[tokio::test]
async fn drift_reported_before_the_spec_ever_ran_is_not_ready_and_stalled() {
    let mut cluster = SimulatedCluster::ready(&json!({"driftPolicy": "Report"})).await;
    cluster.change_outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    cluster.advance(HOUR);
    cluster.api.lose_status(&cluster.key);
    cluster.restart_operator();
    cluster.run(HOUR).await;
    assert_eq!(cluster.condition("Synced"), "False Drifted");
    assert_eq!(cluster.condition("Ready"), "False Drifted");
    assert_eq!(cluster.condition("Stalled"), "True Drifted");
}

#[tokio::test]
async fn under_report_a_service_deleted_outside_is_stalled_and_a_warning() {
    for change in [json!({"purge": true}), json!({"delete": true})] {
        let mut cluster = SimulatedCluster::ready(&json!({"driftPolicy": "Report"})).await;
        cluster.change_outside(&change);
        cluster
            .until_condition("Stalled", "True ServiceDeleted")
            .await;
        assert_eq!(cluster.condition("Ready"), "False ServiceDeleted");
        let warnings = warnings(&cluster);
        let last = warnings.last().unwrap();
        assert_eq!(last.reason, "ServiceDeleted", "{warnings:#?}");
        assert!(last.note.contains("driftPolicy"), "{last:?}");
        // ECS purges the INACTIVE record meanwhile.
        cluster.run(2 * HOUR).await;
        cluster.assert_idle().await;
    }
}

#[tokio::test]
async fn a_service_deleted_outside_while_suspended_is_stalled_and_a_warning() {
    for change in [json!({"purge": true}), json!({"delete": true})] {
        let mut cluster = SimulatedCluster::ready(&json!({"suspend": false})).await;
        cluster.apply(&json!({"suspend": true}));
        cluster.until_condition("Ready", "True Suspended").await;
        cluster.change_outside(&change);
        cluster
            .until_condition("Stalled", "True ServiceDeleted")
            .await;
        assert_eq!(cluster.condition("Ready"), "False Suspended");
        let message = cluster.message("Ready");
        assert!(
            message.contains("was deleted outside Kubernetes"),
            "{message}"
        );
        assert!(message.contains("spec.suspend"), "{message}");
        assert!(!warnings(&cluster).is_empty());
        cluster.run(2 * HOUR).await;
        cluster.assert_idle().await;
        assert_eq!(cluster.calls(CREATE), 1);
        cluster.apply(&json!({"suspend": false}));
        cluster.until_ready().await;
    }
}

#[tokio::test]
async fn one_observation_that_misses_a_suspended_service_clears_nothing() {
    let mut cluster = SimulatedCluster::ready(&json!({"suspend": false})).await;
    cluster.apply(&json!({"suspend": true}));
    cluster.until_condition("Ready", "True Suspended").await;
    cluster.api.take_events();
    let before = cluster.status();
    let fault = Fault::new(DESCRIBE, "ResourceNotFoundException", "no");
    cluster.emulator.fail_next(fault);
    cluster.requeue_now();
    cluster.run(HOUR).await;
    assert_eq!(cluster.status(), before);
    assert_eq!(cluster.take_events(), Vec::<&str>::new());
}

#[tokio::test]
async fn a_suspended_service_that_drifts_stays_ready_and_says_so() {
    let mut cluster = SimulatedCluster::ready(&json!({"suspend": false})).await;
    cluster.apply(&json!({"suspend": true}));
    cluster.until_condition("Ready", "True Suspended").await;
    cluster.change_outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    cluster.until_condition("Synced", "False Drifted").await;
    cluster.run(HOUR).await;
    assert_eq!(cluster.condition("Ready"), "True Suspended");
    assert!(
        cluster.message("Ready").contains("other:1"),
        "{}",
        cluster.message("Ready")
    );
    assert_eq!(the_warning(&cluster).reason, "Drifted");
    cluster.assert_idle().await;
}

#[tokio::test]
async fn an_edit_of_a_suspended_service_is_reported_as_waiting() {
    let mut cluster = SimulatedCluster::ready(&json!({"suspend": false})).await;
    cluster.apply(&json!({"suspend": true, "primaryContainer": {"image": "shop:2"}}));
    cluster.run(HOUR).await;
    assert_eq!(cluster.condition("Ready"), "False Suspended");
    assert_eq!(cluster.condition("Synced"), "False Suspended");
    let message = cluster.message("Ready");
    assert!(
        message.contains("spec.primaryContainer.image: spec has shop:2, ECS has shop:1"),
        "{message}"
    );
    assert_eq!(warnings(&cluster), Vec::<Event>::new());
}
