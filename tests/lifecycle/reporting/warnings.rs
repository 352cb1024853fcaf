//! Each loss of a Ready service emits a Warning, and what the user asks for emits none.

use std::time::Duration;

use ecs_express_operator::core::report::event::{Event, Severity};
use serde_json::json;

use crate::harness::simulated_cluster::{CREATE, SimulatedCluster, UPDATE};

/// The Warnings since the previous call.
pub fn warnings(cluster: &SimulatedCluster) -> Vec<Event> {
    let mut events = cluster.api.take_events();
    events.retain(|event| event.severity == Severity::Warning);
    events
}

/// The only Warning since the previous call.
#[track_caller]
pub fn the_warning(cluster: &SimulatedCluster) -> Event {
    let warnings = warnings(cluster);
    let [only] = &warnings[..] else {
        panic!("one Warning expected: {warnings:#?}");
    };
    only.clone()
}

#[tokio::test]
async fn a_service_deleted_outside_is_reported_by_a_warning_that_names_the_lost_url() {
    for change in [json!({"purge": true}), json!({"delete": true})] {
        let mut cluster = SimulatedCluster::ready(&json!({})).await;
        let url = cluster.status().url.unwrap();
        cluster.change_outside(&change);
        cluster
            .until("again", |cluster| cluster.calls(CREATE) == 2)
            .await;
        cluster.until_ready().await;
        let warnings = warnings(&cluster);
        let reported = |event: &&Event| {
            event.reason == "ServiceDeleted"
                && event.note.contains("was deleted outside Kubernetes")
                && event.note.contains("new URL")
        };
        let reported: Vec<&Event> = warnings.iter().filter(reported).collect();
        assert_eq!(reported.len(), 1, "{change}: {warnings:#?}");
        assert!(
            warnings.iter().any(|event| event.note.contains(&url)),
            "{warnings:#?}"
        );
    }
}

#[tokio::test]
async fn a_service_observed_draining_is_reported_with_the_url_that_is_lost() {
    for spec in [
        json!({}),
        json!({"driftPolicy": "Report"}),
        json!({"suspend": true}),
    ] {
        let mut cluster = SimulatedCluster::with(json!({"drainingSeconds": 3600})).await;
        cluster.apply(&json!({"suspend": false}));
        cluster.until_ready().await;
        cluster.apply(&spec);
        cluster.run(Duration::from_secs(600)).await;
        let url = cluster.status().url.unwrap();
        cluster.api.take_events();
        cluster.change_outside(&json!({"delete": true}));
        let draining = |cluster: &SimulatedCluster| {
            cluster.status().status_code.as_deref() == Some("DRAINING")
        };
        cluster.until("draining", draining).await;
        let note = the_warning(&cluster).note;
        assert!(
            note.contains(&format!("; its URL was {url}")),
            "{spec}: {note}"
        );
    }
}

#[tokio::test]
async fn the_first_create_of_an_object_emits_no_warning() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.apply(&json!({}));
    cluster.until_ready().await;
    assert_eq!(warnings(&cluster), Vec::<Event>::new());
}

#[tokio::test]
async fn edits_restarts_and_deletions_by_the_user_emit_no_warning() {
    let mut cluster = SimulatedCluster::ready(&json!({})).await;
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.until_ready().await;
    cluster.annotate("ecs-express.dev/restart", "1");
    cluster
        .until("sent", |cluster| cluster.calls(UPDATE) == 2)
        .await;
    cluster.until_ready().await;
    cluster.delete();
    cluster.until_gone().await;
    assert_eq!(warnings(&cluster), Vec::<Event>::new());
}
