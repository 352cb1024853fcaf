//! Concurrent writes: edits and other changes between an observation and its report.

use std::time::Duration;

use ecs_express_emulator::Fault;
use ecs_express_operator::controller::{Requeue, objects::status_json};
use serde_json::json;

use crate::harness::simulated_cluster::{CREATE, DESCRIBE, SimulatedCluster, UPDATE};

#[tokio::test]
async fn an_edit_is_reconciled_at_once_even_if_the_next_requeue_is_far_away() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    let observations = cluster.calls(DESCRIBE);
    let next = cluster.reconcile_once().await;
    assert!(
        matches!(next, Requeue::After(rest) if rest > Duration::from_secs(60)),
        "{next:?}"
    );
    assert_eq!(
        cluster.calls(DESCRIBE),
        observations,
        "an observation of an unchanged object"
    );
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.reconcile_once().await;
    assert_eq!(cluster.calls(UPDATE), 1);
}

#[tokio::test]
async fn an_edit_between_an_observation_and_its_report_is_reconciled_even_if_the_report_is_written_after_it()
 {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.reconcile_once().await;
    assert_eq!(cluster.calls(UPDATE), 1);
    cluster.api.meanwhile(|object| {
        object["spec"]["primaryContainer"]["image"] = json!("shop:3");
        object["metadata"]["generation"] = json!(9);
    });
    cluster
        .until("the other edit", |cluster| {
            cluster.api.spec(&cluster.key)["primaryContainer"]["image"] == "shop:3"
        })
        .await;
    let observations = cluster.calls(DESCRIBE);
    cluster.reconcile_once().await;
    assert!(
        cluster.calls(DESCRIBE) > observations,
        "the edit was taken for an echo"
    );
}

#[tokio::test]
async fn the_result_of_a_call_is_not_written_into_another_object_of_the_same_name() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.apply(&json!({}));
    cluster.api.meanwhile(|object| {
        let metadata = object["metadata"].as_object_mut().unwrap();
        metadata.insert("uid".into(), json!("another"));
        metadata.remove("finalizers");
        metadata.remove("annotations");
    });
    cluster.reconcile_once().await;
    assert_eq!(cluster.calls(CREATE), 1);
    let stored = cluster.api.stored(&cluster.key).unwrap();
    assert_eq!(stored.metadata.uid.as_deref(), Some("another"));
    let status = stored.status.unwrap();
    assert_eq!(
        status_json(&status),
        json!({"observedGeneration": -1}),
        "it is not observed yet"
    );
}

#[tokio::test]
async fn the_answer_to_a_call_is_reported_on_top_of_the_status_of_another_writer() {
    for attempts in [1, 2] {
        let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
        let refused = Fault::new(CREATE, "ClientException", "not at this time");
        cluster.emulator.fail_next(refused);
        cluster.apply(&json!({}));
        cluster.api.meanwhile(|object| {
            object["status"] = json!({"runningCount": 7});
        });
        cluster.api.conflict_next(attempts - 1);
        cluster.reconcile_once().await;
        assert_eq!(cluster.calls(CREATE), 1);
        assert_eq!(cluster.condition("Ready"), "False Refused");
        let message = cluster.message("Ready");
        assert!(message.contains("not at this time"), "{message}");
        let intent = cluster.status().operator_state.unwrap().intent.unwrap();
        assert_eq!(intent.outcome.as_deref(), Some("Rejected"));
        // It backs off as after any other refusal.
        cluster.run(Duration::from_secs(2)).await;
        assert_eq!(cluster.calls(CREATE), 1);
        cluster.until_ready().await;
    }
}

#[tokio::test]
async fn an_observation_is_not_reported_on_top_of_the_status_of_another_writer() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.api.take_writes();
    cluster.apply(&json!({"driftPolicy": "Report"}));
    cluster.api.meanwhile(|object| {
        object["status"]["runningCount"] = json!(7);
    });
    cluster.reconcile_once().await;
    assert_eq!(cluster.status().running_count, Some(7));
    assert_eq!(cluster.api.take_writes(), Vec::<String>::new());
}

#[tokio::test]
async fn an_object_that_was_not_found_once_is_reconciled_again() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.apply(&json!({}));
    cluster.api.not_found_next(1);
    cluster.reconcile_once().await;
    assert_eq!(cluster.calls(CREATE), 1);
    cluster.until_ready().await;
    assert_eq!(cluster.calls(CREATE), 1);
}

#[tokio::test]
async fn a_report_is_not_written_over_a_state_that_a_former_version_stored_meanwhile() {
    for field in ["memory", "operatorState"] {
        let mut cluster = SimulatedCluster::new().await;
        cluster.apply(&json!({}));
        let theirs = json!({
            "scheme": 1,
            "intent": {
                "operation": "Create", "hash": "theirs", "counter": 77, "at": "2026-11-24T00:00:00Z",
            },
        });
        let state = theirs.clone();
        cluster.api.meanwhile(move |object| {
            object["status"] = json!({ (field): state });
        });
        cluster.reconcile_once().await;
        let stored = cluster.api.snapshot(&cluster.key)["status"].clone();
        assert_eq!(stored, json!({ (field): theirs }), "{field}");
        // It counts from now on.
        cluster.until_ready().await;
        assert_eq!(cluster.calls("CreateExpressGatewayService"), 1, "{field}");
    }
}
