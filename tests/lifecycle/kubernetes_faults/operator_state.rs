//! An operator state that is lost, or of an unknown scheme: it is not used, and its absence changes nothing in ECS.

use serde_json::{Value, json};

use crate::harness::simulated_cluster::{SimulatedCluster, UPDATE};

const RESTART: &str = "ecs-express.dev/restart";
const RETRY: &str = "ecs-express.dev/retry";

/// A Ready service with a tag and an environment, whose restart and retry were done.
async fn restarted() -> SimulatedCluster {
    let mut cluster = SimulatedCluster::ready(&with_tag()).await;
    cluster.annotate(RETRY, "yesterday");
    cluster.annotate(RESTART, "yesterday");
    cluster
        .until("restarted", |cluster| cluster.calls(UPDATE) == 1)
        .await;
    cluster.until_ready().await;
    cluster.assert_idle().await;
    cluster
}

fn with_tag() -> Value {
    json!({
        "tags": [{"key": "team", "value": "a"}],
        "healthCheckPath": "/health",
        "primaryContainer": {"environment": [{"name": "A", "value": "1"}]},
    })
}

fn without_tag() -> Value {
    json!({"primaryContainer": {"environment": [{"name": "A", "value": "1"}]}})
}

#[tokio::test]
async fn annotations_of_a_former_restart_and_retry_send_nothing_after_the_status_is_lost() {
    let mut cluster = restarted().await;
    let sent = cluster.changes_sent();
    cluster.api.lose_status(&cluster.key);
    cluster.restart_operator();
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.changes_sent(), sent);
    // A new value of the annotation counts again.
    cluster.annotate(RESTART, "today");
    cluster
        .until("restarted", |cluster| cluster.calls(UPDATE) == 2)
        .await;
    cluster.until_ready().await;
    cluster.assert_idle().await;
}

#[tokio::test]
async fn a_state_of_an_unknown_scheme_is_not_used_and_untags_unsets_and_sends_nothing() {
    let mut cluster = restarted().await;
    let sent = cluster.changes_sent();
    // A later version wrote it, in words that this one would misread.
    let newer = json!({"status": {"operatorState": {
        "scheme": 2, "lastApplied": {"hash": "other", "rolloutHash": "other"},
        "restart": "other", "retry": "other",
    }}});
    cluster.api.change(&cluster.key, &newer);
    cluster
        .api
        .apply(&crate::harness::simulated_cluster::manifest(&without_tag()));
    cluster.restart_operator();
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(
        cluster.changes_sent(),
        sent,
        "neither tag nor field was removed"
    );
    assert_eq!(cluster.tag("team").as_deref(), Some("a"));
    let state = cluster.status().operator_state.unwrap();
    assert_eq!(state.scheme, 1);
    assert_eq!(state.restart.as_deref(), Some("yesterday"));
}

#[tokio::test]
async fn a_deletion_with_a_state_of_an_unknown_scheme_leaves_no_service_behind() {
    let mut cluster = restarted().await;
    let newer = json!({"status": {"operatorState": {"scheme": 2, "service": null}}});
    cluster.api.change(&cluster.key, &newer);
    cluster.delete();
    cluster.restart_operator();
    cluster.until_gone().await;
    assert_eq!(cluster.service()["statusCode"], "INACTIVE");
}
