//! Errors of AWS that pass and that last: when they are a Warning, and what they do to Stalled.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use ecs_express_operator::core::report::event::Event;
use serde_json::json;

use super::warnings::{the_warning, warnings};
use crate::harness::simulated_cluster::{CREATE, DESCRIBE, SERVICE, SimulatedCluster};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_service_that_becomes_unreadable_emits_a_warning() {
    for (code, text, reason) in [
        ("ServerException", "oops", "Unavailable"),
        ("ThrottlingException", "Rate exceeded", "Throttled"),
        ("AccessDeniedException", "not authorized", "AccessDenied"),
    ] {
        let mut cluster = SimulatedCluster::ready(&json!({})).await;
        cluster
            .emulator
            .fail_next(Fault::new(DESCRIBE, code, text).times(10_000));
        cluster
            .until("lost", |cluster| {
                cluster.condition("Ready") == format!("Unknown {reason}")
            })
            .await;
        let warning = the_warning(&cluster);
        assert_eq!(warning.reason, reason);
        assert!(warning.note.contains(text), "{warning:?}");
    }
}

#[tokio::test]
async fn a_first_create_that_is_throttled_for_long_emits_one_warning() {
    let mut cluster = SimulatedCluster::new().await;
    let fault = Fault::new(CREATE, "ThrottlingException", "Rate exceeded");
    cluster.emulator.fail_next(fault.times(10_000));
    cluster.apply(&json!({}));
    cluster.run(Duration::from_secs(60)).await;
    assert_eq!(
        warnings(&cluster),
        Vec::<Event>::new(),
        "throttling is transient"
    );
    cluster.run(2 * HOUR).await;
    let warning = the_warning(&cluster);
    assert_eq!(warning.reason, "Throttled");
    assert!(warning.note.contains("Rate exceeded"), "{warning:?}");
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed_emits_a_warning_at_once_and_again_when_it_lasts() {
    let mut cluster = SimulatedCluster::new().await;
    let fault = Fault::new(CREATE, "AccessDeniedException", "Cannot assume role x");
    cluster.emulator.fail_next(fault.times(10_000));
    cluster.apply(&json!({}));
    cluster.reconcile_once().await;
    assert_eq!(the_warning(&cluster).reason, "RoleNotUsable");
    cluster
        .until_condition("Stalled", "True RoleNotUsable")
        .await;
    assert_eq!(the_warning(&cluster).reason, "RoleNotUsable");
}

#[tokio::test]
async fn a_transient_read_failure_does_not_repeat_the_report_of_what_waits_for_a_person() {
    let mut cluster =
        SimulatedCluster::ready(&json!({"primaryContainer": {"image": "shop:1"}})).await;
    cluster
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.until_condition("Stalled", "True RolledBack").await;
    cluster.run(Duration::from_secs(120)).await;
    warnings(&cluster);
    let throttle = Fault::new(DESCRIBE, "ThrottlingException", "Rate exceeded");
    cluster.emulator.fail_next(throttle.times(15));
    cluster.annotate("somebody", "edits");
    cluster.until_condition("Ready", "Unknown Throttled").await;
    assert_eq!(cluster.condition("Stalled"), "True RolledBack");
    assert_eq!(cluster.condition("Reconciling"), "absent");
    cluster.until_condition("Ready", "False RolledBack").await;
    assert_eq!(warnings(&cluster), Vec::<Event>::new());
}

#[tokio::test]
async fn an_edit_that_cannot_be_assessed_yet_does_not_wait_for_a_person() {
    let mut cluster =
        SimulatedCluster::ready(&json!({"primaryContainer": {"image": "shop:1"}})).await;
    cluster
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.until_condition("Stalled", "True RolledBack").await;
    let throttle = Fault::new(DESCRIBE, "ThrottlingException", "Rate exceeded");
    cluster.emulator.fail_next(throttle.times(15));
    cluster.apply(&json!({"primaryContainer": {"image": "shop:3"}}));
    cluster.until_condition("Ready", "Unknown Throttled").await;
    assert_eq!(cluster.condition("Stalled"), "absent");
    cluster.until_ready().await;
}

#[tokio::test]
async fn a_transient_read_failure_does_not_restart_the_wait_for_a_role() {
    let mut cluster = SimulatedCluster::new().await;
    let role = Fault::new(CREATE, "AccessDeniedException", "Cannot assume role x");
    cluster.emulator.fail_next(role.times(10_000));
    cluster.apply(&json!({}));
    cluster.run(Duration::from_secs(240)).await;
    assert_eq!(cluster.condition("Reconciling"), "True RoleNotUsable");
    let throttle = Fault::new(DESCRIBE, "ThrottlingException", "Rate exceeded");
    cluster.emulator.fail_next(throttle.times(12));
    cluster.annotate("somebody", "edits");
    cluster.until_condition("Ready", "Unknown Throttled").await;
    cluster.run(Duration::from_secs(60)).await;
    let creates = cluster.calls(CREATE);
    cluster
        .until("another try", |cluster| cluster.calls(CREATE) > creates)
        .await;
    assert_eq!(cluster.condition("Stalled"), "True RoleNotUsable");
}
