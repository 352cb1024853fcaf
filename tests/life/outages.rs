//! Outages: each loss of a service that was Ready is a Warning, and what only a person can end is Stalled.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use ecs_express_operator::core::report::event::{Event, Severity};
use serde_json::{Value, json};

use crate::world::{CREATE, DESCRIBE, SERVICE, UPDATE, World};

const HOUR: Duration = Duration::from_secs(3600);

/// The Warnings since the last time.
fn warnings(world: &World) -> Vec<Event> {
    let mut events = world.api.take_events();
    events.retain(|event| event.severity == Severity::Warning);
    events
}

/// The only Warning since the last time.
#[track_caller]
fn the_warning(world: &World) -> Event {
    let warnings = warnings(world);
    let [only] = &warnings[..] else {
        panic!("one Warning expected: {warnings:#?}");
    };
    only.clone()
}

fn owned_by(cluster: &str, namespace: &str, name: &str) -> Value {
    json!([
        {"key": "ecs-express.dev/cluster-id", "value": cluster},
        {"key": "ecs-express.dev/namespace", "value": namespace},
        {"key": "ecs-express.dev/name", "value": name},
        {"key": "ecs-express.dev/uid", "value": "1"},
    ])
}

/// Somebody makes a service of the object's name.
fn somebody_creates(world: &World, role: &str, tags: &Value) {
    world.somebody_calls(
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
async fn a_service_deleted_outside_is_told_by_a_warning_that_names_the_lost_url() {
    for change in [json!({"purge": true}), json!({"delete": true})] {
        let mut world = World::ready(&json!({})).await;
        let url = world.status().url.unwrap();
        world.outside(&change);
        world.until("again", |world| world.calls(CREATE) == 2).await;
        world.until_ready().await;
        let warnings = warnings(&world);
        let told = |event: &&Event| {
            event.reason == "ServiceDeleted"
                && event.note.contains("was deleted outside Kubernetes")
                && event.note.contains("new URL")
        };
        let told: Vec<&Event> = warnings.iter().filter(told).collect();
        assert_eq!(told.len(), 1, "{change}: {warnings:#?}");
        assert!(
            warnings.iter().any(|event| event.note.contains(&url)),
            "{warnings:#?}"
        );
    }
}

#[tokio::test]
async fn a_service_that_is_seen_draining_is_told_with_the_url_that_is_lost() {
    for spec in [
        json!({}),
        json!({"driftPolicy": "Report"}),
        json!({"suspend": true}),
    ] {
        let mut world = World::with(json!({"drainingSeconds": 3600})).await;
        world.apply(&json!({"suspend": false}));
        world.until_ready().await;
        world.apply(&spec);
        world.run(Duration::from_secs(600)).await;
        let url = world.status().url.unwrap();
        world.api.take_events();
        world.outside(&json!({"delete": true}));
        let draining = |world: &World| world.status().status_code.as_deref() == Some("DRAINING");
        world.until("draining", draining).await;
        let note = the_warning(&world).note;
        assert!(
            note.contains(&format!("; its URL was {url}")),
            "{spec}: {note}"
        );
    }
}

#[tokio::test]
async fn the_first_create_of_an_object_is_no_warning() {
    let mut world = World::new().await;
    world.apply(&json!({}));
    world.until_ready().await;
    assert_eq!(warnings(&world), Vec::<Event>::new());
}

#[tokio::test]
async fn an_edit_a_restart_and_a_deletion_of_the_user_are_no_warnings() {
    let mut world = World::ready(&json!({})).await;
    world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    world.until_ready().await;
    world.annotate("ecs-express.dev/restart", "1");
    world.until("sent", |world| world.calls(UPDATE) == 2).await;
    world.until_ready().await;
    world.delete();
    world.until_gone().await;
    assert_eq!(warnings(&world), Vec::<Event>::new());
}

#[tokio::test]
async fn a_service_replaced_by_a_strangers_is_told_to_be_gone() {
    let mut world = World::ready(&json!({})).await;
    world.outside(&json!({"purge": true}));
    world.pass_time(Duration::from_secs(5));
    somebody_creates(&world, ROLE, &owned_by("cluster-2", "team-b", "shop"));
    world.until_condition("Stalled", "True NotOwned").await;
    let message = world.message("Ready");
    assert!(
        message.contains("the service of this object was deleted outside Kubernetes"),
        "{message}"
    );
    let note = the_warning(&world).note;
    assert!(note.starts_with(&message), "{note}");
    assert!(note.contains("; its URL was http"), "{note}");
    world.rests().await;
}

#[tokio::test]
async fn a_service_of_an_object_in_this_cluster_is_not_to_be_deleted() {
    let mut world = World::new().await;
    somebody_creates(&world, ROLE, &owned_by("cluster-1", "team-b", "web"));
    world.apply(&json!({}));
    world.until_condition("Stalled", "True NotOwned").await;
    let message = world.message("Ready");
    assert!(
        message.contains("ExpressService team-b/web of this cluster"),
        "{message}"
    );
    assert!(message.contains("another spec.serviceName"), "{message}");
    assert!(!message.contains("delete that service"), "{message}");
}

#[tokio::test]
async fn another_infrastructure_role_is_said_to_be_of_a_service_that_was_made_outside() {
    let mut world = World::ready(&json!({})).await;
    world.outside(&json!({"purge": true}));
    world.pass_time(Duration::from_secs(5));
    let other = "arn:aws:iam::123456789012:role/other";
    somebody_creates(&world, other, &owned_by("cluster-1", "team-a", "shop"));
    world.until_condition("Stalled", "True Immutable").await;
    let message = world.message("Stalled");
    assert!(message.contains("replaced outside Kubernetes"), "{message}");
    assert!(message.contains(other), "{message}");
    world.rests().await;
}

#[tokio::test]
async fn reported_drift_leaves_the_service_ready_and_warns_once() {
    let mut world = World::ready(&json!({"driftPolicy": "Report"})).await;
    world.outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    world.until_condition("Synced", "False Drifted").await;
    world.run(HOUR).await;
    assert_eq!(world.condition("Ready"), "True Drifted");
    assert_eq!(world.condition("Stalled"), "absent");
    assert_eq!(world.condition("Reconciling"), "absent");
    assert!(
        world.message("Synced").contains("other:1"),
        "{}",
        world.message("Synced")
    );
    assert_eq!(the_warning(&world).reason, "Drifted");
    world.rests().await;
    // What is not known for a while is known again.
    let fault = Fault::new(DESCRIBE, "AccessDeniedException", "no");
    world.emulator.fail_next(fault.times(10_000));
    world.nudge();
    world.until_condition("Ready", "Unknown AccessDenied").await;
    world.emulator.with_model(|model| model.clear_faults());
    world.until_condition("Ready", "True Drifted").await;
    world.restart_operator().await;
    world.rests().await;
    assert_eq!(world.calls(UPDATE), 0);
}

#[tokio::test]
async fn drift_that_is_reported_before_the_spec_ever_ran_is_not_ready_and_stalled() {
    let mut world = World::ready(&json!({"driftPolicy": "Report"})).await;
    world.outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    world.pass_time(HOUR);
    world.api.lose_status(&world.key);
    world.restart_operator().await;
    world.run(HOUR).await;
    assert_eq!(world.condition("Synced"), "False Drifted");
    assert_eq!(world.condition("Ready"), "False Drifted");
    assert_eq!(world.condition("Stalled"), "True Drifted");
}

#[tokio::test]
async fn under_report_a_service_deleted_outside_is_stalled_and_a_warning() {
    for change in [json!({"purge": true}), json!({"delete": true})] {
        let mut world = World::ready(&json!({"driftPolicy": "Report"})).await;
        world.outside(&change);
        world
            .until_condition("Stalled", "True ServiceDeleted")
            .await;
        assert_eq!(world.condition("Ready"), "False ServiceDeleted");
        let warnings = warnings(&world);
        let last = warnings.last().unwrap();
        assert_eq!(last.reason, "ServiceDeleted", "{warnings:#?}");
        assert!(last.note.contains("driftPolicy"), "{last:?}");
        // ECS forgets the INACTIVE record meanwhile.
        world.run(2 * HOUR).await;
        world.rests().await;
    }
}

#[tokio::test]
async fn a_service_deleted_outside_while_suspended_is_stalled_and_a_warning() {
    for change in [json!({"purge": true}), json!({"delete": true})] {
        let mut world = World::ready(&json!({"suspend": false})).await;
        world.apply(&json!({"suspend": true}));
        world.until_condition("Ready", "True Suspended").await;
        world.outside(&change);
        world
            .until_condition("Stalled", "True ServiceDeleted")
            .await;
        assert_eq!(world.condition("Ready"), "False Suspended");
        let message = world.message("Ready");
        assert!(
            message.contains("was deleted outside Kubernetes"),
            "{message}"
        );
        assert!(message.contains("spec.suspend"), "{message}");
        assert!(!warnings(&world).is_empty());
        world.run(2 * HOUR).await;
        world.rests().await;
        assert_eq!(world.calls(CREATE), 1);
        world.apply(&json!({"suspend": false}));
        world.until_ready().await;
    }
}

#[tokio::test]
async fn one_look_that_misses_a_suspended_service_clears_nothing() {
    let mut world = World::ready(&json!({"suspend": false})).await;
    world.apply(&json!({"suspend": true}));
    world.until_condition("Ready", "True Suspended").await;
    world.api.take_events();
    let before = world.status();
    let fault = Fault::new(DESCRIBE, "ResourceNotFoundException", "no");
    world.emulator.fail_next(fault);
    world.nudge();
    world.run(HOUR).await;
    assert_eq!(world.status(), before);
    assert_eq!(world.take_events(), Vec::<&str>::new());
}

#[tokio::test]
async fn a_suspended_service_that_drifts_stays_ready_and_says_so() {
    let mut world = World::ready(&json!({"suspend": false})).await;
    world.apply(&json!({"suspend": true}));
    world.until_condition("Ready", "True Suspended").await;
    world.outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    world.until_condition("Synced", "False Drifted").await;
    world.run(HOUR).await;
    assert_eq!(world.condition("Ready"), "True Suspended");
    assert!(
        world.message("Ready").contains("other:1"),
        "{}",
        world.message("Ready")
    );
    assert_eq!(the_warning(&world).reason, "Drifted");
    world.rests().await;
}

#[tokio::test]
async fn an_edit_of_a_suspended_service_is_said_to_wait() {
    let mut world = World::ready(&json!({"suspend": false})).await;
    world.apply(&json!({"suspend": true, "primaryContainer": {"image": "shop:2"}}));
    world.run(HOUR).await;
    assert_eq!(world.condition("Ready"), "False Suspended");
    assert_eq!(world.condition("Synced"), "False Suspended");
    let message = world.message("Ready");
    assert!(
        message.contains("spec.primaryContainer.image: spec has shop:2, ECS has shop:1"),
        "{message}"
    );
    assert_eq!(warnings(&world), Vec::<Event>::new());
}

#[tokio::test]
async fn a_service_that_cannot_be_read_any_more_is_a_warning() {
    for (code, text, reason) in [
        ("ServerException", "oops", "Unavailable"),
        ("ThrottlingException", "Rate exceeded", "Throttled"),
        ("AccessDeniedException", "not authorized", "AccessDenied"),
    ] {
        let mut world = World::ready(&json!({})).await;
        world
            .emulator
            .fail_next(Fault::new(DESCRIBE, code, text).times(10_000));
        world
            .until("lost", |world| {
                world.condition("Ready") == format!("Unknown {reason}")
            })
            .await;
        let warning = the_warning(&world);
        assert_eq!(warning.reason, reason);
        assert!(warning.note.contains(text), "{warning:?}");
    }
}

#[tokio::test]
async fn a_first_create_that_is_throttled_for_long_is_one_warning() {
    let mut world = World::new().await;
    let fault = Fault::new(CREATE, "ThrottlingException", "Rate exceeded");
    world.emulator.fail_next(fault.times(10_000));
    world.apply(&json!({}));
    world.run(Duration::from_secs(60)).await;
    assert_eq!(warnings(&world), Vec::<Event>::new(), "a throttle passes");
    world.run(2 * HOUR).await;
    let warning = the_warning(&world);
    assert_eq!(warning.reason, "Throttled");
    assert!(warning.note.contains("Rate exceeded"), "{warning:?}");
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed_is_a_warning_at_once_and_again_when_it_lasts() {
    let mut world = World::new().await;
    let fault = Fault::new(CREATE, "AccessDeniedException", "Cannot assume role x");
    world.emulator.fail_next(fault.times(10_000));
    world.apply(&json!({}));
    world.pass().await;
    assert_eq!(the_warning(&world).reason, "RoleNotUsable");
    world.until_condition("Stalled", "True RoleNotUsable").await;
    assert_eq!(the_warning(&world).reason, "RoleNotUsable");
}

#[tokio::test]
async fn a_service_that_another_object_has_released_is_offered_for_adoption() {
    let mut world = World::new().await;
    let mut tags = owned_by("cluster-1", "team-b", "web");
    tags[3]["value"] = json!("released");
    somebody_creates(&world, ROLE, &tags);
    world.apply(&json!({}));
    world.until_condition("Stalled", "True NotOwned").await;
    let message = world.message("Stalled");
    assert!(
        message.contains("set spec.adoptionPolicy to Adopt"),
        "{message}"
    );
    assert!(!message.contains("which manages it"), "{message}");
}

#[tokio::test]
async fn a_passing_failure_of_reads_does_not_tell_anew_of_what_waits_for_a_person() {
    let mut world = World::ready(&json!({"primaryContainer": {"image": "shop:1"}})).await;
    world
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    world.until_condition("Stalled", "True RolledBack").await;
    world.run(Duration::from_secs(120)).await;
    warnings(&world);
    let throttle = Fault::new(DESCRIBE, "ThrottlingException", "Rate exceeded");
    world.emulator.fail_next(throttle.times(15));
    world.annotate("somebody", "looks");
    world.until_condition("Ready", "Unknown Throttled").await;
    assert_eq!(world.condition("Stalled"), "True RolledBack");
    assert_eq!(world.condition("Reconciling"), "absent");
    world.until_condition("Ready", "False RolledBack").await;
    assert_eq!(warnings(&world), Vec::<Event>::new());
}

#[tokio::test]
async fn an_edit_that_cannot_be_judged_yet_does_not_wait_for_a_person() {
    let mut world = World::ready(&json!({"primaryContainer": {"image": "shop:1"}})).await;
    world
        .emulator
        .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    world.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    world.until_condition("Stalled", "True RolledBack").await;
    let throttle = Fault::new(DESCRIBE, "ThrottlingException", "Rate exceeded");
    world.emulator.fail_next(throttle.times(15));
    world.apply(&json!({"primaryContainer": {"image": "shop:3"}}));
    world.until_condition("Ready", "Unknown Throttled").await;
    assert_eq!(world.condition("Stalled"), "absent");
    world.until_ready().await;
}

#[tokio::test]
async fn a_passing_failure_of_reads_does_not_begin_the_wait_for_a_role_anew() {
    let mut world = World::new().await;
    let role = Fault::new(CREATE, "AccessDeniedException", "Cannot assume role x");
    world.emulator.fail_next(role.times(10_000));
    world.apply(&json!({}));
    world.run(Duration::from_secs(240)).await;
    assert_eq!(world.condition("Reconciling"), "True RoleNotUsable");
    let throttle = Fault::new(DESCRIBE, "ThrottlingException", "Rate exceeded");
    world.emulator.fail_next(throttle.times(12));
    world.annotate("somebody", "looks");
    world.until_condition("Ready", "Unknown Throttled").await;
    world.run(Duration::from_secs(60)).await;
    let creates = world.calls(CREATE);
    world
        .until("another try", |world| world.calls(CREATE) > creates)
        .await;
    assert_eq!(world.condition("Stalled"), "True RoleNotUsable");
}
