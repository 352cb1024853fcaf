//! The default status, which the API server gives to a new object until the operator has observed it.

use serde_json::json;
use test_support::api_server::Definition;

use crate::harness::simulated_cluster::{CREATE, SimulatedCluster, manifest};

#[tokio::test]
async fn an_object_with_the_default_status_is_created_with_as_few_writes_and_calls_as_one_without_a_status()
 {
    let mut costs = Vec::new();
    let current = Definition::current();
    let former = current.clone().without_default_status();
    for (definition, default) in [(former, None), (current, Some(-1))] {
        let mut cluster = SimulatedCluster::new().await;
        cluster.api.serve(definition);
        cluster.api.apply(&manifest(&json!({})));
        assert_eq!(cluster.status().observed_generation, default);
        cluster.requeue_now();
        cluster.reconcile_once().await;
        let actions: Vec<_> = cluster
            .emulator
            .calls()
            .into_iter()
            .map(|call| call.action)
            .collect();
        assert_eq!(
            actions.last().map(String::as_str),
            Some(CREATE),
            "{actions:?}"
        );
        cluster.until_ready().await;
        costs.push((actions, cluster.api.take_writes()));
    }
    assert_eq!(costs[0], costs[1]);
}
