//! Warnings and Stalled: each loss of a Ready service emits a Warning, and what only a person can fix is Stalled.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use ecs_express_operator::core::report::event::{Event, Severity};
use serde_json::{Value, json};

use crate::harness::simulated_cluster::{CREATE, DESCRIBE, SERVICE, SimulatedCluster, UPDATE};

const HOUR: Duration = Duration::from_secs(3600);

/// The Warnings since the previous call.
fn warnings(cluster: &SimulatedCluster) -> Vec<Event> {
    let mut events = cluster.api.take_events();
    events.retain(|event| event.severity == Severity::Warning);
    events
}

/// The only Warning since the previous call.
#[track_caller]
fn the_warning(cluster: &SimulatedCluster) -> Event {
    let warnings = warnings(cluster);
    let [only] = &warnings[..] else {
        panic!("one Warning expected: {warnings:#?}");
    };
    only.clone()
}

fn owned_by(cluster_id: &str, namespace: &str, name: &str) -> Value {
    json!([
        {"key": "ecs-express.dev/cluster-id", "value": cluster_id},
        {"key": "ecs-express.dev/namespace", "value": namespace},
        {"key": "ecs-express.dev/name", "value": name},
        {"key": "ecs-express.dev/uid", "value": "1"},
    ])
}

/// Creates a service with the object's name as another client.
fn somebody_creates(cluster: &SimulatedCluster, role: &str, tags: &Value) {
    cluster.call_outside(
        CREATE,
        &json!({
            "serviceName": SERVICE,
            "infrastructureRoleArn": role,
            "executionRoleArn": "arn:aws:iam::123456789012:role/exec",
            "primaryContainer": {"image": "theirs:1"},
            "tags": tags,
        }),
    );
}

const ROLE: &str = "arn:aws:iam::123456789012:role/infra";

#[tokio::test]
async fn a_service_deleted_outside_is_reported_by_a_warning_that_names_the_lost_url() {
    for change in [json!({"purge": true}), json!({"delete": true})] {
        let mut cluster = SimulatedCluster::ready(&json!({})).await;
        let url = cluster.status().url.unwrap();
        cluster.change_outside(&change);
        cluster
            .until("again", |cluster| cluster.calls(CREATE) == 2)
            .await;
        cluster.until_ready().await;
        let warnings = warnings(&cluster);
        let reported = |event: &&Event| {
            event.reason == "ServiceDeleted"
                && event.note.contains("was deleted outside Kubernetes")
                && event.note.contains("new URL")
        };
        let reported: Vec<&Event> = warnings.iter().filter(reported).collect();
        assert_eq!(reported.len(), 1, "{change}: {warnings:#?}");
        assert!(
            warnings.iter().any(|event| event.note.contains(&url)),
            "{warnings:#?}"
        );
    }
}

#[tokio::test]
async fn a_service_observed_draining_is_reported_with_the_url_that_is_lost() {
    for spec in [
        json!({}),
        json!({"driftPolicy": "Report"}),
        json!({"suspend": true}),
    ] {
        let mut cluster = SimulatedCluster::with(json!({"drainingSeconds": 3600})).await;
        cluster.apply(&json!({"suspend": false}));
        cluster.until_ready().await;
        cluster.apply(&spec);
        cluster.run(Duration::from_secs(600)).await;
        let url = cluster.status().url.unwrap();
        cluster.api.take_events();
        cluster.change_outside(&json!({"delete": true}));
        let draining = |cluster: &SimulatedCluster| {
            cluster.status().status_code.as_deref() == Some("DRAINING")
        };
        cluster.until("draining", draining).await;
        let note = the_warning(&cluster).note;
        assert!(
            note.contains(&format!("; its URL was {url}")),
            "{spec}: {note}"
        );
    }
}

#[tokio::test]
async fn the_first_create_of_an_object_emits_no_warning() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.apply(&json!({}));
    cluster.until_ready().await;
    assert_eq!(warnings(&cluster), Vec::<Event>::new());
}

#[tokio::test]
async fn edits_restarts_and_deletions_by_the_user_emit_no_warning() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.until_ready().await;
    cluster.annotate("ecs-express.dev/restart", "1");
    cluster
        .until("sent", |cluster| cluster.calls(UPDATE) == 2)
        .await;
    cluster.until_ready().await;
    cluster.delete();
    cluster.until_gone().await;
    assert_eq!(warnings(&cluster), Vec::<Event>::new());
}

#[tokio::test]
async fn a_service_replaced_by_one_of_another_owner_is_reported_as_gone() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.change_outside(&json!({"purge": true}));
    cluster.advance(Duration::from_secs(5));
    somebody_creates(&cluster, ROLE, &owned_by("cluster-2", "team-b", "shop"));
    cluster.until_condition("Stalled", "True NotOwned").await;
    let message = cluster.message("Ready");
    assert!(
        message.contains("the service of this object was deleted outside Kubernetes"),
        "{message}"
    );
    let note = the_warning(&cluster).note;
    assert!(note.starts_with(&message), "{note}");
    assert!(note.contains("; its URL was http"), "{note}");
    cluster.assert_idle().await;
}

#[tokio::test]
async fn no_event_tells_what_happens_to_a_service_that_the_object_does_not_own() {
    let mut cluster = SimulatedCluster::new().await;
    somebody_creates(&cluster, ROLE, &json!([]));
    cluster.apply(&json!({}));
    cluster.until_condition("Stalled", "True NotOwned").await;
    cluster.run(Duration::from_secs(600)).await;
    cluster.api.take_events();
    let failed = json!({"resource": "LoadBalancer", "reason": "deleted"});
    cluster.change_outside(&json!({ "fail": failed }));
    cluster.run(Duration::from_secs(1800)).await;
    assert_eq!(warnings(&cluster), Vec::<Event>::new());
}

#[tokio::test]
async fn the_message_does_not_suggest_deleting_a_service_of_an_object_in_this_cluster() {
    let mut cluster = SimulatedCluster::new().await;
    somebody_creates(&cluster, ROLE, &owned_by("cluster-1", "team-b", "web"));
    cluster.apply(&json!({}));
    cluster.until_condition("Stalled", "True NotOwned").await;
    let message = cluster.message("Ready");
    assert!(
        message.contains("ExpressService team-b/web of this cluster"),
        "{message}"
    );
    assert!(message.contains("another spec.serviceName"), "{message}");
    assert!(!message.contains("delete the service in ECS"), "{message}");
}

#[tokio::test]
async fn another_infrastructure_role_is_explained_by_a_service_that_was_created_outside() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.change_outside(&json!({"purge": true}));
    cluster.advance(Duration::from_secs(5));
    let other = "arn:aws:iam::123456789012:role/other";
    somebody_creates(&cluster, other, &owned_by("cluster-1", "team-a", "shop"));
    cluster.until_condition("Stalled", "True Immutable").await;
    let message = cluster.message("Stalled");
    assert!(message.contains("replaced outside Kubernetes"), "{message}");
    assert!(message.contains(other), "{message}");
    cluster.assert_idle().await;
}

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
async fn a_service_that_another_object_has_released_is_offered_for_adoption() {
    let mut cluster = SimulatedCluster::new().await;
    let mut tags = owned_by("cluster-1", "team-b", "web");
    tags[3]["value"] = json!("released");
    somebody_creates(&cluster, ROLE, &tags);
    cluster.apply(&json!({}));
    cluster.until_condition("Stalled", "True NotOwned").await;
    let message = cluster.message("Stalled");
    assert!(
        message.contains("set spec.adoptionPolicy to Adopt"),
        "{message}"
    );
    assert!(!message.contains("which manages it"), "{message}");
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
