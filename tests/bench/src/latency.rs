//! From the API server's answer to an apply to the arrival of the create, one object after the other.

use std::time::{Duration, Instant};

use kube::api::PostParams;

use crate::{
    rig::{DEADLINE, Rig, manifest},
    table::{Row, Table},
    world::CREATE,
};

const OBJECTS: usize = 200;
const NAMESPACE: &str = "latency";

/// Measures 200 objects.
pub async fn measure(rig: &mut Rig, table: &mut Table) {
    rig.start_operator().await;
    rig.namespace(NAMESPACE).await;
    let objects = rig.services(NAMESPACE);
    rig.take_calls();
    let emulators_clock = emulators_clock(rig);
    let mut took = Vec::new();
    for number in 0..OBJECTS {
        let name = format!("service-{number}");
        objects
            .create(&PostParams::default(), &manifest(&name))
            .await
            .unwrap();
        let at = emulators_clock();
        took.push((created(rig, &format!("{NAMESPACE}_{name}")).await - at) * 1000.0);
        // The report of the create is not to meet the next object.
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
    rig.stop_operator();
    rig.wipe(NAMESPACE).await;
}

/// When the create of a service arrived, on the emulator's clock.
async fn created(rig: &Rig, service: &str) -> f64 {
    let started = Instant::now();
    loop {
        let mut calls = rig.take_calls().into_iter();
        let create = calls
            .find(|call| call.action == CREATE && call.service_name.as_deref() == Some(service));
        if let Some(create) = create {
            return create.at;
        }
        assert!(started.elapsed() < DEADLINE, "{service} is not created");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// The emulator's clock at an instant, as exactly as its lock lets us ask; at scale 1 it goes on as ours does.
fn emulators_clock(rig: &Rig) -> impl Fn() -> f64 + use<> {
    let asked = (0..20).map(|_| {
        let before = Instant::now();
        let now = rig.emulator.with_model(|model| model.now().epoch_seconds());
        (before.elapsed(), before, now)
    });
    let exactest = asked.min_by_key(|(took, ..)| *took);
    let (_, instant, seconds) = exactest.expect("asked twenty times");
    move || seconds + instant.elapsed().as_secs_f64()
}
