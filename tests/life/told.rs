//! What people are told of: fields by name, clusters by name, when it is tried again, and what stays behind.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use ecs_express_operator::core::report::event::Severity;
use serde_json::{Value, json};

use crate::world::{CREATE, SERVICE, UPDATE, World};

const HOUR: Duration = Duration::from_secs(3600);

/// The notes of the events with this reason since the last time.
fn notes(world: &World, reason: &str) -> Vec<String> {
    let events = world.api.take_events().into_iter();
    events
        .filter(|event| event.reason == reason)
        .map(|event| event.note)
        .collect()
}

#[tokio::test]
async fn an_edit_that_is_sent_before_ecs_shows_a_revision_names_its_fields() {
    let mut world = World::new().await;
    world.apply(&json!({}));
    world.pass().await;
    world.apply(&json!({"primaryContainer": {"image": "shop:2"}, "cpu": "512", "memory": "1024"}));
    world.until("sent", |world| world.calls(UPDATE) == 1).await;
    let notes = notes(&world, "Updated");
    assert!(
        notes[0].contains("spec.primaryContainer.image"),
        "{notes:?}"
    );
    assert!(notes[0].contains("spec.cpu"), "{notes:?}");
    let writes = world.api.take_written();
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
    let mut world = World::ready(&json!({})).await;
    let arn = world.status().revisions.unwrap()[0]
        .task_definition_arn
        .clone()
        .unwrap();
    world.apply(
        &json!({"primaryContainer": null, "executionRoleArn": null, "taskDefinitionArn": arn}),
    );
    world.until("sent", |world| world.calls(UPDATE) == 1).await;
    let notes = notes(&world, "Updated");
    assert!(notes[0].contains("spec.taskDefinitionArn"), "{notes:?}");
    let writes = world.api.take_written();
    for object in writes {
        let text = object["status"]["conditions"].to_string();
        assert!(!text.contains("no field differs"), "{text}");
    }
}

#[tokio::test]
async fn the_event_of_a_retry_is_another_than_that_of_an_edit() {
    let mut world = World::ready(&json!({})).await;
    world
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    world.until_condition("Stalled", "True RolledBack").await;
    let edit = notes(&world, "Updated");
    world.annotate("ecs-express.dev/retry", "7");
    world.until("sent", |world| world.calls(UPDATE) == 2).await;
    let retry = notes(&world, "Updated");
    assert_ne!(edit, retry);
    assert!(retry[0].starts_with("retry requested"), "{retry:?}");
}

#[tokio::test]
async fn a_missing_cluster_is_named_and_the_retry_annotation_tries_at_once() {
    let mut world = World::new().await;
    world.apply(&json!({"cluster": "web"}));
    world
        .until_condition("Stalled", "True ClusterNotFound")
        .await;
    let message = world.message("Stalled");
    assert!(
        message.contains("create the cluster \"web\" in eu-west-1"),
        "{message}"
    );
    assert!(message.contains("ecs-express.dev/retry="), "{message}");
    world.run(HOUR).await;
    let before = world.calls(CREATE);
    world.annotate("ecs-express.dev/retry", "1");
    world.pass().await;
    assert_eq!(world.calls(CREATE), before + 1, "the message says so");
}

#[tokio::test]
async fn what_aws_refuses_says_when_it_is_tried_again() {
    for (code, text) in [
        ("AccessDeniedException", "no"),
        ("InvalidParameterException", "no"),
        ("UnsupportedFeatureException", "no"),
        ("ClientException", "no"),
        ("ExpiredTokenException", "no"),
    ] {
        let mut world = World::new().await;
        world
            .emulator
            .fail_next(Fault::new(CREATE, code, text).times(10));
        world.apply(&json!({}));
        world.pass().await;
        let message = world.message("Ready");
        assert!(message.contains("minutes"), "{code}: {message}");
        assert!(
            message.contains("ecs-express.dev/retry="),
            "{code}: {message}"
        );
    }
}

#[tokio::test]
async fn a_service_that_is_retained_while_it_drains_is_not_said_to_keep_running() {
    let mut world = World::ready(&json!({"deletionPolicy": "Retain"})).await;
    world.outside(&json!({"delete": true}));
    world.delete();
    world.until_gone().await;
    let events = world.api.take_events();
    let told = events
        .iter()
        .find(|event| event.reason == "Retained")
        .unwrap();
    assert!(!told.note.contains("keeps running"), "{told:?}");
    assert!(told.note.contains("ECS is already deleting"), "{told:?}");
    assert_eq!(told.severity, Severity::Warning);
}

#[tokio::test]
async fn a_deletion_that_lasts_names_the_infrastructure_role() {
    let mut world = World::ready(&json!({})).await;
    world
        .emulator
        .change_settings(&json!({"drainingSeconds": 100_000}))
        .unwrap();
    world.delete();
    world.until_condition("Ready", "False Draining").await;
    let message = world.message("Ready");
    assert!(
        message.contains("arn:aws:iam::123456789012:role/infra"),
        "{message}"
    );
    assert_eq!(world.condition("Stalled"), "absent");
    world.run(HOUR).await;
    assert_eq!(world.condition("Stalled"), "True Draining");
    assert_eq!(world.condition("Reconciling"), "absent");
    assert_eq!(notes(&world, "Draining").len(), 1);
    world.rests().await;
}

#[tokio::test]
async fn the_columns_show_what_runs() {
    let mut world = World::ready(&json!({"primaryContainer": {"image": "shop:1"}})).await;
    let revision = world.status().revisions.unwrap().remove(0);
    let shown = serde_json::to_value(&revision).unwrap();
    let id = shown["id"].as_str().unwrap_or_default();
    assert!(
        !id.is_empty() && revision.arn.ends_with(&format!("/{id}")),
        "{shown}"
    );
    assert!(!id.contains('/'), "{shown}");
    world
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByAlarm);
    world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    world.until_condition("Stalled", "True RolledBack").await;
    let after = world.status().revisions.unwrap().remove(0);
    assert_eq!(after.arn, revision.arn);
}

#[tokio::test]
async fn a_replaced_service_that_is_taken_over_is_told_by_a_warning() {
    let mut world = World::ready(&json!({"adoptionPolicy": "Adopt"})).await;
    world.outside(&json!({"purge": true}));
    world.pass_time(Duration::from_secs(5));
    world.somebody_calls(
        CREATE,
        &json!({
            "serviceName": SERVICE,
            "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infra",
            "executionRoleArn": "arn:aws:iam::123456789012:role/exec",
            "primaryContainer": {"image": "shop:1"},
        }),
    );
    world
        .until("taken over", |world| world.calls("TagResource") == 1)
        .await;
    let events = world.api.take_events();
    let told = |event: &&ecs_express_operator::core::report::event::Event| {
        event.severity == Severity::Warning
            && event
                .note
                .contains("the service of this object was deleted outside Kubernetes")
    };
    assert_eq!(events.iter().filter(told).count(), 1, "{events:#?}");
}

#[tokio::test]
async fn a_retry_while_suspended_is_no_edit() {
    let mut world = World::ready(&json!({"suspend": false})).await;
    world.apply(&json!({"suspend": true}));
    world.until_condition("Ready", "True Suspended").await;
    world.outside(&json!({"update": {"primaryContainer": {"image": "evil:1"}}}));
    world.run(Duration::from_secs(1200)).await;
    world.annotate("ecs-express.dev/retry", "1");
    world.run(Duration::from_secs(600)).await;
    let message = world.message("Ready");
    assert!(
        message.ends_with(
            "the requested retry is on hold: spec.primaryContainer.image: spec has shop:1, ECS has evil:1"
        ),
        "{message}"
    );
    world.apply(&json!({"suspend": true, "primaryContainer": {"image": "shop:2"}}));
    world.run(Duration::from_secs(600)).await;
    let message = world.message("Ready");
    assert!(message.contains("the edit is not sent: "), "{message}");
}

#[tokio::test]
async fn whose_owner_tags_were_changed_is_not_to_be_deleted() {
    let mut world = World::ready(&json!({})).await;
    let url = world.status().url.unwrap();
    world.api.take_events();
    world.outside(&json!({"tag": [
        {"key": "ecs-express.dev/cluster-id", "value": "cluster-2"},
        {"key": "ecs-express.dev/namespace", "value": "team-b"},
        {"key": "ecs-express.dev/name", "value": "web"},
    ]}));
    world.until_condition("Stalled", "True NotOwned").await;
    let message = world.message("Ready");
    assert!(!message.contains("delete the service"), "{message}");
    assert!(
        message.ends_with(
            "set the tags ecs-express.dev/cluster-id to cluster-1, ecs-express.dev/namespace to team-a and ecs-express.dev/name to shop again; the operator then manages the service again"
        ),
        "{message}"
    );
    let notes = notes(&world, "NotOwned");
    assert_eq!(notes, [message], "the service still answers at {url}");
    world.outside(&json!({"tag": [
        {"key": "ecs-express.dev/cluster-id", "value": "cluster-1"},
        {"key": "ecs-express.dev/namespace", "value": "team-a"},
        {"key": "ecs-express.dev/name", "value": "shop"},
    ]}));
    world.until_ready().await;
    assert_eq!(world.changes_sent(), 1, "the create");
}

#[tokio::test]
async fn what_is_left_alone_is_told_with_its_owner() {
    let mut world = World::ready(&json!({})).await;
    world.outside(&json!({"tag": [{"key": "ecs-express.dev/name", "value": "web"}]}));
    world.until_condition("Stalled", "True NotOwned").await;
    world.api.take_events();
    world.delete();
    world.until_gone().await;
    let [note] = &notes(&world, "LeftAlone")[..] else {
        panic!("one event expected");
    };
    assert!(
        note.ends_with(
            "is left alone: it belongs to the ExpressService team-a/web of this cluster, which manages it"
        ),
        "{note}"
    );
}
