//! Replays the inputs in `corpus/`, and mutants of each, on every target.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic on the unexpected"
)]

mod watchdog;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use fuzz::{
    TARGETS, Target,
    mutation::{mutate, with_long_string},
    target,
};

use crate::watchdog::Watchdog;

/// Mutants of each input.
const MUTANTS: u64 = 24;
/// Longest mutant in bytes.
const LONGEST: usize = 64 << 10;
/// Length of a very long string, in bytes: more than the API server stores, or ECS answers.
const LONG_STRING: usize = 10 << 20;
/// The string of an input that is made very long.
const WHICH_STRING: usize = 3;

/// An input of a target.
struct Seed {
    name: String,
    bytes: Vec<u8>,
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// The inputs of a target, by name.
fn seeds(target: &Target) -> Vec<Seed> {
    let folder = corpus().join(target.name);
    let mut seeds: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            Seed {
                name: path.file_name().unwrap().to_string_lossy().into_owned(),
                bytes: fs::read(&path).unwrap(),
            }
        })
        .collect();
    seeds.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!seeds.is_empty(), "{} has no inputs", target.name);
    seeds
}

/// Runs a target on its inputs, then on mutants of them. What fails is named by input and seed.
fn replay(name: &str) {
    let target = target(name).unwrap();
    let watchdog = Watchdog::start();
    for Seed { name, bytes } in seeds(&target) {
        let input = format!("corpus/{}/{name}", target.name);
        watchdog.run(input.clone(), || (target.run)(&bytes));
        for seed in 0..MUTANTS {
            let mutant = mutate(&bytes, LONGEST, seed);
            let mutated = format!("{input}, mutated with seed {seed}");
            watchdog.run(mutated, || (target.run)(&mutant));
        }
    }
}

#[test]
fn texts_of_arns_are_read_as_before() {
    replay("arn");
}

#[test]
fn answers_of_aws_are_read_as_before() {
    replay("aws_answers");
}

#[test]
fn command_lines_are_read_as_before() {
    replay("command_line");
}

#[test]
fn patches_of_statuses_are_made_as_before() {
    replay("merge_patch");
}

#[test]
fn stored_statuses_are_judged_as_before() {
    replay("operator_state");
}

#[test]
fn owner_tags_are_read_as_before() {
    replay("owner_tags");
}

#[test]
fn reconciles_keep_their_promises_as_before() {
    replay("reconcile");
}

#[test]
fn secret_values_are_redacted_as_before() {
    replay("redaction");
}

#[test]
fn free_texts_are_shortened_as_before() {
    replay("stable_text");
}

#[test]
fn stored_objects_are_read_as_before() {
    replay("stored_object");
}

#[test]
fn watch_events_are_read_as_before() {
    replay("watch_event");
}

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    let folders: BTreeSet<_> = fs::read_dir(corpus())
        .unwrap()
        .map(|folder| folder.unwrap().file_name().into_string().unwrap())
        .collect();
    let names = TARGETS.map(|target| target.name.to_owned());
    assert_eq!(folders, BTreeSet::from(names));
}

#[test]
fn no_input_fits_less_than_its_target_needs() {
    for target in TARGETS {
        let size: usize = seeds(&target).iter().map(|seed| seed.bytes.len()).sum();
        assert!(size < 256 << 10, "{} has {size} bytes", target.name);
    }
}

#[test]
fn strings_of_ten_megabytes_take_neither_long_nor_much_memory() {
    let watchdog = Watchdog::start();
    for target in TARGETS {
        let first = seeds(&target).remove(0);
        let text = String::from_utf8_lossy(&first.bytes).into_owned();
        let long = with_long_string(&text, WHICH_STRING, LONG_STRING)
            .unwrap_or_else(|| format!("{text}{}", " long".repeat(LONG_STRING / 5)));
        let input = format!("{} with a long string", target.name);
        watchdog.run(input, || (target.run)(long.as_bytes()));
    }
}
