//! A thousand objects at once: the rate at which they are created, and its CPU time.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use ecs_express_operator::api::ExpressService;
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    fixture::Fixture,
    machine,
    plain_client::Plain,
    table::{Row, Table, rounded},
};

/// Objects that are applied at once.
pub const OBJECTS: usize = 1_000;
/// As many objects as the operator works on at once.
const CONCURRENCY: usize = 8;
/// Rounds of each; the median counts, because the machine is not equally fast at all times.
const TURNS: usize = 5;

/// Measures the operator and the plain client alternately.
pub async fn measure(fixture: &mut Fixture, table: &mut Table) {
    let (mut ours, mut plain, mut shares) = (Vec::new(), Vec::new(), Vec::new());
    let mut cpu = Vec::new();
    for round in 0..TURNS {
        // Only the creates: objects in progress are not reconciled meanwhile.
        fixture.start_operator("10m").await;
        if round == 0 {
            tokio::time::sleep(Duration::from_secs(3)).await;
            let idle = machine::memory(fixture.operator());
            table.add(Row::size("RssAnon, no object", idle.anonymous, None));
            table.add(Row::size("RSS, no object", idle.rss, None));
        }
        let namespace = format!("ours-{round}");
        fixture.namespace(&namespace).await;
        let before = machine::cpu(fixture.operator());
        ours.push(operator_rate(fixture, &namespace).await);
        let reported = status_of_a_create(fixture, &namespace).await;
        cpu.push((machine::cpu(fixture.operator()) - before).as_secs_f64());
        fixture.stop_operator();
        let namespace = format!("plain-{round}");
        fixture.namespace(&namespace).await;
        plain.push(plain_rate(fixture, &namespace, reported).await);
        shares.push(100.0 * ours[round] / plain[round]);
        fixture.wipe(&namespace).await;
        fixture.wipe(&format!("ours-{round}")).await;
    }
    let [ours, plain, share] = [ours, plain, shares].map(|mut rounds| median(&mut rounds));
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
async fn operator_rate(fixture: &Fixture, namespace: &str) -> f64 {
    let started = Instant::now();
    fixture.take_calls();
    tokio::join!(
        fixture.apply(namespace, OBJECTS, drop),
        fixture.until_created(OBJECTS)
    );
    OBJECTS as f64 / started.elapsed().as_secs_f64()
}

/// The status of an object, once all have one.
async fn status_of_a_create(fixture: &Fixture, namespace: &str) -> serde_json::Value {
    let objects = fixture.services(namespace);
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

async fn plain_rate(fixture: &Fixture, namespace: &str, status: serde_json::Value) -> f64 {
    let client = Plain::new(
        fixture.client.clone(),
        namespace,
        &fixture.emulator.url(),
        status,
    );
    fixture.take_calls();
    let places = Arc::new(Semaphore::new(CONCURRENCY));
    let work = Mutex::new(JoinSet::new());
    let started = Instant::now();
    let applied = fixture.apply(namespace, OBJECTS, |object: ExpressService| {
        let (client, places) = (client.clone(), places.clone());
        work.lock().unwrap().spawn(async move {
            let _place = places.acquire().await;
            client.create(&object).await;
        });
    });
    tokio::join!(applied, fixture.until_created(OBJECTS));
    let rate = OBJECTS as f64 / started.elapsed().as_secs_f64();
    let work = work.into_inner().unwrap();
    work.join_all().await;
    rate
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
