//! Restarts, crashes, stale caches, conflicts and a second operator: one create, one update, no leak.

use std::time::Duration;

use ecs_express_operator::controller::reconcile;
use serde_json::{Value, json};

use crate::{
    harness::api_server::Stored,
    harness::simulated_cluster::{CREATE, DELETE, SimulatedCluster, UPDATE},
};

fn second() -> Value {
    json!({"primaryContainer": {"image": "shop:2"}})
}

/// A create, an update and a delete, each once, whatever happens in between.
async fn whole_life(cluster: &mut SimulatedCluster, on_the_way: &str) {
    cluster.apply(&json!({}));
    cluster.until_ready().await;
    cluster.apply(&second());
    cluster.until_ready().await;
    cluster.run(Duration::from_secs(60)).await;
    assert_eq!(
        (cluster.calls(CREATE), cluster.calls(UPDATE)),
        (1, 1),
        "{on_the_way}"
    );
    cluster.delete();
    cluster.until_gone().await;
    assert_eq!(cluster.service()["statusCode"], "INACTIVE", "{on_the_way}");
    assert_eq!(cluster.calls(CREATE), 1, "{on_the_way}");
}

#[tokio::test]
async fn a_restart_after_any_reconcile_changes_nothing() {
    for reconciles in 1..=12 {
        for edit in [false, true] {
            let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
            cluster.apply(&json!({}));
            if edit {
                cluster.until_ready().await;
                cluster.apply(&second());
            }
            for _ in 0..reconciles {
                cluster.reconcile_once().await;
                cluster.advance(Duration::from_secs(5));
            }
            cluster.restart_operator();
            cluster.until_ready().await;
            cluster.assert_idle().await;
            assert_eq!(
                (cluster.calls(CREATE), cluster.calls(UPDATE)),
                (1, usize::from(edit)),
                "{reconciles}"
            );
        }
    }
}

#[tokio::test]
async fn a_restart_after_every_reconcile_changes_nothing() {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    cluster.apply(&json!({}));
    for _ in 0..60 {
        cluster.reconcile_once().await;
        cluster.advance(Duration::from_secs(10));
        cluster.restart_operator();
    }
    assert!(cluster.is_ready());
    cluster.apply(&second());
    for _ in 0..60 {
        cluster.reconcile_once().await;
        cluster.advance(Duration::from_secs(10));
        cluster.restart_operator();
    }
    assert!(cluster.is_ready());
    assert_eq!((cluster.calls(CREATE), cluster.calls(UPDATE)), (1, 1));
}

#[tokio::test]
async fn a_restart_after_any_reconcile_of_a_deletion_leaks_nothing() {
    for reconciles in 0..15 {
        let mut cluster = SimulatedCluster::ready(&json!({})).await;
        cluster.delete();
        for _ in 0..reconciles {
            cluster.reconcile_once().await;
            cluster.advance(Duration::from_secs(12));
        }
        cluster.restart_operator();
        cluster.until_gone().await;
        assert_eq!(cluster.service()["statusCode"], "INACTIVE", "{reconciles}");
        assert_eq!(cluster.calls(DELETE), 1, "{reconciles}");
    }
}

#[tokio::test]
async fn a_process_that_dies_at_any_write_costs_no_second_call() {
    for stored in [Stored::Yes, Stored::No] {
        for writes in 0.. {
            let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
            cluster.api.crash_after(writes, stored);
            whole_life(
                &mut cluster,
                &format!("died at write {writes}, stored: {stored:?}"),
            )
            .await;
            if !cluster.crashed {
                assert!(writes > 10, "{writes} writes in a life");
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_lost_status_sends_nothing() {
    let mut cluster =
        SimulatedCluster::ready(&json!({"tags": [{"key": "team", "value": "a"}]})).await;
    let sent = cluster.changes_sent();
    cluster.api.lose_status(&cluster.key);
    cluster.restart_operator();
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.changes_sent(), sent);
}

#[tokio::test]
async fn a_status_lost_during_the_first_deployment_creates_nothing() {
    for seconds in [0, 3, 20, 60] {
        let mut cluster = SimulatedCluster::new().await;
        cluster.apply(&json!({}));
        cluster.reconcile_once().await;
        cluster.run(Duration::from_secs(seconds)).await;
        cluster.api.lose_status(&cluster.key);
        cluster.restart_operator();
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(
            (cluster.calls(CREATE), cluster.calls(UPDATE)),
            (1, 0),
            "{seconds}"
        );
    }
}

#[tokio::test]
async fn a_stale_cache_is_stopped_by_its_resource_version() {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    cluster.apply(&json!({}));
    cluster.api.freeze_cache(&cluster.key);
    for _ in 0..5 {
        cluster.reconcile_once().await;
        cluster.restart_operator();
    }
    assert_eq!(cluster.calls(CREATE), 1);
    cluster.api.thaw_cache();
    cluster.until_ready().await;
    cluster.apply(&second());
    cluster.api.freeze_cache(&cluster.key);
    for _ in 0..5 {
        cluster.reconcile_once().await;
        cluster.advance(Duration::from_secs(60));
        cluster.restart_operator();
    }
    assert_eq!(cluster.calls(UPDATE), 1);
    cluster.api.thaw_cache();
    cluster.until_ready().await;
    assert_eq!((cluster.calls(CREATE), cluster.calls(UPDATE)), (1, 1));
}

#[tokio::test]
async fn a_stale_cache_without_the_last_edit_does_not_undo_it() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    let lagging = cluster.second_operator();
    let before = cluster.api.snapshot(&cluster.key);
    cluster.apply(&second());
    cluster.until_ready().await;
    cluster.api.show(before);
    for _ in 0..5 {
        reconcile(&lagging, &cluster.key).await;
        cluster.advance(Duration::from_secs(20));
    }
    cluster.api.thaw_cache();
    assert!(cluster.is_ready());
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 1);
}

#[tokio::test]
async fn a_cache_that_lags_behind_own_writes_costs_no_call_and_no_conflict() {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    cluster.apply(&json!({}));
    let applied = cluster.api.snapshot(&cluster.key);
    cluster.reconcile_once().await;
    let written = cluster.api.take_written();
    assert!(written.len() > 1, "{written:#?}");
    let asked = cluster.emulator.calls().len();
    for stale in std::iter::once(applied).chain(written) {
        cluster.api.show(stale);
        cluster.reconcile_once().await;
    }
    cluster.api.thaw_cache();
    assert_eq!(cluster.emulator.calls().len(), asked);
    cluster.until_ready().await;
}

#[tokio::test]
async fn conflicts_on_the_report_lose_no_operator_state() {
    for conflicts in 1..=6 {
        let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
        cluster.apply(&json!({}));
        cluster.api.conflict_next(conflicts);
        cluster.until_ready().await;
        cluster.apply(&second());
        cluster.api.conflict_next(conflicts);
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(
            (cluster.calls(CREATE), cluster.calls(UPDATE)),
            (1, 1),
            "{conflicts}"
        );
    }
}

#[tokio::test]
async fn two_operators_at_once_make_one_create_and_one_update() {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    let other = cluster.second_operator();
    cluster.apply(&json!({}));
    for (edit, rounds) in [(false, 40), (true, 60)] {
        if edit {
            cluster.apply(&second());
        }
        for _ in 0..rounds {
            let key = cluster.key.clone();
            tokio::join!(reconcile(&cluster.operator, &key), reconcile(&other, &key));
            cluster.advance(Duration::from_secs(10));
        }
        assert!(cluster.is_ready(), "{:?}", cluster.status().conditions);
        assert_eq!(
            (cluster.calls(CREATE), cluster.calls(UPDATE)),
            (1, usize::from(edit))
        );
    }
    cluster.delete();
    for _ in 0..40 {
        let key = cluster.key.clone();
        tokio::join!(reconcile(&cluster.operator, &key), reconcile(&other, &key));
        cluster.advance(Duration::from_secs(10));
    }
    assert!(cluster.api.stored(&cluster.key).is_none());
    assert_eq!(cluster.service()["statusCode"], "INACTIVE");
}
