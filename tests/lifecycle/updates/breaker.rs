//! The breaker: a difference that updates do not remove is given up.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::simulated_cluster::{SimulatedCluster, UPDATE};

const HOUR: Duration = Duration::from_secs(3600);

fn tasks(least: i32) -> Value {
    json!({"scalingTarget": {"minTaskCount": least}})
}

/// Lets somebody undo each update at once, before it is observed.
async fn undone(cluster: &mut SimulatedCluster, span: Duration) {
    for _ in 0..span.as_secs() {
        let before = cluster.calls(UPDATE);
        cluster.run(Duration::from_secs(1)).await;
        if cluster.calls(UPDATE) > before {
            cluster.change_outside(&json!({"update": tasks(7)}));
        }
    }
}

#[tokio::test]
async fn a_difference_that_is_made_again_after_each_update_is_sent_exactly_three_times() {
    let mut cluster = SimulatedCluster::ready(&tasks(2)).await;
    cluster.change_outside(&json!({"update": tasks(7)}));
    undone(&mut cluster, HOUR).await;
    assert_eq!(cluster.calls(UPDATE), 3);
    assert_eq!(cluster.condition("Stalled"), "True NotConverging");
    cluster.assert_idle().await;
    cluster.restart_operator();
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 3, "after a restart");

    // An edit of the spec or a retry starts over.
    cluster.apply(&tasks(3));
    undone(&mut cluster, HOUR).await;
    assert_eq!(cluster.calls(UPDATE), 6);
    cluster.annotate("ecs-express.dev/retry", "1");
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 7);
}
