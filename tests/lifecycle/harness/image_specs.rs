//! Specs that differ in their image, and what became of them: the words of the tests about edits.

use ecs_express_emulator::Fault;
use serde_json::{Value, json};

use crate::harness::simulated_cluster::{DESCRIBE, SimulatedCluster, UPDATE};

/// A spec with this image, whose drift is put right.
pub fn image(tag: u32) -> Value {
    with_policy(tag, "Correct")
}

/// A spec with this image, whose drift is only reported.
pub fn reported(tag: u32) -> Value {
    with_policy(tag, "Report")
}

/// A spec with this image and drift policy.
pub fn with_policy(tag: u32, policy: &str) -> Value {
    json!({"primaryContainer": {"image": format!("shop:{tag}")}, "driftPolicy": policy})
}

/// The images of all updates that were sent, null where one left the container out.
pub fn images(cluster: &SimulatedCluster) -> Vec<Value> {
    let updates = cluster.sent(UPDATE).into_iter();
    updates
        .map(|update| update["primaryContainer"]["image"].clone())
        .collect()
}

/// The image that runs.
pub fn running(cluster: &SimulatedCluster) -> Value {
    cluster.service()["activeRevisions"][0]["image"].clone()
}

/// Reads of the service lie so many seconds behind.
pub fn lag(cluster: &SimulatedCluster, seconds: u64) {
    let lag = json!({"readLagSeconds": {(DESCRIBE): seconds}});
    cluster.emulator.change_settings(&lag).unwrap();
}

/// The answer to the next update is lost, and the update with it.
pub fn lost() -> Fault {
    Fault::new(UPDATE, "ConnectionReset", "lost")
}
