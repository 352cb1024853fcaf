//! A thousand objects at once: how fast they are created, and what that takes.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use ecs_express_operator::api::ExpressService;
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    machine,
    plain::Plain,
    rig::Rig,
    table::{Row, Table, rounded},
};

/// Objects that are applied at once.
pub const OBJECTS: usize = 1_000;
/// As many objects as the operator works on at once.
const CONCURRENCY: usize = 8;
/// Turns of each; the median counts, also of the share: the machine is not equally fast at all times.
const TURNS: usize = 5;

/// Measures the operator and the plain client by turns.
pub async fn measure(rig: &mut Rig, table: &mut Table) {
    let (mut ours, mut plain, mut shares) = (Vec::new(), Vec::new(), Vec::new());
    let mut cpu = Vec::new();
    for turn in 0..TURNS {
        // Only the creates: what is on its way is not looked at meanwhile.
        rig.start_operator("10m").await;
        if turn == 0 {
            tokio::time::sleep(Duration::from_secs(3)).await;
            let idle = machine::memory(rig.operator());
            table.add(Row::size("RssAnon, no object", idle.anonymous, None));
            table.add(Row::size("RSS, no object", idle.rss, None));
        }
        let namespace = format!("ours-{turn}");
        rig.namespace(&namespace).await;
        let before = machine::cpu(rig.operator());
        ours.push(operator_rate(rig, &namespace).await);
        let reported = status_of_a_create(rig, &namespace).await;
        cpu.push((machine::cpu(rig.operator()) - before).as_secs_f64());
        rig.stop_operator();
        let namespace = format!("plain-{turn}");
        rig.namespace(&namespace).await;
        plain.push(plain_rate(rig, &namespace, reported).await);
        shares.push(100.0 * ours[turn] / plain[turn]);
        rig.wipe(&namespace).await;
        rig.wipe(&format!("ours-{turn}")).await;
    }
    let [ours, plain, share] = [ours, plain, shares].map(|mut turns| median(&mut turns));
    table.add(Row::plain(
        "1,000 objects at once, plain client",
        format!("{} creates/s", rounded(plain)),
    ));
    table.add(Row::plain(
        "1,000 objects at once, operator",
        format!("{} creates/s", rounded(ours)),
    ));
    table.add(Row::at_least(
        "the operator's share of the plain client's rate",
        share,
        85.0,
        "%",
    ));
    table.add(Row::at_most(
        "CPU per 1,000 creates",
        median(&mut cpu),
        2.0,
        "s",
    ));
}

/// Creates per second, from the first apply to the last create.
async fn operator_rate(rig: &Rig, namespace: &str) -> f64 {
    let started = Instant::now();
    rig.take_calls();
    tokio::join!(
        rig.apply(namespace, OBJECTS, drop),
        rig.until_created(OBJECTS)
    );
    OBJECTS as f64 / started.elapsed().as_secs_f64()
}

/// The status of an object, once all have one.
async fn status_of_a_create(rig: &Rig, namespace: &str) -> serde_json::Value {
    let objects = rig.services(namespace);
    loop {
        let list = objects
            .list(&kube::api::ListParams::default())
            .await
            .unwrap();
        let mut statuses = list.items.into_iter().map(|object| object.status);
        if statuses.len() == OBJECTS && statuses.all(|status| status.is_some()) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let object = objects.get("service-0").await.unwrap();
    serde_json::to_value(object.status).unwrap()
}

async fn plain_rate(rig: &Rig, namespace: &str, status: serde_json::Value) -> f64 {
    let client = Plain::new(rig.client.clone(), namespace, &rig.emulator.url(), status);
    rig.take_calls();
    let places = Arc::new(Semaphore::new(CONCURRENCY));
    let work = Mutex::new(JoinSet::new());
    let started = Instant::now();
    let applied = rig.apply(namespace, OBJECTS, |object: ExpressService| {
        let (client, places) = (client.clone(), places.clone());
        work.lock().unwrap().spawn(async move {
            let _place = places.acquire().await;
            client.create(&object).await;
        });
    });
    tokio::join!(applied, rig.until_created(OBJECTS));
    let rate = OBJECTS as f64 / started.elapsed().as_secs_f64();
    let work = work.into_inner().unwrap();
    work.join_all().await;
    rate
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
