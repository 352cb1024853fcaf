//! From the API server's answer to an apply to the arrival of the create, one object after the other.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use kube::api::PostParams;

use crate::{
    rig::{Rig, manifest, until},
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
    rig.emulator.with_model(|model| model.clear_calls());
    let emulators_clock = emulators_clock(rig);
    let mut answered = HashMap::new();
    for number in 0..OBJECTS {
        let name = format!("service-{number}");
        objects
            .create(&PostParams::default(), &manifest(&name))
            .await
            .unwrap();
        let at = emulators_clock();
        let service = format!("{NAMESPACE}_{name}");
        until("it is created", || rig.called(CREATE).contains(&service)).await;
        answered.insert(service, at);
        // The report of the create is not to meet the next object.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut took: Vec<f64> = rig
        .emulator
        .calls()
        .into_iter()
        .filter(|call| call.action == CREATE)
        .filter_map(|call| Some((call.service_name?, call.at)))
        .map(|(service, at)| (at - answered[&service]) * 1000.0)
        .collect();
    assert_eq!(took.len(), OBJECTS);
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
