//! Messages: they name fields and clusters, the time of the next attempt, and what is left behind.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use ecs_express_operator::core::report::event::Severity;
use serde_json::{Value, json};
use test_support::manifest::spec;

use crate::harness::simulated_cluster::{CREATE, SERVICE, SimulatedCluster, UPDATE};

const HOUR: Duration = Duration::from_secs(3600);

/// The notes of the events with this reason since the previous call.
fn notes(cluster: &SimulatedCluster, reason: &str) -> Vec<String> {
    let events = cluster.api.take_events().into_iter();
    events
        .filter(|event| event.reason == reason)
        .map(|event| event.note)
        .collect()
}

#[tokio::test]
async fn an_edit_that_is_sent_before_ecs_shows_a_revision_names_its_fields() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.apply(&json!({}));
    cluster.reconcile_once().await;
    cluster
        .apply(&json!({"primaryContainer": {"image": "shop:2"}, "cpu": "512", "memory": "1024"}));
    cluster
        .until("sent", |cluster| cluster.calls(UPDATE) == 1)
        .await;
    let notes = notes(&cluster, "Updated");
    assert!(
        notes[0].contains("spec.primaryContainer.image"),
        "{notes:?}"
    );
    assert!(notes[0].contains("spec.cpu"), "{notes:?}");
    let writes = cluster.api.take_written();
    let texts: Vec<&Value> = writes
        .iter()
        .map(|object| &object["status"]["conditions"])
        .collect();
    assert!(
        !json!(texts).to_string().contains("no field differs"),
        "{texts:#?}"
    );
}

#[tokio::test]
async fn a_switch_to_a_task_definition_names_its_fields_and_is_not_in_sync_before() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    let arn = cluster.status().revisions.unwrap()[0]
        .task_definition_arn
        .clone()
        .unwrap();
    cluster.apply(
        &json!({"primaryContainer": null, "executionRoleArn": null, "taskDefinitionArn": arn}),
    );
    cluster
        .until("sent", |cluster| cluster.calls(UPDATE) == 1)
        .await;
    let notes = notes(&cluster, "Updated");
    assert!(notes[0].contains("spec.taskDefinitionArn"), "{notes:?}");
    let writes = cluster.api.take_written();
    for object in writes {
        let text = object["status"]["conditions"].to_string();
        assert!(!text.contains("no field differs"), "{text}");
    }
}

#[tokio::test]
async fn the_event_of_a_retry_differs_from_that_of_an_edit() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.until_condition("Stalled", "True RolledBack").await;
    let edit = notes(&cluster, "Updated");
    cluster.annotate("ecs-express.dev/retry", "7");
    cluster
        .until("sent", |cluster| cluster.calls(UPDATE) == 2)
        .await;
    let retry = notes(&cluster, "Updated");
    assert_ne!(edit, retry);
    assert!(retry[0].starts_with("retry requested"), "{retry:?}");
}

#[tokio::test]
async fn a_missing_cluster_is_named_and_the_retry_annotation_retries_at_once() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.apply(&json!({"cluster": "web"}));
    cluster
        .until_condition("Stalled", "True ClusterNotFound")
        .await;
    let message = cluster.message("Stalled");
    assert!(
        message.contains("create the cluster \"web\" in eu-west-1"),
        "{message}"
    );
    assert!(message.contains("ecs-express.dev/retry="), "{message}");
    cluster.run(HOUR).await;
    let before = cluster.calls(CREATE);
    cluster.annotate("ecs-express.dev/retry", "1");
    cluster.reconcile_once().await;
    assert_eq!(cluster.calls(CREATE), before + 1, "the message says so");
}

#[tokio::test]
async fn an_error_of_aws_says_when_the_call_is_retried() {
    for (code, text) in [
        ("AccessDeniedException", "no"),
        ("InvalidParameterException", "no"),
        ("UnsupportedFeatureException", "no"),
        ("ClientException", "no"),
        ("ExpiredTokenException", "no"),
    ] {
        let mut cluster = SimulatedCluster::new().await;
        cluster
            .emulator
            .fail_next(Fault::new(CREATE, code, text).times(10));
        cluster.apply(&json!({}));
        cluster.reconcile_once().await;
        let message = cluster.message("Ready");
        assert!(message.contains("minutes"), "{code}: {message}");
        assert!(
            message.contains("ecs-express.dev/retry="),
            "{code}: {message}"
        );
    }
}

#[tokio::test]
async fn a_service_that_is_retained_while_it_drains_is_not_reported_as_running() {
    let mut cluster = SimulatedCluster::ready(&json!({"deletionPolicy": "Retain"})).await;
    cluster.change_outside(&json!({"delete": true}));
    cluster.delete();
    cluster.until_gone().await;
    let events = cluster.api.take_events();
    let reported = events
        .iter()
        .find(|event| event.reason == "Retained")
        .unwrap();
    assert!(!reported.note.contains("keeps running"), "{reported:?}");
    assert!(
        reported.note.contains("ECS is already deleting"),
        "{reported:?}"
    );
    assert_eq!(reported.severity, Severity::Warning);
}

#[tokio::test]
async fn a_slow_deletion_names_the_infrastructure_role() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster
        .emulator
        .change_settings(&json!({"drainingSeconds": 100_000}))
        .unwrap();
    cluster.delete();
    cluster.until_condition("Ready", "False Draining").await;
    let message = cluster.message("Ready");
    assert!(
        message.contains("arn:aws:iam::123456789012:role/infra"),
        "{message}"
    );
    assert_eq!(cluster.condition("Stalled"), "absent");
    cluster.run(HOUR).await;
    assert_eq!(cluster.condition("Stalled"), "True Draining");
    assert_eq!(cluster.condition("Reconciling"), "absent");
    assert_eq!(notes(&cluster, "Draining").len(), 1);
    cluster.assert_idle().await;
}

#[tokio::test]
async fn the_columns_show_what_runs() {
    let mut cluster =
        SimulatedCluster::ready(&json!({"primaryContainer": {"image": "shop:1"}})).await;
    let revision = cluster.status().revisions.unwrap().remove(0);
    let shown = serde_json::to_value(&revision).unwrap();
    let id = shown["id"].as_str().unwrap_or_default();
    assert!(
        !id.is_empty() && revision.arn.ends_with(&format!("/{id}")),
        "{shown}"
    );
    assert!(!id.contains('/'), "{shown}");
    cluster
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByAlarm);
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.until_condition("Stalled", "True RolledBack").await;
    let after = cluster.status().revisions.unwrap().remove(0);
    assert_eq!(after.arn, revision.arn);
}

#[tokio::test]
async fn a_replaced_service_that_is_taken_over_is_reported_by_a_warning() {
    let mut cluster = SimulatedCluster::ready(&json!({"adoptionPolicy": "Adopt"})).await;
    cluster.change_outside(&json!({"purge": true}));
    cluster.advance(Duration::from_secs(5));
    cluster.call_outside(
        CREATE,
        &spec(&json!({"serviceName": SERVICE,
        })),
    );
    cluster
        .until("taken over", |cluster| cluster.calls("TagResource") == 1)
        .await;
    let events = cluster.api.take_events();
    let reported = |event: &&ecs_express_operator::core::report::event::Event| {
        event.severity == Severity::Warning
            && event
                .note
                .contains("the service of this object was deleted outside Kubernetes")
    };
    assert_eq!(events.iter().filter(reported).count(), 1, "{events:#?}");
}

#[tokio::test]
async fn a_retry_while_suspended_is_no_edit() {
    let mut cluster = SimulatedCluster::ready(&json!({"suspend": false})).await;
    cluster.apply(&json!({"suspend": true}));
    cluster.until_condition("Ready", "True Suspended").await;
    cluster.change_outside(&json!({"update": {"primaryContainer": {"image": "evil:1"}}}));
    cluster.run(Duration::from_secs(1200)).await;
    cluster.annotate("ecs-express.dev/retry", "1");
    cluster.run(Duration::from_secs(600)).await;
    let message = cluster.message("Ready");
    assert!(
        message.ends_with(
            "the requested retry is on hold: spec.primaryContainer.image: spec has shop:1, ECS has evil:1"
        ),
        "{message}"
    );
    cluster.apply(&json!({"suspend": true, "primaryContainer": {"image": "shop:2"}}));
    cluster.run(Duration::from_secs(600)).await;
    let message = cluster.message("Ready");
    assert!(message.contains("the edit is not sent: "), "{message}");
}

#[tokio::test]
async fn the_message_does_not_suggest_deleting_a_service_whose_owner_tags_were_changed() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    let url = cluster.status().url.unwrap();
    cluster.api.take_events();
    cluster.change_outside(&json!({"tag": [
        {"key": "ecs-express.dev/cluster-id", "value": "cluster-2"},
        {"key": "ecs-express.dev/namespace", "value": "team-b"},
        {"key": "ecs-express.dev/name", "value": "web"},
    ]}));
    cluster.until_condition("Stalled", "True NotOwned").await;
    let message = cluster.message("Ready");
    assert!(!message.contains("delete the service"), "{message}");
    assert!(
        message.ends_with(
            "set the tags ecs-express.dev/cluster-id to cluster-1, ecs-express.dev/namespace to team-a and ecs-express.dev/name to shop again; the operator then manages the service again"
        ),
        "{message}"
    );
    let notes = notes(&cluster, "NotOwned");
    assert_eq!(notes, [message], "the service still answers at {url}");
    cluster.change_outside(&json!({"tag": [
        {"key": "ecs-express.dev/cluster-id", "value": "cluster-1"},
        {"key": "ecs-express.dev/namespace", "value": "team-a"},
        {"key": "ecs-express.dev/name", "value": "shop"},
    ]}));
    cluster.until_ready().await;
    assert_eq!(cluster.changes_sent(), 1, "the create");
}

#[tokio::test]
async fn a_service_that_is_left_alone_is_reported_with_its_owner() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.change_outside(&json!({"tag": [{"key": "ecs-express.dev/name", "value": "web"}]}));
    cluster.until_condition("Stalled", "True NotOwned").await;
    cluster.api.take_events();
    cluster.delete();
    cluster.until_gone().await;
    let [note] = &notes(&cluster, "LeftAlone")[..] else {
        panic!("one event expected");
    };
    assert!(
        note.ends_with(
            "is left alone: it belongs to the ExpressService team-a/web of this cluster, which manages it"
        ),
        "{note}"
    );
}
