//! Helpers for tests about edits: specs that differ in their image, and the images that were sent.

use ecs_express_emulator::Fault;
use serde_json::{Value, json};

use crate::harness::simulated_cluster::{DESCRIBE, SimulatedCluster, UPDATE};

/// A spec with this image, whose drift is corrected.
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

/// The images of all updates that were sent, null where an update omitted the container.
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

/// Makes reads of the service lag by this many seconds.
pub fn lag(cluster: &SimulatedCluster, seconds: u64) {
    let lag = json!({"readLagSeconds": {(DESCRIBE): seconds}});
    cluster.emulator.change_settings(&lag).unwrap();
}

/// A fault that loses the next update and its response.
pub fn lost() -> Fault {
    Fault::new(UPDATE, "ConnectionReset", "lost")
}
