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
    scenario::{Scenario, chains, found, histories, random},
    sequences::{Counts, judge},
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
    /// Runs the histories in which mended defects would show, and what the simulation has found.
    Histories,
    /// Chains of specs: each field through all its states under each answer of the emulator, and random chains.
    Sequences {
        /// The first random chain.
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// How many random chains.
        #[arg(long, default_value_t = 300)]
        count: u64,
        /// Only chains whose name contains this.
        #[arg(long, default_value = "")]
        named: String,
        /// Prints the specs of each chain that breaks a rule.
        #[arg(long)]
        tell: bool,
    },
    /// Requests of every life meet every single fault.
    Sweep {
        /// How many operators run beside one another.
        #[arg(long, default_value_t = 1)]
        operators: usize,
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
        What::Histories => {
            let histories = histories::all().into_iter();
            let named = histories.map(|(name, scenario)| (name.to_owned(), scenario));
            let all: Vec<_> = named.chain(found::all()).collect();
            many(&all, true, Clone::clone)
        }
        What::Sequences {
            from,
            count,
            named,
            tell,
        } => sequences(from..from + count, &named, tell),
        What::Sweep {
            operators,
            first_of_each_state,
            stop_at_first,
        } => {
            let breadth = if first_of_each_state {
                Breadth::FirstOfEachState
            } else {
                Breadth::Every
            };
            let cases = cases(breadth, operators);
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

/// Runs chains of specs on all cores, and counts their transitions.
#[allow(clippy::print_stdout, reason = "the output of a command")]
fn sequences(seeds: std::ops::Range<u64>, named: &str, tell: bool) -> ExitCode {
    let started = Instant::now();
    let of_fields = chains::answers()
        .into_iter()
        .flat_map(|answer| chains::of_each_field(&answer));
    let random = seeds.map(|seed| chains::random(seed, 25));
    let mut all: Vec<_> = of_fields.chain(random).collect();
    all.retain(|chain| chain.name.contains(named));
    let next = AtomicU64::new(0);
    let found = Mutex::new((Counts::default(), 0));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let worker = || {
        while let Some(chain) = usize::try_from(next.fetch_add(1, Ordering::Relaxed))
            .ok()
            .and_then(|place| all.get(place))
        {
            let (counts, broken) = judge(chain);
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            found.0.add(counts);
            found.1 += broken.len();
            if let (true, Some((last, _))) = (tell, broken.last()) {
                for (number, link) in chain.links.iter().enumerate().take(last + 1) {
                    println!("{number}: {:?} {}", link.fate, link.spec);
                }
            }
            for (number, violation) in broken {
                let (name, emulator) = (&chain.name, &chain.emulator);
                println!(
                    "VIOLATION {name} under {emulator}, link {number}: {}: {}",
                    violation.rule, violation.what
                );
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(worker);
        }
    });
    let (counts, violations) = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!(
        "{} chains, {} transitions in {:.0?}, {violations} violations: {counts:?}",
        all.len(),
        counts.all(),
        started.elapsed()
    );
    if violations == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
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
    let five_faults = AtomicU64::new(0);
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
            if outcome.faults_met >= 5 {
                five_faults.fetch_add(1, Ordering::Relaxed);
            }
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
    println!("{} runs met at least five faults", five_faults.into_inner());
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
