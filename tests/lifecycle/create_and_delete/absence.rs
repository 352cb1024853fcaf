//! Confirmed absence: cases in which a small slip would delete or recreate a service wrongly.

use std::time::Duration;

use ecs_express_emulator::{Fault, Model};
use ecs_express_operator::controller::reconcile;
use serde_json::json;
use test_support::api_server::Definition;

use crate::harness::simulated_cluster::{CREATE, DELETE, DESCRIBE, SimulatedCluster, UPDATE};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

fn missing() -> Fault {
    Fault::new(DESCRIBE, "ResourceNotFoundException", "no")
}

#[tokio::test]
async fn two_responses_that_miss_a_service_do_not_confirm_its_absence_if_it_was_observed_between_them()
 {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    for _ in 0..2 {
        let observations = cluster.calls(DESCRIBE);
        cluster.emulator.fail_next(missing());
        cluster.run(HOUR).await;
        assert!(cluster.calls(DESCRIBE) > observations + 2);
        assert_eq!(cluster.calls(CREATE), 1);
        assert!(cluster.is_ready());
    }
}

#[tokio::test]
async fn a_create_whose_response_is_lost_invalidates_the_earlier_confirmation_of_absence() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster
        .emulator
        .change_settings(&json!({"createVisibleSeconds": 60}))
        .unwrap();
    cluster.apply(&json!({"suspend": true}));
    cluster.run(MINUTE).await;
    cluster.change_outside(&json!({"purge": true}));
    cluster.requeue_now();
    // Confirmed for much longer than a create may take to become visible.
    cluster.run(MINUTE * 30).await;
    let lost = Fault::new(CREATE, "ConnectionReset", "lost").applied();
    cluster.emulator.fail_next(lost);
    cluster.apply(&json!({}));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(CREATE), 2);
}

#[tokio::test]
async fn a_create_of_another_process_after_a_lost_status_invalidates_the_confirmation_of_absence() {
    let mut cluster = SimulatedCluster::with(json!({"createVisibleSeconds": 60})).await;
    cluster
        .emulator
        .fail_next(Fault::new(CREATE, "ConnectionReset", "lost"));
    cluster.apply(&json!({}));
    cluster.run(MINUTE).await;
    assert_eq!(cluster.calls(CREATE), 1);
    // The other process counts its intents from the beginning, since it has no operator state.
    cluster.api.lose_status(&cluster.key);
    let other = cluster.second_operator();
    while cluster.calls(CREATE) == 1 {
        reconcile(&other, &cluster.key).await;
        cluster.advance(Duration::from_secs(1));
    }
    cluster.requeue_now();
    cluster.until_ready().await;
    assert_eq!(cluster.calls(CREATE), 2);
}

#[tokio::test]
async fn an_empty_list_that_was_not_the_cause_of_the_error_is_sent_again() {
    for code in ["ThrottlingException", "AccessDeniedException"] {
        let groups = json!({"networkConfiguration": {"securityGroups": ["sg-0123abcd"]}});
        let mut cluster = SimulatedCluster::ready(&groups).await;
        cluster
            .emulator
            .fail_next(Fault::new(UPDATE, code, "not now"));
        cluster.apply(&json!({}));
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(cluster.condition("Synced"), "True InSync", "{code}");
        let updates = cluster.sent(UPDATE);
        assert_eq!(updates.len(), 2, "{code}");
        let groups = &updates[1]["networkConfiguration"]["securityGroups"];
        assert_eq!(*groups, json!([]), "{code}");
    }
}

#[tokio::test]
async fn a_service_that_only_describe_services_shows_is_waited_for_and_never_created_again() {
    for deleted in [false, true] {
        let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
        let lost = Fault::new(CREATE, "ServerException", "lost").applied();
        cluster.emulator.fail_next(lost);
        cluster.emulator.fail_next(missing().times(10_000));
        cluster.apply(&json!({}));
        cluster.run(Duration::from_secs(60)).await;
        if deleted {
            cluster.delete();
        }
        cluster.run(Duration::from_secs(4 * 3600)).await;
        assert_eq!((cluster.calls(CREATE), cluster.calls(DELETE)), (1, 0));
        let object = cluster.api.stored(&cluster.key);
        assert!(object.is_some(), "its service may live");
        assert_eq!(
            cluster.condition("Reconciling"),
            "True Waiting",
            "{deleted}"
        );
        let message = cluster.message("Reconciling");
        assert!(
            message.contains("DescribeServices shows the service"),
            "{message}"
        );

        cluster.emulator.with_model(Model::clear_faults);
        if deleted {
            cluster.until_gone().await;
            assert_eq!(cluster.service()["statusCode"], "INACTIVE");
        } else {
            cluster.until_ready().await;
            cluster.assert_idle().await;
        }
        assert_eq!(cluster.calls(CREATE), 1);
    }
}

#[tokio::test]
async fn an_object_is_not_released_while_describe_services_shows_its_service() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.emulator.fail_next(missing().times(10_000));
    cluster.delete();
    cluster.run(HOUR).await;
    assert!(cluster.api.stored(&cluster.key).is_some());
    assert_eq!(cluster.condition("Reconciling"), "True Waiting");
    let message = cluster.message("Reconciling");
    assert!(message.contains("DescribeServices shows"), "{message}");
    cluster.emulator.with_model(Model::clear_faults);
    cluster.until_gone().await;
    assert_eq!(cluster.service()["statusCode"], "INACTIVE");
}

#[tokio::test]
async fn a_service_that_describe_services_shows_is_neither_created_again_nor_reported_as_deleted() {
    for policy in ["Correct", "Report"] {
        let mut cluster = SimulatedCluster::ready(&json!({"driftPolicy": policy})).await;
        cluster.emulator.fail_next(missing().times(10_000));
        cluster.requeue_now();
        cluster.run(HOUR).await;
        assert_eq!(cluster.calls(CREATE), 1, "{policy}");
        let events = cluster.take_events();
        assert!(!events.contains(&"ServiceDeleted"), "{policy}: {events:?}");
        cluster.emulator.with_model(Model::clear_faults);
        cluster.until_ready().await;
    }
}

#[tokio::test]
async fn an_absence_that_describe_services_cannot_confirm_yet_is_waited_for() {
    for (code, waits) in [
        ("ThrottlingException", true),
        ("AccessDeniedException", false),
    ] {
        let mut cluster = SimulatedCluster::ready(&json!({})).await;
        cluster.change_outside(&json!({"purge": true}));
        let unanswered = Fault::new("DescribeServices", code, "no").times(10_000);
        cluster.emulator.fail_next(unanswered);
        cluster.delete();
        cluster.run(HOUR).await;
        let is_there = cluster.api.stored(&cluster.key).is_some();
        assert_eq!(is_there, waits, "{code}");
        cluster.emulator.with_model(Model::clear_faults);
        cluster.until_gone().await;
    }
}

/// The process that sent the create is the only one that knows of it.
#[tokio::test]
async fn an_object_whose_create_in_doubt_is_not_stored_is_not_released_while_its_service_may_live()
{
    for unreadable in [
        Fault::new(DESCRIBE, "AccessDeniedException", "not authorized"),
        // DescribeServices still shows it.
        missing(),
    ] {
        let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
        cluster.api.prune_members(&["intent"]);
        let lost = Fault::new(CREATE, "ConnectionReset", "lost").applied();
        cluster.emulator.fail_next(lost);
        cluster.apply(&json!({}));
        cluster.reconcile_once().await;
        assert_eq!(cluster.calls(CREATE), 1);
        let code = unreadable.code.clone();
        cluster.emulator.fail_next(unreadable.times(10_000));
        cluster.delete();
        cluster.run(HOUR).await;
        assert!(cluster.api.stored(&cluster.key).is_some(), "{code}");
        cluster.emulator.with_model(Model::clear_faults);
        cluster.api.serve(Definition::current());
        cluster.until_gone().await;
        assert_eq!(cluster.service()["statusCode"], "INACTIVE", "{code}");
    }
}
