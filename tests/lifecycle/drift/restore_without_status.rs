//! A restore without status: the running configuration is compared with the spec, and nothing is assumed.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::json;

use crate::{
    harness::api_server::Stored,
    harness::image_specs::{image, reported, running},
    harness::simulated_cluster::{SimulatedCluster, UPDATE},
};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn drift_after_a_restore_without_status_is_corrected_even_if_the_first_attempt_is_rejected() {
    for (code, text) in [
        ("ThrottlingException", "Rate exceeded"),
        ("AccessDeniedException", "not authorized"),
    ] {
        let mut cluster = SimulatedCluster::ready(&image(1)).await;
        cluster.change_outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
        cluster.advance(MINUTE * 10);
        cluster.api.lose_status(&cluster.key);
        cluster.emulator.fail_next(Fault::new(UPDATE, code, text));
        cluster.restart_operator();
        cluster.run(MINUTE * 60).await;
        assert_eq!(
            (cluster.condition("Stalled"), running(&cluster)),
            ("absent".into(), "shop:1".into()),
            "{code}: {}",
            cluster.message("Ready")
        );
    }
}

#[tokio::test]
async fn drift_after_a_restore_without_status_is_reported_as_drift_and_corrected_on_request() {
    let mut cluster = SimulatedCluster::ready(&reported(1)).await;
    cluster.change_outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    cluster.advance(MINUTE * 10);
    cluster.api.lose_status(&cluster.key);
    cluster.restart_operator();
    cluster.run(MINUTE * 20).await;
    let shown = (cluster.condition("Synced"), cluster.condition("Stalled"));
    cluster.apply(&image(1));
    cluster.run(MINUTE * 20).await;
    assert_eq!(
        (shown, running(&cluster)),
        (
            ("False Drifted".into(), "True Drifted".into()),
            "shop:1".into()
        ),
        "{}",
        cluster.message("Ready")
    );
}

#[tokio::test]
async fn an_environment_added_outside_is_not_in_sync_after_a_restore_without_status() {
    let mut cluster = SimulatedCluster::ready(&reported(1)).await;
    let environment = json!([{"name": "DEBUG", "value": "1"}]);
    let theirs = json!({"image": "shop:1", "environment": environment});
    cluster.change_outside(&json!({"update": {"primaryContainer": theirs}}));
    cluster.advance(MINUTE * 10);
    cluster.api.lose_status(&cluster.key);
    cluster.restart_operator();
    cluster.run(MINUTE * 20).await;
    assert_eq!(cluster.condition("Synced"), "False Drifted");
    cluster.apply(&image(1));
    cluster.run(MINUTE * 20).await;
    assert_eq!(cluster.calls(UPDATE), 1);
}

#[tokio::test]
async fn under_report_an_edit_after_a_crash_after_the_create_is_reported_as_an_edit() {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    cluster.api.crash_after(1, Stored::No);
    cluster.apply(&reported(1));
    cluster.reconcile_once().await;
    assert!(cluster.api.take_crash());
    cluster.apply(&reported(2));
    cluster.restart_operator();
    cluster.run(MINUTE * 30).await;
    // Nothing shows that this spec ever ran, and nothing is sent automatically.
    assert_eq!(
        cluster.condition("Stalled"),
        "True Drifted",
        "{}",
        cluster.message("Ready")
    );
}
