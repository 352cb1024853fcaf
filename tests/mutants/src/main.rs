//! Shows that the tests notice each mutant of the bank.
#![allow(clippy::print_stdout, reason = "a command-line program")]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use clap::Parser;
use mutants::{
    bank::Mutant,
    checkout::Checkout,
    error::Error,
    results::{Detection, Outcome, Results, key},
    suites::{Breadth, Suite, Suites},
};

/// Builds and tests each mutant whose outcome is not known yet, and prints what survives.
#[derive(Debug, Parser)]
struct Arguments {
    /// Only these mutants; by default all.
    only: Vec<String>,

    /// Tests also mutants whose outcome is known.
    #[arg(long)]
    again: bool,

    /// Tests nothing: prints the bank with the known outcomes.
    #[arg(long)]
    list: bool,

    /// Does not test first that the unchanged source passes.
    #[arg(long)]
    skip_unchanged: bool,

    /// Leaves out what takes minutes. A mutant that the rest does not notice counts as not tested.
    #[arg(long)]
    quick: bool,

    /// Random scenarios in which the simulation may find a mutant.
    #[arg(long, default_value_t = 3000)]
    seeds: u64,

    /// Compiler processes at a time.
    #[arg(long, default_value_t = 2)]
    jobs: u32,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("mutants: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether every mutant is known to be killed.
fn run(arguments: &Arguments) -> Result<bool, Error> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let repository: PathBuf = own.join("../..");
    let bank = Mutant::all(&own.join("bank"))?;
    for mutant in &bank {
        mutant.apply(&repository)?;
    }
    let mut results = Results::read(own.join("results.json"))?;
    results.keep_only(&bank)?;
    let checkout = Checkout::of(&repository)?;
    let sources = checkout.hash_of_sources()?;
    let chosen = choose(&bank, &arguments.only)?;
    if !arguments.list {
        let is_due = |mutant: &&&Mutant| {
            let known = results.of(mutant);
            arguments.again || known.is_none_or(|known| known.key != key(mutant, &sources))
        };
        let due: Vec<&Mutant> = chosen.iter().filter(is_due).copied().collect();
        if !due.is_empty() && !arguments.skip_unchanged {
            test_unchanged(&checkout, &sources, arguments, &mut results)?;
        }
        test(&due, &checkout, &sources, arguments, &mut results)?;
    }
    Ok(summarise(&chosen, &results, &sources))
}

fn choose<'a>(bank: &'a [Mutant], only: &[String]) -> Result<Vec<&'a Mutant>, Error> {
    if only.is_empty() {
        return Ok(bank.iter().collect());
    }
    let named = |name: &String| {
        let found = bank.iter().find(|mutant| mutant.name == *name);
        found.ok_or_else(|| Error::Unknown(name.clone()))
    };
    only.iter().map(named).collect()
}

fn test(
    due: &[&Mutant],
    checkout: &Checkout,
    sources: &str,
    arguments: &Arguments,
    results: &mut Results,
) -> Result<(), Error> {
    for (number, mutant) in due.iter().enumerate() {
        let started = Instant::now();
        let wanted = Suite::of(mutant.description.by);
        let detections = || detections(&mutant.name, wanted, checkout, arguments);
        let suites = checkout.with(mutant, detections)?;
        let outcome = Outcome {
            key: key(mutant, sources),
            suites,
            seconds: started.elapsed().as_secs(),
        };
        println!(
            "{} of {}: {}: {}",
            number + 1,
            due.len(),
            mutant.name,
            shown(&outcome)
        );
        if outcome.is_killed() || !arguments.quick {
            results.add(mutant, outcome)?;
        }
    }
    Ok(())
}

/// What each of the suites makes of the copy as it is.
fn detections(
    name: &str,
    wanted: &[Suite],
    checkout: &Checkout,
    arguments: &Arguments,
) -> Result<BTreeMap<String, Detection>, Error> {
    let breadth = if arguments.quick {
        Breadth::Quick
    } else {
        Breadth::Whole(arguments.seeds)
    };
    let built = Suites::build(wanted, checkout, breadth, arguments.jobs)?;
    let suites = built.map_err(|output| Error::DoesNotCompile {
        name: name.to_owned(),
        output,
    })?;
    suites.run()
}

/// Tests the unchanged source, which has to survive: otherwise a mutant that dies shows nothing.
fn test_unchanged(
    checkout: &Checkout,
    sources: &str,
    arguments: &Arguments,
    results: &mut Results,
) -> Result<(), Error> {
    if results
        .unchanged()
        .is_some_and(|known| known.key == sources)
    {
        return Ok(());
    }
    println!("the unchanged source first");
    let started = Instant::now();
    let outcome = Outcome {
        suites: detections("the unchanged source", &Suite::ALL, checkout, arguments)?,
        key: sources.to_owned(),
        seconds: started.elapsed().as_secs(),
    };
    println!("the unchanged source: {}", shown(&outcome));
    for (suite, detection) in &outcome.suites {
        if let Detection::Killed(failure) = detection {
            return Err(Error::Unchanged {
                suite: suite.clone(),
                failure: failure.clone(),
            });
        }
    }
    results.set_unchanged(outcome)
}

fn shown(outcome: &Outcome) -> String {
    let detections = outcome
        .suites
        .iter()
        .map(|(suite, detection)| match detection {
            Detection::Killed(by) => format!("killed by {suite} ({by})"),
            Detection::Survived => format!("SURVIVES {suite}"),
        });
    let detections: Vec<String> = detections.collect();
    format!("{} in {} s", detections.join(", "), outcome.seconds)
}

/// Prints what is known, and returns whether every chosen mutant is known to be killed with the present sources.
fn summarise(chosen: &[&Mutant], results: &Results, sources: &str) -> bool {
    let (mut killed, mut earlier, mut unknown, mut survivors) = (0, 0, 0, Vec::new());
    for mutant in chosen {
        match results.of(mutant) {
            None => unknown += 1,
            Some(outcome) if !outcome.is_killed() => survivors.push((mutant, outcome)),
            Some(outcome) if outcome.key == key(mutant, sources) => killed += 1,
            Some(_) => earlier += 1,
        }
    }
    for (mutant, outcome) in &survivors {
        println!("{}: {}", mutant.name, shown(outcome));
        println!("  {}", mutant.description.why);
    }
    println!(
        "{} mutants: {killed} killed, {} survive, {earlier} were killed with earlier sources, {unknown} not tested yet",
        chosen.len(),
        survivors.len()
    );
    survivors.is_empty() && earlier == 0 && unknown == 0
}
