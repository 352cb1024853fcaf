//! The progress deadline: a deployment that never ends is reported at once with a known cause, else after half an hour.

use std::time::Duration;

use ecs_express_emulator::Outcome;
use ecs_express_operator::core::report::event::{Event, Severity};
use serde_json::{Value, json};

use crate::harness::simulated_cluster::{SERVICE, SimulatedCluster, UPDATE};

const HOUR: Duration = Duration::from_secs(3600);
const DENIED: &str =
    "AccessDenied: not authorized to perform elasticloadbalancing:CreateLoadBalancer";

fn image(tag: u32) -> Value {
    json!({"primaryContainer": {"image": format!("shop:{tag}")}})
}

fn warnings(cluster: &SimulatedCluster) -> Vec<Event> {
    let mut events = cluster.api.take_events();
    events.retain(|event| event.severity == Severity::Warning);
    events
}

/// Sets the outcome of the next deployment, with a reason of AWS.
fn next_deployment(cluster: &SimulatedCluster, outcome: Outcome) {
    cluster
        .emulator
        .with_model(|model| model.set_outcome(SERVICE, outcome, Some(DENIED.into())));
}

#[tokio::test]
async fn a_managed_resource_that_failed_is_reported_at_once() {
    for first in [true, false] {
        let mut cluster = if first {
            SimulatedCluster::with(json!({"bakeSeconds": 10})).await
        } else {
            SimulatedCluster::ready(&image(1)).await
        };
        next_deployment(&cluster, Outcome::ManagedResourceFails);
        cluster.apply(&image(2));
        cluster.run(Duration::from_secs(180)).await;
        assert_eq!(cluster.condition("Stalled"), "True ManagedResourceFailed");
        assert_eq!(cluster.condition("Reconciling"), "absent");
        assert_eq!(cluster.condition("Ready"), "False ManagedResourceFailed");
        let message = cluster.message("Stalled");
        assert!(message.contains(" FAILED: AccessDenied"), "{message}");
        let warnings = warnings(&cluster);
        assert_eq!(warnings.len(), 1, "{warnings:#?}");
        assert_eq!(warnings[0].reason, "ManagedResourceFailed");
        cluster.assert_idle().await;
        cluster.restart_operator();
        cluster.assert_idle().await;
    }
}

#[tokio::test]
async fn a_first_deployment_that_never_comes_up_is_reported_after_half_an_hour() {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    next_deployment(&cluster, Outcome::NeverComesUp);
    cluster.apply(&image(1));
    cluster.run(Duration::from_secs(1500)).await;
    assert_eq!(cluster.condition("Ready"), "False Provisioning");
    assert_eq!(
        cluster.condition("Stalled"),
        "absent",
        "load balancer and certificate take 25 minutes"
    );
    cluster.run(Duration::from_secs(500)).await;
    assert_eq!(
        cluster.condition("Stalled"),
        "True ProgressDeadlineExceeded"
    );
    assert_eq!(cluster.condition("Ready"), "False ProgressDeadlineExceeded");
    let message = cluster.message("Stalled");
    assert!(message.contains("0 of 1 tasks are running"), "{message}");
    assert!(
        message.contains("LoadBalancer") && message.contains(" PROVISIONING: AccessDenied"),
        "{message}"
    );
    assert!(message.contains(" since 2"), "{message}");
    let warnings = warnings(&cluster);
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    cluster.assert_idle().await;
    cluster.restart_operator();
    cluster.assert_idle().await;
    cluster.apply(&image(2));
    cluster.until_ready().await;
    assert_eq!(cluster.condition("Stalled"), "absent");
}

#[tokio::test]
async fn a_later_rollout_that_never_ends_is_reported_after_half_an_hour_with_the_revision_that_serves()
 {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    next_deployment(&cluster, Outcome::NeverComesUp);
    cluster.apply(&image(2));
    cluster.run(Duration::from_secs(1500)).await;
    assert_eq!(cluster.condition("Ready"), "False Deploying");
    cluster.run(Duration::from_secs(500)).await;
    assert_eq!(
        cluster.condition("Stalled"),
        "True ProgressDeadlineExceeded"
    );
    assert!(
        cluster.message("Stalled").contains("keeps serving"),
        "{}",
        cluster.message("Stalled")
    );
    let warnings = warnings(&cluster);
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    cluster.run(HOUR).await;
    cluster.assert_idle().await;
    cluster.apply(&image(3));
    cluster.until_ready().await;
    assert_eq!(cluster.calls(UPDATE), 2);
}

#[tokio::test]
async fn a_configuration_that_is_being_rolled_out_is_not_reported_as_running() {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    cluster.apply(&image(1));
    cluster.until_condition("Synced", "True InSync").await;
    assert_eq!(
        cluster.message("Synced"),
        "ECS has this configuration and is rolling it out"
    );
    cluster.until_ready().await;
    assert_eq!(
        cluster.message("Synced"),
        "the running configuration matches the spec"
    );
    cluster.apply(&image(2));
    cluster
        .until("sent", |cluster| cluster.calls(UPDATE) == 1)
        .await;
    cluster.until_condition("Synced", "True InSync").await;
    assert_eq!(
        cluster.message("Synced"),
        "ECS has this configuration and is rolling it out"
    );
    cluster.until_ready().await;
    cluster.delete();
    cluster.until_condition("Ready", "False Draining").await;
    assert!(
        !cluster.message("Synced").contains("matches the spec"),
        "{}",
        cluster.message("Synced")
    );
}

#[tokio::test]
async fn rolled_back_names_what_keeps_serving_and_a_failed_rollback_has_another_message() {
    for (outcome, says) in [
        (Outcome::RollBackByCircuitBreaker, "keeps serving"),
        (Outcome::RollBackByAlarm, "keeps serving"),
        (Outcome::RollbackFails, "could not roll it back"),
    ] {
        let mut cluster = SimulatedCluster::ready(&image(1)).await;
        cluster.emulator.set_outcome(SERVICE, outcome);
        cluster.apply(&image(2));
        cluster.until_condition("Stalled", "True RolledBack").await;
        let message = cluster.message("Stalled");
        assert!(message.contains(says), "{outcome:?}: {message}");
        assert!(
            message.contains("shop:1 (revision "),
            "{outcome:?}: {message}"
        );
        let running = cluster.status().revisions.unwrap().remove(0);
        assert_eq!(running.image.as_deref(), Some("shop:1"), "{outcome:?}");
    }
}
