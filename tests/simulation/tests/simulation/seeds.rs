//! Random scenarios, the same for each run of the tests.

use std::sync::atomic::{AtomicU32, Ordering};

use simulation::scenario::random;

use crate::run_all_and;

/// A scenario has more faults than that, and some wait for requests that never come.
const MET: f64 = 0.85;

/// About a minute of them on two cores.
const SEEDS: u64 = 1500;

#[test]
fn random_scenarios_with_at_least_five_faults_keep_every_invariant() {
    let seeds: Vec<u64> = (0..SEEDS).collect();
    let met = AtomicU32::new(0);
    let scenario = |seed: &u64| (format!("seed {seed}"), random::scenario(*seed));
    run_all_and(&seeds, scenario, |outcome| {
        met.fetch_add(u32::from(outcome.faults_met >= 5), Ordering::Relaxed);
        true
    });
    let met = f64::from(met.into_inner()) / seeds.len() as f64;
    assert!(met > MET, "only {met:.2} of the scenarios met five faults");
}
