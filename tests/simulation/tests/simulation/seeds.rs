//! Random scenarios, the same for each run of the tests.

use simulation::scenario::random;

use crate::run_all;

/// About a minute of them on two cores.
const SEEDS: u64 = 1500;

#[test]
fn random_scenarios_with_at_least_five_faults_keep_every_invariant() {
    let seeds: Vec<u64> = (0..SEEDS).collect();
    run_all(&seeds, |seed| {
        (format!("seed {seed}"), random::scenario(*seed))
    });
}
