//! Lives without faults, and that a run depends on its scenario alone.

use simulation::{
    scenario::{
        lifecycles::{LIFECYCLES, scenario},
        random,
    },
    simulator::{Outcome, run},
    story::Story,
};

#[test]
fn every_life_without_faults_keeps_every_invariant() {
    for life in LIFECYCLES {
        let outcome = run(&scenario(life), Story::kept());
        let story: Vec<_> = outcome
            .story
            .lines()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(outcome.violation, None, "{life:?}\n{}", story.join("\n"));
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    for seed in 0..5 {
        let [one, other] = [(); 2].map(|()| run(&random::scenario(seed), Story::kept()));
        let reported = |outcome: &Outcome| {
            let lines = outcome.story.lines().iter();
            lines.map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(reported(&one), reported(&other), "seed {seed}");
        assert_eq!(one.requests, other.requests, "seed {seed}");
        assert_eq!(one.objects, other.objects, "seed {seed}");
    }
}
