//! `status.memory`, the former name of `status.operatorState`: an upgrade reads it, and what a former version writes there is
//! trusted.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::{Value, json};
use test_support::api_server::Definition;

use crate::{
    harness::api_server::without_operator_state,
    harness::image_specs::image,
    harness::simulated_cluster::{CREATE, SimulatedCluster, UPDATE},
};

const MINUTE: Duration = Duration::from_secs(60);

fn stored(cluster: &SimulatedCluster) -> Value {
    serde_json::to_value(cluster.status()).unwrap()
}

/// Stores the operator state as earlier versions wrote it, with the former name and the former words for an intent.
fn as_the_former_version(cluster: &SimulatedCluster) {
    let mut state = stored(cluster)["operatorState"].clone();
    if let Some(word) = state["intent"].get_mut("outcome") {
        *word = match word.as_str().unwrap() {
            "Applied" => json!("Landed"),
            "Rejected" => json!("Refused"),
            "Expired" => json!("Lapsed"),
            _ => word.clone(),
        };
    }
    let patch = json!({"status": {"operatorState": null, "memory": state}});
    cluster.api.change(&cluster.key, &patch);
}

#[tokio::test]
async fn an_upgrade_copies_the_state_to_its_new_name_clears_the_former_one_and_calls_nothing() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    let before = stored(&cluster)["operatorState"].clone();
    as_the_former_version(&cluster);
    let updates = cluster.calls(UPDATE);
    cluster.api.take_written();
    cluster.restart_operator();
    cluster.run(MINUTE * 30).await;
    let after = stored(&cluster);
    assert_eq!(after["operatorState"]["lastApplied"], before["lastApplied"]);
    assert_eq!(after["operatorState"]["service"], before["service"]);
    assert!(after.get("memory").is_none(), "{after}");
    assert_eq!(cluster.calls(UPDATE), updates);
    // The former field is cleared only after the API server has shown that it stores the new one.
    let written = cluster.api.take_written();
    let [copied, cleared] = &written[..] else {
        panic!("{} writes", written.len());
    };
    let (copied, cleared) = (&copied["status"], &cleared["status"]);
    assert_eq!(copied["memory"], copied["operatorState"]);
    assert!(cleared.get("memory").is_none(), "{cleared}");
}

#[tokio::test]
async fn a_definition_without_the_new_field_keeps_the_state_and_the_operator_works_with_it() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    as_the_former_version(&cluster);
    let before = stored(&cluster)["memory"].clone();
    cluster.api.serve(without_operator_state());
    cluster.restart_operator();
    cluster.run(MINUTE * 30).await;
    assert_eq!(
        stored(&cluster)["memory"]["lastApplied"],
        before["lastApplied"]
    );
    cluster.apply(&image(2));
    cluster.until_ready().await;
    assert_eq!(cluster.calls(UPDATE), 1);
    // The definition is updated.
    cluster.api.serve(Definition::current());
    cluster.run(MINUTE * 30).await;
    cluster.apply(&image(3));
    cluster.until_ready().await;
    cluster.run(MINUTE * 30).await;
    let after = stored(&cluster);
    assert!(after.get("memory").is_none(), "{after}");
    assert_eq!(cluster.calls(UPDATE), 2);
}

#[tokio::test]
async fn an_upgrade_in_the_middle_of_a_create_whose_response_is_lost_makes_no_second_service() {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    let lost = Fault::new(CREATE, "ConnectionReset", "lost").applied();
    cluster.emulator.fail_next(lost);
    cluster.apply(&image(1));
    cluster.reconcile_once().await;
    as_the_former_version(&cluster);
    cluster.restart_operator();
    cluster.until_ready().await;
    assert_eq!(cluster.calls(CREATE), 1);
}

#[tokio::test]
async fn a_former_version_that_ran_in_between_is_trusted_and_not_the_older_state_beside_it() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    let stale = stored(&cluster)["operatorState"].clone();
    // The former version makes a restart. It leaves alone what this version stored before.
    cluster.annotate("ecs-express.dev/restart", "1");
    cluster.until_ready().await;
    cluster.run(MINUTE * 10).await;
    assert_eq!(cluster.calls(UPDATE), 1);
    as_the_former_version(&cluster);
    let leftover = json!({"status": {"operatorState": stale}});
    cluster.api.change(&cluster.key, &leftover);
    cluster.restart_operator();
    cluster.run(MINUTE * 30).await;
    assert_eq!(cluster.calls(UPDATE), 1, "the restart is not made again");
    assert!(stored(&cluster).get("memory").is_none());
}
