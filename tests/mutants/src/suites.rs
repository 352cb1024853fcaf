//! The test suites that are expected to kill a mutant: the core's tests and the simulation.

use std::{
    collections::BTreeMap,
    env, fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{bank::KilledBy, checkout::Checkout, error::Error, results::Detection};

/// A suite that takes longer has been brought to hang, which is noticed.
const DEADLINE: Duration = Duration::from_secs(1800);

/// Random scenarios that come before the sweep.
const FEW_SEEDS: u64 = 200;

/// A test suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    /// `cargo test --test core`.
    Core,
    /// Histories, random seeds, and lives with each single fault.
    Simulation,
}

impl Suite {
    /// Both suites.
    pub const ALL: [Self; 2] = [Self::Core, Self::Simulation];

    /// The name in the results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Simulation => "simulation",
        }
    }

    /// The program of the suite.
    fn program(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Simulation => "sim",
        }
    }

    /// What cargo has to build for it.
    fn targets(self) -> &'static [&'static str] {
        match self {
            Self::Core => &["--test", "core"],
            Self::Simulation => &["--bin", "sim", "--test", "simulation"],
        }
    }

    /// The suites that have to notice a mutant.
    pub fn of(by: KilledBy) -> &'static [Self] {
        match by {
            KilledBy::Core => &[Self::Core],
            KilledBy::Simulation | KilledBy::SimulationAlone => &[Self::Simulation],
            KilledBy::Both => &Self::ALL,
        }
    }
}

/// The programs of suites, built from a checkout.
#[derive(Debug)]
pub struct Suites {
    programs: Vec<(Suite, PathBuf)>,
    root: PathBuf,
    breadth: Breadth,
}

/// How much of the simulation is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breadth {
    /// Only what takes seconds. A mutant that is not noticed may still be noticed by the rest.
    Quick,
    /// Everything, with so many random scenarios.
    Whole(u64),
}

impl Suites {
    /// Builds the suites. The inner error is what the compiler says.
    pub fn build(
        wanted: &[Suite],
        checkout: &Checkout,
        breadth: Breadth,
        jobs: u32,
    ) -> Result<Result<Self, String>, Error> {
        let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".into());
        let failed = |message: String| Error::Command {
            program: cargo.clone(),
            message,
        };
        // Always the same packages, and at least one test, so that all builds share the compiled dependencies.
        let output = Command::new(&cargo)
            .args(["build", "--quiet", "--locked", "--jobs", &jobs.to_string()])
            .args(["--message-format", "json-render-diagnostics"])
            .args([
                "--package",
                "ecs-express-operator",
                "--package",
                "simulation",
            ])
            .args(wanted.iter().flat_map(|suite| suite.targets()))
            .current_dir(&checkout.root)
            .env("CARGO_TARGET_DIR", &checkout.target)
            .env("CARGO_INCREMENTAL", "1")
            .output()
            .map_err(|error| failed(error.to_string()))?;
        if !output.status.success() {
            return Ok(Err(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        let built = String::from_utf8_lossy(&output.stdout);
        let program = |suite: &Suite| {
            let name = suite.program();
            let found = built.lines().find_map(|line| executable(line, name));
            let found = found.ok_or_else(|| failed(format!("built no program {name}")))?;
            Ok((*suite, found))
        };
        Ok(Ok(Self {
            programs: wanted.iter().map(program).collect::<Result<_, Error>>()?,
            root: checkout.root.clone(),
            breadth,
        }))
    }

    /// Runs each suite to its end or first failure.
    pub fn run(&self) -> Result<BTreeMap<String, Detection>, Error> {
        let detection = |(suite, program): &(Suite, PathBuf)| {
            Ok((suite.name().to_owned(), self.detection(*suite, program)?))
        };
        self.programs.iter().map(detection).collect()
    }

    fn detection(&self, suite: Suite, program: &Path) -> Result<Detection, Error> {
        match suite {
            Suite::Core => self.execute(program, &[], failed_test),
            Suite::Simulation => {
                let few = FEW_SEEDS.to_string();
                let mut parts: Vec<Vec<&str>> = vec![
                    vec!["histories"],
                    vec!["seeds", "--count", &few, "--stop-at-first"],
                ];
                let more;
                // What takes long comes last: most mutants are noticed before.
                if let Breadth::Whole(seeds) = self.breadth {
                    more = seeds.to_string();
                    parts.extend([
                        vec!["sweep", "--first-of-each-state", "--stop-at-first"],
                        vec!["seeds", "--from", &few, "--count", &more, "--stop-at-first"],
                    ]);
                }
                for part in parts {
                    if let killed @ Detection::Killed(_) =
                        self.execute(program, &part, violation)?
                    {
                        return Ok(killed);
                    }
                }
                Ok(Detection::Survived)
            }
        }
    }

    fn execute(
        &self,
        program: &Path,
        arguments: &[&str],
        first_failure: fn(&str) -> Option<String>,
    ) -> Result<Detection, Error> {
        let failed = |error: std::io::Error| Error::Command {
            program: program.display().to_string(),
            message: error.to_string(),
        };
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir(&self.root)
            .env("CARGO_MANIFEST_DIR", &self.root)
            .env("INSTA_WORKSPACE_ROOT", &self.root)
            .env("INSTA_UPDATE", "no")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let stdout = child.stdout.take();
        let reader = thread::spawn(move || {
            let mut text = Vec::new();
            if let Some(mut stdout) = stdout {
                let _ = stdout.read_to_end(&mut text);
            }
            String::from_utf8_lossy(&text).into_owned()
        });
        let ended = wait(&mut child).map_err(failed)?;
        let text = reader.join().unwrap_or_default();
        Ok(match ended {
            Some(status) if status.success() => Detection::Survived,
            Some(status) => Detection::Killed(
                first_failure(&text).unwrap_or_else(|| format!("ended with {status}")),
            ),
            None => Detection::Killed(format!("did not end within {DEADLINE:?}")),
        })
    }
}

/// Waits for a process, and ends it after [`DEADLINE`].
fn wait(child: &mut Child) -> std::io::Result<Option<std::process::ExitStatus>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() > DEADLINE {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// The path of a program in a line of cargo's JSON messages.
fn executable(line: &str, name: &str) -> Option<PathBuf> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    let path = message["executable"].as_str()?;
    let found = message["target"]["name"] == name && fs::metadata(path).is_ok();
    found.then(|| path.into())
}

/// The first failed test in the output of a test program.
fn failed_test(output: &str) -> Option<String> {
    output.lines().find_map(|line| {
        let rest = line.strip_prefix("test ")?;
        rest.strip_suffix(" ... FAILED").map(str::to_owned)
    })
}

/// The first violation in the output of the simulation, without the details of the run.
fn violation(output: &str) -> Option<String> {
    let line = output
        .lines()
        .find_map(|line| line.strip_prefix("VIOLATION "))?;
    let longest = line
        .char_indices()
        .nth(300)
        .map_or(line.len(), |(end, _)| end);
    Some(line[..longest].to_owned())
}

#[cfg(test)]
mod tests {
    use super::{failed_test, violation};

    #[test]
    fn the_first_failure_is_found_in_the_output() {
        let tests = "test a::b ... ok\ntest c::d ... FAILED\ntest e ... FAILED\n";
        assert_eq!(failed_test(tests).unwrap(), "c::d");
        let runs = "10 of 20 runs, 3/s\nVIOLATION seed 7: a rule: what\nVIOLATION seed 8: b: c\n";
        assert_eq!(violation(runs).unwrap(), "seed 7: a rule: what");
    }
}
