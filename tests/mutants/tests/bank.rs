//! The bank fits the present source: each mutant can be applied, and says what it is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failing test may panic"
)]

use std::path::Path;

use mutants::bank::{KilledBy, Mutant};

fn bank() -> Vec<Mutant> {
    Mutant::all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("bank")).unwrap()
}

#[test]
fn every_mutant_fits_the_present_source() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let errors: Vec<String> = bank()
        .iter()
        .filter_map(|mutant| mutant.apply(&root).err())
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn the_bank_has_at_least_fifty_mutants_of_core_and_controller() {
    let bank = bank();
    assert!(bank.len() >= 50, "only {}", bank.len());
    for directory in ["src/core/", "src/controller/"] {
        let within = |mutant: &&Mutant| {
            let changes = &mutant.description.changes;
            changes
                .iter()
                .any(|change| change.file.starts_with(directory))
        };
        let found = bank.iter().filter(within).count();
        assert!(found >= 15, "only {found} in {directory}");
    }
}

#[test]
fn the_seven_defects_that_were_mended_first_are_killed_by_the_simulation_alone() {
    let alone = |mutant: &&Mutant| mutant.description.by == KilledBy::SimulationAlone;
    assert_eq!(bank().iter().filter(alone).count(), 7);
}

#[test]
fn every_mutant_says_in_sentences_what_it_does_and_which_bug_it_recreates() {
    for mutant in bank() {
        let (why, known) = (&mutant.description.why, &mutant.description.known);
        assert!(why.trim().ends_with('.'), "{}: {why}", mutant.name);
        assert!(!known.trim().is_empty(), "{}", mutant.name);
    }
}
