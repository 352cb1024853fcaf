//! Many objects: memory, and a start with all of them.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use ecs_express_emulator::Call;

use crate::{
    fixture::{DEADLINE, Fixture},
    harness::simulated_cluster::DESCRIBE,
    load::OBJECTS as FEW,
    machine,
    table::{Row, Table, rounded},
};

/// The poll interval: thousands of objects share one emulator.
const POLL: &str = "1m";
/// Virtual seconds per second while many services come up, so that rollouts are short.
const FAST: f64 = 60.0;
/// After this long without changes the operator is idle and has returned unused memory.
const REST: Duration = Duration::from_secs(15);

/// Measures memory at a thousand objects and at `many`, and a start with `many`.
pub async fn measure(fixture: &mut Fixture, table: &mut Table, many: usize) {
    fixture.start_operator(POLL).await;
    fill(fixture, "few", FEW).await;
    let memory = machine::memory(fixture.operator());
    table.add(Row::at_most(
        "RssAnon, 1,000 objects",
        memory.anonymous as f64 / 1e6,
        8.0,
        "MB",
    ));
    table.add(Row::size("RSS, 1,000 objects", memory.rss, None));

    fill(fixture, "many", many - FEW).await;
    let memory = machine::memory(fixture.operator());
    let title = |what: &str| format!("{what}, {many} objects");
    table.add(Row::at_most(
        title("RssAnon"),
        memory.anonymous as f64 / 1e6,
        48.0,
        "MB",
    ));
    table.add(Row::size(title("RSS"), memory.rss, None));
    fixture.stop_operator();

    fixture.take_calls();
    let started = Instant::now();
    fixture.start_operator(POLL).await;
    let mut changed = verified(fixture, many).await;
    let took = started.elapsed().as_secs_f64();
    tokio::time::sleep(REST).await;
    changed += changes(&fixture.take_calls());
    table.add(Row::plain(
        title("start until all are verified"),
        format!("{} s, {changed} calls that change something", rounded(took)),
    ));
    let memory = machine::memory(fixture.operator());
    table.add(Row::size(
        title("RssAnon after such a start"),
        memory.anonymous,
        None,
    ));
    fixture.stop_operator();
}

/// Applies objects, and waits until all are Ready and the operator is idle.
async fn fill(fixture: &Fixture, namespace: &str, count: usize) {
    fixture.namespace(namespace).await;
    fixture.take_calls();
    fixture.time_scale(1.0);
    tokio::join!(
        fixture.apply(namespace, count, drop),
        fixture.until_created(count)
    );
    let began = Instant::now();
    fixture.time_scale(FAST);
    while fixture.ready(namespace).await < count {
        assert!(began.elapsed() < DEADLINE, "not all are Ready");
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
    fixture.time_scale(1.0);
    tokio::time::sleep(REST).await;
}

/// Waits until every service has been observed; returns the number of mutating calls.
async fn verified(fixture: &Fixture, count: usize) -> usize {
    let (mut seen, mut changed) = (HashSet::new(), 0);
    let began = Instant::now();
    while seen.len() < count {
        assert!(
            began.elapsed() < DEADLINE,
            "{} of {count} looked at",
            seen.len()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
        let calls = fixture.take_calls();
        changed += changes(&calls);
        let described = calls.into_iter().filter(|call| call.action == DESCRIBE);
        seen.extend(described.filter_map(|call| call.service_name));
    }
    changed
}

/// The number of mutating calls.
fn changes(calls: &[Call]) -> usize {
    let reads = ["Describe", "List", "Get"];
    let changes = |call: &&Call| !reads.iter().any(|read| call.action.starts_with(read));
    calls.iter().filter(changes).count()
}
