//! Create: exactly once, with the intent stored first, whatever happens to the response.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::json;

use crate::harness::simulated_cluster::{CREATE, SimulatedCluster};

#[tokio::test]
async fn one_write_to_kubernetes_and_one_read_of_ecs_come_before_the_create_call() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.apply(&json!({}));
    cluster.reconcile_once().await;
    let calls: Vec<String> = cluster
        .emulator
        .calls()
        .into_iter()
        .map(|call| call.action)
        .collect();
    assert_eq!(
        calls,
        ["GetCallerIdentity", "DescribeExpressGatewayService", CREATE]
    );
    assert_eq!(
        cluster.api.take_writes(),
        ["metadata", "status"],
        "the second is the report"
    );
}

#[tokio::test]
async fn a_service_becomes_ready_with_few_writes_and_then_idles() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.apply(&json!({}));
    cluster.until_ready().await;
    assert!(cluster.status().url.is_some());
    let writes = cluster.api.take_writes();
    println!("{} writes until Ready: {writes:?}", writes.len());
    assert!(writes.len() <= 4, "{} writes", writes.len());
    cluster.run(Duration::from_secs(120)).await;
    cluster.api.take_writes();
    let calls = cluster.emulator.calls().len();
    cluster.run(Duration::from_secs(3600)).await;
    assert_eq!(
        cluster.api.take_writes(),
        Vec::<String>::new(),
        "writes while idle"
    );
    let calls = cluster.emulator.calls().len() - calls;
    println!("{calls} calls in an hour while idle");
    // Two for each of twelve observations, and one that reads the managed resources.
    assert!(calls <= 25, "{calls} calls in an hour while idle");
    assert_eq!(cluster.calls("UpdateExpressGatewayService"), 0);
}

#[tokio::test]
async fn a_lost_response_creates_no_second_service() {
    for code in ["ServerException", "ConnectionReset"] {
        for applied in [true, false] {
            let mut cluster = SimulatedCluster::new().await;
            let fault = Fault::new(CREATE, code, "lost");
            cluster
                .emulator
                .fail_next(if applied { fault.applied() } else { fault });
            cluster.apply(&json!({}));
            cluster.until_ready().await;
            let creates = cluster.calls(CREATE);
            assert_eq!(
                creates,
                if applied { 1 } else { 2 },
                "{code}, applied: {applied}"
            );
        }
    }
}

#[tokio::test]
async fn a_rollout_is_few_writes_in_whatever_order_ecs_gives_its_two_revisions() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster
        .emulator
        .change_settings(&json!({"bakeSeconds": 180}))
        .unwrap();
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.api.take_writes();
    cluster.until_ready().await;
    let writes = cluster.api.take_writes().len();
    println!("{writes} writes of a rollout");
    assert!(writes <= 16, "{writes} writes");
}

#[tokio::test]
async fn times_with_fractions_of_a_second_are_no_status_change() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.advance(Duration::from_millis(300));
    cluster.apply(&json!({}));
    cluster.until_ready().await;
    cluster.assert_idle().await;
}

#[tokio::test]
async fn a_new_process_writes_nothing_for_an_idle_service() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.restart_operator();
    cluster.assert_idle().await;
    assert_eq!(cluster.changes_sent(), 1);
}

#[tokio::test]
async fn a_throttled_first_observation_does_not_cost_a_whole_settle_window() {
    let mut cluster = SimulatedCluster::new().await;
    let throttle = Fault::new(
        "DescribeExpressGatewayService",
        "ThrottlingException",
        "Rate exceeded",
    );
    cluster.emulator.fail_next(throttle.times(3));
    cluster.apply(&json!({}));
    cluster.run(Duration::from_secs(30)).await;
    assert_eq!(cluster.calls(CREATE), 1);
}
