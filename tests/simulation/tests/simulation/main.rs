//! The simulation in `make test`: lives without faults, each request with each single fault, and random seeds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failing test may panic"
)]

mod adapter;
mod found;
mod histories;
mod lifecycles;
mod seeds;
mod sequences;
mod sweep;

use simulation::{
    scenario::Scenario,
    simulator::{Outcome, run},
    story::Story,
};

/// Runs scenarios on all cores. Panics with the story of the first that breaks an invariant.
fn run_all<T: Sync>(all: &[T], scenario: impl Fn(&T) -> (String, Scenario) + Sync) {
    run_all_and(all, scenario, |_| true);
}

/// Runs scenarios on all cores. Panics with the story of the first that breaks an invariant, or whose outcome is not as it
/// should be.
fn run_all_and<T: Sync>(
    all: &[T],
    scenario: impl Fn(&T) -> (String, Scenario) + Sync,
    holds: impl Fn(&Outcome) -> bool + Sync,
) {
    use std::sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    };

    let (next, broken) = (AtomicUsize::new(0), Mutex::new(None));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while broken.lock().unwrap().is_none()
                    && let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let (name, scenario) = scenario(one);
                    let outcome = run(&scenario, Story::default());
                    if outcome.violation.is_some() || !holds(&outcome) {
                        *broken.lock().unwrap() = Some((name, scenario));
                    }
                }
            });
        }
    });
    if let Some((name, scenario)) = broken.into_inner().unwrap() {
        let outcome = run(&scenario, Story::kept());
        let story: Vec<_> = outcome
            .story
            .lines()
            .iter()
            .map(ToString::to_string)
            .collect();
        panic!("{name}: {:?}\n{}", outcome.violation, story.join("\n"));
    }
}
