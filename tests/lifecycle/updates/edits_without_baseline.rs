//! Edits without a recorded baseline: after a lost status, a lost create, or during an adoption. None is lost.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use serde_json::{Value, json};
use test_support::manifest::spec;

use crate::{
    harness::api_server::Stored,
    harness::image_specs::{image, reported},
    harness::simulated_cluster::{CREATE, SERVICE, SimulatedCluster, UPDATE},
};

const MINUTES: Duration = Duration::from_secs(600);

/// The image of the last update that was sent.
fn last_image(cluster: &SimulatedCluster) -> Value {
    let updates = cluster.sent(UPDATE);
    updates
        .last()
        .map(|update| update["primaryContainer"]["image"].clone())
        .unwrap_or_default()
}

#[tokio::test]
async fn an_edit_after_a_rollback_and_a_restore_without_status_is_sent() {
    for policy in ["Correct", "Report"] {
        let spec = |tag| json!({"primaryContainer": {"image": format!("shop:{tag}")}, "driftPolicy": policy});
        let mut cluster = SimulatedCluster::ready(&spec(1)).await;
        cluster
            .emulator
            .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
        cluster.apply(&spec(2));
        cluster.until_condition("Stalled", "True RolledBack").await;
        cluster.api.lose_status(&cluster.key);
        cluster.restart_operator();
        cluster.run(MINUTES).await;
        assert_eq!(cluster.calls(UPDATE), 1, "{policy}");
        cluster.apply(&spec(3));
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(cluster.calls(UPDATE), 2, "{policy}");
        assert_eq!(last_image(&cluster), "shop:3", "{policy}");
    }
}

#[tokio::test]
async fn an_edit_after_a_restore_without_status_is_sent_even_where_drift_is_only_reported() {
    let mut cluster = SimulatedCluster::ready(&reported(1)).await;
    cluster.change_outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    cluster.advance(MINUTES);
    cluster.api.lose_status(&cluster.key);
    cluster.restart_operator();
    cluster.run(MINUTES).await;
    assert_eq!(cluster.calls(UPDATE), 0, "drift is only reported");
    cluster.apply(&reported(2));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 1);
    assert_eq!(last_image(&cluster), "shop:2");
}

#[tokio::test]
async fn an_edit_after_a_lost_create_does_not_wait_for_a_deployment_that_never_ends() {
    for policy in ["Correct", "Report"] {
        for restart in [false, true] {
            let spec = |tag| json!({"primaryContainer": {"image": format!("shop:{tag}")}, "driftPolicy": policy});
            let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
            cluster.emulator.set_outcome(SERVICE, Outcome::NeverComesUp);
            cluster
                .emulator
                .fail_next(Fault::new(CREATE, "ConnectionReset", "lost").applied());
            cluster.apply(&spec(1));
            cluster.reconcile_once().await;
            if restart {
                cluster.restart_operator();
            }
            cluster.apply(&spec(2));
            cluster.until_ready().await;
            cluster.assert_idle().await;
            assert_eq!(
                (cluster.calls(CREATE), cluster.calls(UPDATE)),
                (1, 1),
                "{policy}, restart: {restart}"
            );
        }
    }
}

#[tokio::test]
async fn an_edit_after_a_crash_just_after_the_create_does_not_wait_for_a_deployment_that_never_ends()
 {
    for stored in [Stored::Yes, Stored::No] {
        let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
        cluster.emulator.set_outcome(SERVICE, Outcome::NeverComesUp);
        // The finalizer is stored, the create is sent, and the process crashes while it reports the result.
        cluster.api.crash_after(1, stored);
        cluster.apply(&image(1));
        cluster.reconcile_once().await;
        assert!(cluster.api.take_crash());
        cluster.apply(&image(2));
        cluster.restart_operator();
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(
            (cluster.calls(CREATE), cluster.calls(UPDATE)),
            (1, 1),
            "{stored:?}"
        );
    }
}

#[tokio::test]
async fn a_confirmed_adoption_whose_response_is_lost_sends_the_difference_whatever_the_drift_policy()
 {
    for policy in ["Correct", "Report"] {
        for restart in [false, true] {
            let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
            cluster.call_outside(
                CREATE,
                &spec(
                    &json!({"serviceName": SERVICE, "primaryContainer": {"image": "theirs:1"},
                    }),
                ),
            );
            cluster.advance(MINUTES);
            cluster.apply(&json!({"adoptionPolicy": "Adopt", "driftPolicy": policy}));
            cluster
                .until_condition("Stalled", "True AdoptionNotConfirmed")
                .await;
            let message = cluster.message("Stalled");
            let (_, hash) = message
                .rsplit_once("ecs-express.dev/adopt-confirm=")
                .unwrap();
            cluster
                .emulator
                .fail_next(Fault::new("TagResource", "ConnectionReset", "lost").applied());
            cluster.annotate("ecs-express.dev/adopt-confirm", hash);
            cluster.reconcile_once().await;
            if restart {
                cluster.restart_operator();
            }
            cluster.until_ready().await;
            cluster.assert_idle().await;
            assert_eq!(cluster.calls(UPDATE), 1, "{policy}, restart: {restart}");
            assert_eq!(cluster.service()["activeRevisions"][0]["image"], "shop:1");
        }
    }
}

#[tokio::test]
async fn a_retained_service_is_taken_back_with_the_new_configuration_as_an_edit_not_as_drift() {
    for policy in ["Correct", "Report"] {
        let mut cluster = SimulatedCluster::ready(&json!({"deletionPolicy": "Retain"})).await;
        cluster.delete();
        cluster.until_gone().await;
        cluster.take_events();
        cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}, "driftPolicy": policy}));
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(cluster.calls(UPDATE), 1, "{policy}");
        let events = cluster.take_events();
        assert!(
            events.contains(&"Updated") && !events.contains(&"DriftCorrected"),
            "{policy}: {events:?}"
        );
    }
}
