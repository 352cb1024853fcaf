//! Calls and writes in the lifecycle of one object, counted on a virtual clock with the default intervals.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    harness::simulated_cluster::{CREATE, SimulatedCluster},
    table::{Row, Table},
};

/// Counts a whole lifecycle.
pub async fn measure(table: &mut Table) {
    let mut cluster = SimulatedCluster::new().await;
    cluster.apply(&json!({}));
    cluster.reconcile_once().await;
    let calls = cluster.emulator.calls();
    let sent = calls.iter().position(|call| call.action == CREATE);
    // GetCallerIdentity is called once per process, not once per object.
    let own = |action: &str| action != "GetCallerIdentity";
    let upto = calls[..=sent.expect("a create")].iter();
    let upto = upto.filter(|call| own(&call.action)).count();
    table.add(Row::at_most(
        "ECS calls up to and with Create",
        upto as f64,
        2.0,
        "calls",
    ));
    // Until the response of the create, no write can contain its result.
    let written = cluster.api.take_written();
    let reported =
        |object: &&Value| object["status"]["operatorState"]["intent"]["outcome"].is_string();
    let reported = written.iter().filter(reported).count();
    assert!(reported > 0, "the create is reported");
    table.add(Row::at_most(
        "Kubernetes writes up to Create",
        (written.len() - reported) as f64,
        1.0,
        "write",
    ));

    cluster.until_ready().await;
    let writes = cluster.api.take_writes().len();
    let mut seen = 0;
    let mut new_calls = |cluster: &SimulatedCluster| {
        let all = cluster.emulator.calls();
        let new = all[seen..].iter().filter(|call| own(&call.action)).count();
        seen = all.len();
        new
    };
    let calls = new_calls(&cluster);
    table.add(Row::at_most(
        "Kubernetes writes, create → Ready",
        writes as f64,
        4.0,
        "writes",
    ));
    table.add(Row::plain(
        "ECS calls, create → Ready",
        format!("{calls} calls"),
    ));

    cluster.run(Duration::from_secs(300)).await;
    cluster.api.take_writes();
    new_calls(&cluster);
    cluster.run(Duration::from_secs(3600)).await;
    let (writes, calls) = (cluster.api.take_writes().len(), new_calls(&cluster));
    table.add(Row::at_most(
        "Kubernetes writes in an hour at rest",
        writes as f64,
        0.0,
        "writes",
    ));
    table.add(Row::plain(
        "ECS calls in an hour at rest",
        format!("{calls} calls"),
    ));

    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.until_ready().await;
    let (writes, calls) = (cluster.api.take_writes().len(), new_calls(&cluster));
    table.add(Row::plain(
        "Kubernetes writes, update → Ready",
        format!("{writes} writes"),
    ));
    table.add(Row::plain(
        "ECS calls, update → Ready",
        format!("{calls} calls"),
    ));

    cluster.run(Duration::from_secs(300)).await;
    cluster.api.take_writes();
    new_calls(&cluster);
    cluster.delete();
    cluster.until_gone().await;
    let (writes, calls) = (cluster.api.take_writes().len(), new_calls(&cluster));
    table.add(Row::plain(
        "Kubernetes writes, delete → gone",
        format!("{writes} writes"),
    ));
    table.add(Row::plain(
        "ECS calls, delete → gone",
        format!("{calls} calls"),
    ));
}
