//! Creates that ECS rejects repeatedly, and creates in doubt: each backs off, and none is repeated or left behind.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::{Value, json};
use test_support::api_server::Definition;

use crate::{
    harness::api_server::{Stored, without_operator_state},
    harness::simulated_cluster::{CREATE, DELETE, DESCRIBE, SimulatedCluster, UPDATE},
};

const MINUTE: Duration = Duration::from_secs(60);

/// Whether both conditions were on the object after some write.
fn stalled_and_reconciling(written: &Value) -> bool {
    let conditions = written["status"]["conditions"].as_array();
    let holds = |kind: &str| {
        let mut conditions = conditions.into_iter().flatten();
        conditions.any(|condition| condition["type"] == kind && condition["status"] == "True")
    };
    holds("Stalled") && holds("Reconciling")
}

#[tokio::test]
async fn a_rejected_create_backs_off_even_where_a_service_existed_before() {
    for (code, text, most, stalled) in [
        (
            "AccessDeniedException",
            "not authorized",
            10,
            "True AccessDenied",
        ),
        (
            "AccessDeniedException",
            "Cannot assume role x",
            10,
            "True RoleNotUsable",
        ),
        (
            "ClusterNotFoundException",
            "Cluster not found.",
            10,
            "True ClusterNotFound",
        ),
        (
            "InvalidParameterException",
            "no",
            5,
            "True InvalidParameter",
        ),
        ("ThrottlingException", "Rate exceeded", 16, "absent"),
    ] {
        let mut cluster = SimulatedCluster::ready(&json!({})).await;
        let fault = Fault::new(CREATE, code, text);
        cluster.emulator.fail_next(fault.times(10_000));
        cluster.change_outside(&json!({"purge": true}));
        cluster.requeue_now();
        cluster.run(MINUTE).await;
        let creates = cluster.calls(CREATE);
        cluster.api.take_writes();
        cluster.api.take_written();
        cluster.take_events();
        cluster.run(MINUTE * 20).await;
        let creates = cluster.calls(CREATE) - creates;
        assert!((1..=most).contains(&creates), "{text}: {creates} creates");
        assert_eq!(cluster.condition("Stalled"), stalled, "{text}");
        let writes = cluster.api.take_writes();
        assert!(writes.len() <= creates * 2 + 2, "{text}: {writes:?}");
        let both = cluster
            .api
            .take_written()
            .iter()
            .any(stalled_and_reconciling);
        assert!(!both, "{text}: Stalled and Reconciling at once");
        let events = cluster.take_events();
        assert!(events.len() <= 2, "{text}: {events:?}");
        cluster
            .emulator
            .with_model(ecs_express_emulator::Model::clear_faults);
        cluster.until_ready().await;
        cluster.assert_idle().await;
    }
}

#[tokio::test]
async fn a_create_after_an_invalid_spec_is_not_repeated_when_the_process_dies_after_it() {
    for delete in [false, true] {
        for writes in 0..4 {
            let mut cluster = SimulatedCluster::with(json!({"createVisibleSeconds": 60})).await;
            let elsewhere = "arn:aws:ecs:us-east-1:123456789012:task-definition/shop:7";
            cluster.apply(&json!({"taskDefinitionArn": elsewhere}));
            cluster.run(MINUTE).await;
            assert_eq!(cluster.condition("Stalled"), "True InvalidSpec");
            cluster.api.crash_after(writes, Stored::No);
            cluster.apply(&json!({}));
            cluster.reconcile_once().await;
            if !cluster.api.take_crash() {
                continue;
            }
            cluster.restart_operator();
            if delete {
                cluster.delete();
                cluster.until_gone().await;
                cluster.run(MINUTE * 5).await;
                let code = cluster.service()["statusCode"].clone();
                assert!(code != "ACTIVE" && code != "DRAINING", "{writes}: {code}");
            } else {
                cluster.until_ready().await;
                cluster.assert_idle().await;
                assert_eq!(cluster.calls(CREATE), 1, "{writes}");
            }
        }
    }
}

#[tokio::test]
async fn nothing_is_sent_while_the_api_server_drops_the_intent() {
    for deletion in ["Delete", "Retain"] {
        let mut cluster = SimulatedCluster::ready(&json!({"deletionPolicy": deletion})).await;
        let sent = cluster.changes_sent();
        cluster.api.serve(without_operator_state());
        cluster
            .apply(&json!({"deletionPolicy": deletion, "primaryContainer": {"image": "shop:2"}}));
        cluster.run(MINUTE * 10).await;
        assert_eq!(cluster.changes_sent(), sent, "{deletion}");
        let message = cluster.message("Stalled");
        assert!(message.contains("CustomResourceDefinition"), "{message}");
        cluster.delete();
        cluster.run(MINUTE * 10).await;
        assert_eq!(cluster.changes_sent(), sent, "{deletion}");
        // Retaining a service needs no call.
        let gone = cluster.api.stored(&cluster.key).is_none();
        assert_eq!(gone, deletion == "Retain");
        if deletion == "Retain" {
            assert!(cluster.take_events().contains(&"Retained"));
            continue;
        }
        cluster.api.serve(Definition::current());
        cluster.until_gone().await;
        assert_eq!(cluster.calls(DELETE), 1);
    }
}

#[tokio::test]
async fn an_edit_is_sent_once_the_api_server_stores_the_intent_again() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.api.serve(without_operator_state());
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.run(MINUTE * 10).await;
    assert_eq!(cluster.calls(UPDATE), 0);
    cluster.api.serve(Definition::current());
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 1);
}

#[tokio::test]
async fn one_response_after_a_slow_finalizer_patch_does_not_confirm_absence() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    let annotations = json!({"metadata": {"annotations": null}});
    cluster.api.change(&cluster.key, &annotations);
    let missing = Fault::new(DESCRIBE, "ResourceNotFoundException", "no");
    cluster.emulator.fail_next(missing);
    cluster
        .api
        .delay_metadata_write(&cluster.clock, Duration::from_secs(15));
    cluster.requeue_now();
    cluster.reconcile_once().await;
    assert_eq!(cluster.calls(CREATE), 1);
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(CREATE), 1);
}

#[tokio::test]
async fn one_response_that_misses_a_suspended_service_removes_neither_its_url_nor_its_readiness() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.apply(&json!({"suspend": true}));
    cluster.run(MINUTE).await;
    let status = cluster.status();
    assert_eq!(cluster.condition("Ready"), "True Suspended");
    let missing = Fault::new(DESCRIBE, "ResourceNotFoundException", "no");
    cluster.emulator.fail_next(missing);
    cluster.annotate("somebody", "edits");
    cluster.api.take_writes();
    cluster.run(MINUTE).await;
    assert_eq!(cluster.status(), status);
    assert_eq!(cluster.api.take_writes(), Vec::<String>::new());
}

#[tokio::test]
async fn an_object_that_was_never_claimed_is_released_at_once_even_if_ecs_cannot_be_read() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.emulator.fail_next(unknown_region());
    cluster.apply(&json!({}));
    cluster.run(MINUTE * 10).await;
    assert_eq!(cluster.changes_sent(), 0);
    let finalizers = cluster
        .api
        .stored(&cluster.key)
        .unwrap()
        .metadata
        .finalizers;
    assert_eq!(finalizers.unwrap_or_default(), Vec::<String>::new());
    cluster.delete();
    cluster.until_gone().await;
}

#[tokio::test]
async fn an_object_whose_creates_were_all_rejected_can_be_deleted_even_if_ecs_cannot_be_read() {
    let mut cluster = SimulatedCluster::new().await;
    let refused = Fault::new(CREATE, "AccessDeniedException", "not authorized");
    cluster.emulator.fail_next(refused.times(10_000));
    cluster.apply(&json!({}));
    cluster
        .until_condition("Stalled", "True AccessDenied")
        .await;
    cluster.emulator.fail_next(unknown_region());
    cluster.take_events();
    cluster.delete();
    cluster.run(MINUTE).await;
    assert!(cluster.api.stored(&cluster.key).is_some(), "not at once");
    cluster.until_gone().await;
    let events = cluster.take_events();
    assert!(events.contains(&"LeftAlone"), "{events:?}");
}

/// The error of ECS in a Region that is not enabled for the account.
fn unknown_region() -> Fault {
    let text = "The security token included in the request is invalid.";
    Fault::new(DESCRIBE, "UnrecognizedClientException", text).times(10_000)
}

#[tokio::test]
async fn an_object_whose_create_may_have_been_sent_is_not_released_while_ecs_cannot_be_read() {
    for code in ["ConnectionReset", "ServerException"] {
        let mut cluster = SimulatedCluster::new().await;
        cluster
            .emulator
            .fail_next(Fault::new(CREATE, code, "lost").applied());
        cluster.apply(&json!({}));
        cluster.reconcile_once().await;
        cluster
            .emulator
            .fail_next(Fault::new(DESCRIBE, "AccessDeniedException", "no").times(10_000));
        cluster.delete();
        cluster.run(MINUTE * 60).await;
        assert!(cluster.api.stored(&cluster.key).is_some(), "{code}");
        cluster
            .emulator
            .with_model(ecs_express_emulator::Model::clear_faults);
        cluster.until_gone().await;
        assert_eq!(cluster.calls(DELETE), 1);
    }
}
