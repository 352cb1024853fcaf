//! Faults of AWS: lost responses, unreadable services, throttling, and credentials of another account.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::{Value, json};

use crate::harness::simulated_cluster::{CREATE, DELETE, DESCRIBE, SimulatedCluster, UPDATE};

#[tokio::test]
async fn an_update_whose_response_was_lost_is_not_sent_twice() {
    for code in ["ConnectionReset", "ServerException"] {
        for restart in [false, true] {
            let mut cluster = SimulatedCluster::ready(&json!({})).await;
            cluster
                .emulator
                .fail_next(Fault::new(UPDATE, code, "lost").applied());
            cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
            cluster.reconcile_once().await;
            if restart {
                cluster.restart_operator();
            }
            cluster.until_ready().await;
            cluster.assert_idle().await;
            assert_eq!(cluster.calls(UPDATE), 1, "{code}, restart: {restart}");
        }
    }
}

#[tokio::test]
async fn a_service_that_cannot_be_read_is_ready_unknown_and_nothing_is_destroyed() {
    for (code, text, reason) in [
        ("AccessDeniedException", "not authorized", "AccessDenied"),
        ("ClientException", "whatever", "Refused"),
        ("UnsupportedFeatureException", "not here", "Unsupported"),
        ("InvalidParameterException", "whatever", "InvalidParameter"),
        ("SomethingNewException", "who knows", "Refused"),
        (
            "UnrecognizedClientException",
            "The security token included in the request is invalid",
            "CredentialsNotAccepted",
        ),
        ("ServerException", "oops", "Unavailable"),
        ("ThrottlingException", "Rate exceeded", "Throttled"),
    ] {
        let mut cluster = SimulatedCluster::ready(&json!({})).await;
        let (url, sent) = (cluster.status().url, cluster.changes_sent());
        cluster
            .emulator
            .fail_next(Fault::new(DESCRIBE, code, text).times(10_000));
        cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
        cluster.run(Duration::from_secs(30)).await;
        assert_eq!(
            cluster.condition("Ready"),
            format!("Unknown {reason}"),
            "{code}"
        );
        assert!(cluster.message("Ready").contains(text));
        assert_eq!((cluster.status().url, cluster.changes_sent()), (url, sent));
        cluster
            .emulator
            .with_model(ecs_express_emulator::Model::clear_faults);
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(
            (cluster.calls(UPDATE), cluster.calls(CREATE)),
            (1, 1),
            "{code}"
        );
    }
}

#[tokio::test]
async fn two_observations_without_the_service_do_not_count_across_one_that_finds_it() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    for time in 0..5 {
        let reads = cluster.calls(DESCRIBE);
        cluster
            .emulator
            .fail_next(Fault::new(DESCRIBE, "ResourceNotFoundException", "no"));
        cluster.annotate("somebody", &format!("edits {time}"));
        cluster.run(Duration::from_secs(30)).await;
        assert!(cluster.calls(DESCRIBE) > reads + 1, "missed, then seen");
    }
    cluster.until_ready().await;
    assert_eq!(cluster.calls(CREATE), 1);
    assert_eq!(cluster.calls(DELETE), 0);
}

#[tokio::test]
async fn throttling_and_server_errors_back_off() {
    for (code, text, most) in [
        ("ThrottlingException", "Rate exceeded", 12),
        ("AccessDeniedException", "no", 8),
        ("InvalidParameterException", "no", 3),
    ] {
        let mut cluster = SimulatedCluster::new().await;
        cluster
            .emulator
            .fail_next(Fault::new(CREATE, code, text).times(10_000));
        cluster.apply(&json!({}));
        cluster.run(Duration::from_secs(600)).await;
        let creates = cluster.calls(CREATE);
        println!(
            "{code}: {creates} creates, {} calls in ten minutes",
            cluster.emulator.calls().len()
        );
        assert!((2..=most).contains(&creates), "{code}: {creates}");
    }
}

#[tokio::test]
async fn reads_that_are_throttled_back_off() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    let before = cluster.calls(DESCRIBE);
    let fault = Fault::new(DESCRIBE, "ThrottlingException", "Rate exceeded");
    cluster.emulator.fail_next(fault.times(10_000));
    cluster.requeue_now();
    cluster.run(Duration::from_secs(600)).await;
    let reads = cluster.calls(DESCRIBE) - before;
    println!("{reads} reads in ten minutes, three for each observation");
    assert!((6..=36).contains(&reads), "{reads}");
}

#[tokio::test]
async fn a_service_recovers_when_its_missing_cluster_is_created() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.apply(&json!({"cluster": "web"}));
    cluster
        .until_condition("Stalled", "True ClusterNotFound")
        .await;
    let change = json!({"cluster": "web", "exists": true});
    cluster
        .emulator
        .change(ecs_express_emulator::Change::from_wire(&change).unwrap())
        .unwrap();
    cluster.until_ready().await;
    assert_eq!(cluster.condition("Stalled"), "absent");
}

#[tokio::test]
async fn a_role_that_stays_unusable_stalls_the_service_after_some_minutes_and_recovers() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.emulator.fail_next(
        Fault::new(CREATE, "AccessDeniedException", "Cannot assume role x").times(10_000),
    );
    cluster.apply(&json!({}));
    cluster.run(Duration::from_secs(30)).await;
    assert_eq!(cluster.condition("Reconciling"), "True RoleNotUsable");
    cluster
        .until_condition("Stalled", "True RoleNotUsable")
        .await;
    cluster
        .emulator
        .with_model(ecs_express_emulator::Model::clear_faults);
    cluster.until_ready().await;
}

#[tokio::test]
async fn with_credentials_of_another_account_nothing_is_sent_and_service_resumes_when_the_first_are_back()
 {
    for change in [
        json!({"primaryContainer": {"image": "shop:2"}}),
        Value::Null,
    ] {
        let mut cluster = SimulatedCluster::ready(&json!({})).await;
        let sent = cluster.changes_sent();
        cluster.access_key = "210987654321".into();
        cluster.restart_operator();
        if change.is_null() {
            cluster.delete();
        } else {
            cluster.apply(&change);
        }
        cluster.run(Duration::from_secs(3600)).await;
        assert_eq!(cluster.condition("Stalled"), "True IdentityChanged");
        assert!(
            cluster.message("Stalled").contains("210987654321"),
            "{}",
            cluster.message("Stalled")
        );
        assert_eq!(cluster.changes_sent(), sent);
        cluster.access_key = "AKIDEXAMPLE".into();
        cluster.restart_operator();
        if change.is_null() {
            cluster.until_gone().await;
        } else {
            cluster.until_ready().await;
        }
        assert_eq!(cluster.calls(CREATE), 1);
    }
}

#[tokio::test]
async fn a_cluster_of_another_account_is_rejected_before_any_call() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.apply(&json!({"cluster": "arn:aws:ecs:eu-west-1:210987654321:cluster/web"}));
    cluster.run(Duration::from_secs(600)).await;
    assert_eq!(cluster.condition("Stalled"), "True InvalidSpec");
    assert!(cluster.message("Stalled").starts_with("spec.cluster: "));
    assert_eq!(cluster.changes_sent(), 0);
    cluster.delete();
    cluster.until_gone().await;
}

#[tokio::test]
async fn nothing_is_sent_while_the_caller_identity_is_unknown() {
    let mut cluster = SimulatedCluster::new().await;
    cluster
        .emulator
        .fail_next(Fault::new("GetCallerIdentity", "ExpiredTokenException", "expired").times(100));
    cluster.apply(&json!({}));
    cluster.run(Duration::from_secs(60)).await;
    assert_eq!(cluster.condition("Ready"), "Unknown CredentialsNotAccepted");
    assert_eq!(cluster.changes_sent(), 0);
    cluster
        .emulator
        .with_model(ecs_express_emulator::Model::clear_faults);
    cluster.until_ready().await;
    assert_eq!(cluster.calls(CREATE), 1);
}
