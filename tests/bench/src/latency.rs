//! The time from the API server's response to an apply to the arrival of the create, one object after the other.

use std::time::{Duration, Instant};

use ecs_express_emulator::Call;
use kube::api::PostParams;

use crate::{
    fixture::{DEADLINE, Fixture, manifest},
    harness::simulated_cluster::CREATE,
    table::{Row, Table},
};

const OBJECTS: usize = 200;
const NAMESPACE: &str = "latency";

/// Measures 200 objects.
pub async fn measure(fixture: &mut Fixture, table: &mut Table) {
    fixture.start_operator("10m").await;
    fixture.namespace(NAMESPACE).await;
    let objects = fixture.services(NAMESPACE);
    fixture.take_calls();
    let mut took = Vec::new();
    for number in 0..OBJECTS {
        let name = format!("service-{number}");
        objects
            .create(&PostParams::default(), &manifest(&name))
            .await
            .unwrap();
        let answered = Instant::now();
        created(fixture, &format!("{NAMESPACE}_{name}")).await;
        took.push(answered.elapsed().as_secs_f64() * 1000.0);
        // The report of the create must not overlap with the next object.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    took.sort_by(f64::total_cmp);
    let percentile = |share: f64| took[(share * (OBJECTS - 1) as f64).round() as usize];
    table.add(Row::at_most(
        "apply to create, p50",
        percentile(0.50),
        25.0,
        "ms",
    ));
    table.add(Row::at_most(
        "apply to create, p99",
        percentile(0.99),
        100.0,
        "ms",
    ));
    fixture.stop_operator();
    fixture.wipe(NAMESPACE).await;
}

/// Waits for the create of a service, to a millisecond or two: late rather than early.
async fn created(fixture: &Fixture, service: &str) {
    let started = Instant::now();
    let is_it =
        |call: &Call| call.action == CREATE && call.service_name.as_deref() == Some(service);
    while !fixture.take_calls().iter().any(is_it) {
        assert!(started.elapsed() < DEADLINE, "{service} is not created");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
