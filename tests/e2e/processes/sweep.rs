//! The operator is killed at each call of each lifecycle, and another process finishes what it began.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use futures::{StreamExt, stream};

use super::{
    call::Kind,
    cluster::run,
    kill::{CallFate, Kill, Outcome, Point, kill_at},
    lifecycle::Lifecycle,
    outages::mutation,
    proxy::At,
};

/// How many lifecycles run at the same time. Each mostly waits.
const AT_ONCE: usize = 10;

/// Runs points, prints what came of them, and fails if anything is violated.
async fn sweep(points: Vec<Point>) -> Vec<Outcome> {
    let start = Instant::now();
    let (count, done) = (points.len(), AtomicUsize::new(0));
    let outcomes: Vec<Outcome> = stream::iter(points)
        .map(kill_at)
        .buffer_unordered(AT_ONCE)
        .inspect(|outcome| {
            for violation in &outcome.violations {
                eprintln!("{} ({}): {violation}", outcome.point, outcome.namespace);
            }
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if done % 50 == 0 {
                eprintln!("{done} of {count} points after {:.0?}", start.elapsed());
            }
        })
        .collect()
        .await;
    let reached = outcomes.iter().filter(|outcome| outcome.is_reached());
    let violated = outcomes.iter().filter(|one| !one.violations.is_empty());
    let violated: Vec<String> = violated.map(|one| one.point.to_string()).collect();
    eprintln!(
        "killed at {} points of {count} in {:.0?}: {} violations",
        reached.count(),
        start.elapsed(),
        violated.len()
    );
    assert!(violated.is_empty(), "{violated:#?}");
    outcomes
}

/// Fails unless each lifecycle was cut off during the call that changes its service, in each way.
fn assert_mutations_were_hit(outcomes: &[Outcome]) {
    for lifecycle in Lifecycle::ALL {
        for fate in CallFate::ALL {
            let is_hit = outcomes.iter().any(|outcome| {
                let Point {
                    lifecycle: of,
                    kills,
                } = &outcome.point;
                *of == lifecycle
                    && kills.last().is_some_and(|kill| kill.fate == fate)
                    && outcome.killed_at.last() == Some(&mutation(lifecycle))
            });
            assert!(is_hit, "{lifecycle:?}: no {fate:?} {}", mutation(lifecycle));
        }
    }
}

/// The points of every lifecycle, from the calls that it makes after the kills of `first`.
async fn points_after(
    first: &[Kill],
    points: impl Fn(&[Kind]) -> Vec<Kill>,
    lifecycles: impl IntoIterator<Item = Lifecycle>,
) -> Vec<Point> {
    let starts = lifecycles.into_iter().map(|lifecycle| Point {
        lifecycle,
        kills: first.to_vec(),
    });
    let outcomes = sweep(starts.collect()).await;
    let after = outcomes.iter().flat_map(|outcome| {
        let Point { lifecycle, kills } = &outcome.point;
        let last = points(&outcome.last_calls).into_iter();
        last.map(|kill| Point {
            lifecycle: *lifecycle,
            kills: [kills.as_slice(), &[kill]].concat(),
        })
    });
    after.collect()
}

/// The first call of each kind of write, with each fate, and the first of each kind of read.
fn first_of_each_kind(calls: &[Kind]) -> Vec<Kill> {
    let mut kinds = calls.to_vec();
    kinds.sort();
    kinds.dedup();
    let kills = kinds.into_iter().flat_map(|kind| {
        let fates = if kind.is_write() {
            CallFate::ALL.to_vec()
        } else {
            vec![CallFate::Dropped]
        };
        fates.into_iter().map(move |fate| Kill {
            at: At::First(kind.clone()),
            fate,
        })
    });
    kills.collect()
}

/// Every call, with each fate. Numbers shift where the user reacts to the operator, so the first call of each kind is
/// killed as well.
fn every_call(calls: &[Kind]) -> Vec<Kill> {
    let kills = (1..=calls.len()).flat_map(|number| {
        CallFate::ALL.map(|fate| Kill {
            at: At::Number(number),
            fate,
        })
    });
    kills.chain(first_of_each_kind(calls)).collect()
}

#[test]
fn killed_at_the_first_call_of_each_kind_another_process_finishes_the_lifecycle() {
    run(async {
        let points = points_after(&[], first_of_each_kind, Lifecycle::ALL).await;
        assert_mutations_were_hit(&sweep(points).await);
    });
}

#[test]
#[ignore = "takes minutes: make test-tools"]
fn killed_at_any_call_another_process_finishes_the_lifecycle() {
    run(async {
        let points = points_after(&[], every_call, Lifecycle::ALL).await;
        assert_mutations_were_hit(&sweep(points).await);
    });
}

#[test]
#[ignore = "takes minutes: make test-tools"]
fn killed_again_at_any_call_of_the_recovery_a_third_process_finishes_the_lifecycle() {
    run(async {
        let mut points = Vec::new();
        for lifecycle in Lifecycle::ALL {
            for fate in [CallFate::Dropped, CallFate::AnswerLost] {
                let at = At::First(mutation(lifecycle));
                let first = [Kill { at, fate }];
                points.extend(points_after(&first, every_call, [lifecycle]).await);
            }
        }
        sweep(points).await;
    });
}
