//! Runs many scenarios on all cores, and shows what broke and what was reached.

use std::{
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::ScopedJoinHandle,
    time::{Duration, Instant},
};

use clap::{Parser, Subcommand};
use simulation::{
    coverage::Coverage,
    minimise::minimise,
    scenario::{Scenario, histories, random},
    simulator::run,
    story::Story,
    sweep::{Breadth, cases},
};

/// Runs the operator against models of Kubernetes and ECS on a virtual clock.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Runs random scenarios.
    Seeds {
        /// The first seed.
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// How many seeds.
        #[arg(long, default_value_t = 1000)]
        count: u64,
        /// Ends at the first violation.
        #[arg(long)]
        stop_at_first: bool,
    },
    /// Runs the histories in which mended defects would show.
    Histories,
    /// Requests of every life meet every single fault.
    Sweep {
        /// Of requests with the same name in the same state of object and service, only the first.
        #[arg(long)]
        first_of_each_state: bool,
        /// Ends at the first violation.
        #[arg(long)]
        stop_at_first: bool,
    },
    /// Runs one seed, and tells its story.
    Replay {
        /// The seed.
        seed: u64,
        /// Leaves out what is not needed to break the rule.
        #[arg(long)]
        minimise: bool,
    },
}

#[allow(clippy::print_stdout, reason = "the output of a command")]
fn main() -> ExitCode {
    match Arguments::parse().what {
        What::Seeds {
            from,
            count,
            stop_at_first,
        } => {
            let seeds: Vec<u64> = (from..from + count).collect();
            many(&seeds, stop_at_first, |seed| {
                (format!("seed {seed}"), random::scenario(*seed))
            })
        }
        What::Histories => many(&histories::all(), true, |(name, scenario)| {
            ((*name).to_owned(), scenario.clone())
        }),
        What::Sweep {
            first_of_each_state,
            stop_at_first,
        } => {
            let cases = cases(if first_of_each_state {
                Breadth::FirstOfEachState
            } else {
                Breadth::Every
            });
            many(&cases, stop_at_first, |case| {
                let name = format!(
                    "{:?}: {} (request {}): {}",
                    case.life,
                    case.name,
                    case.request,
                    case.fault.name()
                );
                (name, case.scenario())
            })
        }
        What::Replay {
            seed,
            minimise: small,
        } => {
            let scenario = random::scenario(seed);
            let outcome = run(&scenario, Story::kept());
            let outcome = match outcome.violation {
                Some(violation) if small => {
                    let smaller = minimise(&scenario, violation.rule);
                    println!("{smaller:#?}");
                    run(&smaller, Story::kept())
                }
                _ => outcome,
            };
            for line in outcome.story.lines() {
                println!("{line}");
            }
            match outcome.violation {
                None => ExitCode::SUCCESS,
                Some(_) => ExitCode::FAILURE,
            }
        }
    }
}

/// Runs many scenarios on all cores; to the end, or to the first violation.
#[allow(clippy::print_stdout, reason = "the output of a command")]
fn many<T: Sync>(
    all: &[T],
    stop_at_first: bool,
    scenario: impl Fn(&T) -> (String, Scenario) + Sync,
) -> ExitCode {
    let (next, done, violations) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let coverage = Mutex::new(Coverage::default());
    let started = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let worker = || {
        let mut reached = Coverage::default();
        while let Some(one) = usize::try_from(next.fetch_add(1, Ordering::Relaxed))
            .ok()
            .and_then(|place| all.get(place))
        {
            let (name, scenario) = scenario(one);
            let outcome = run(&scenario, Story::default());
            reached.add(outcome.coverage);
            if let Some(violation) = outcome.violation {
                violations.fetch_add(1, Ordering::Relaxed);
                if stop_at_first {
                    next.store(all.len() as u64, Ordering::Relaxed);
                }
                println!("VIOLATION {name}: {}: {}", violation.rule, violation.what);
            }
            done.fetch_add(1, Ordering::Relaxed);
        }
        coverage
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .add(reached);
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let (done, started) = (&done, &started);
        scope.spawn(move || {
            let mut shown = Instant::now();
            // A worker ends early if a run panics.
            while !workers.iter().all(ScopedJoinHandle::is_finished) {
                std::thread::sleep(Duration::from_millis(100));
                if shown.elapsed() > Duration::from_secs(10) {
                    shown = Instant::now();
                    let done = done.load(Ordering::Relaxed);
                    let rate = done as f64 / started.elapsed().as_secs_f64();
                    println!("{done} of {} runs, {rate:.0}/s", all.len());
                }
            }
        });
    });
    let violations = violations.into_inner();
    let coverage = coverage
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    println!(
        "{} runs in {:.0?}, {violations} violations, {} combinations of reason, fault and request reached",
        done.into_inner(),
        started.elapsed(),
        coverage.reached().count()
    );
    let reasons: Vec<_> = coverage.reasons().into_iter().collect();
    println!(
        "faults met objects with these reasons: {}",
        reasons.join(", ")
    );
    for (request, fault) in coverage.never() {
        println!("never: {request}: {fault}");
    }
    if violations == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
