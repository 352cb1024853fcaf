//! Benchmarks of the operator: the shipped program on a real API server, against the emulator, all on one machine.
//! Figures that depend on time stand beside those of a plain client from the same run.
#![recursion_limit = "256"]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement panics on the unexpected"
)]

mod decisions;
mod fixture;
mod latency;
mod lifecycle;
mod load;
mod machine;
mod plain_client;
mod table;
mod usage;

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use fixture::Fixture;
use table::{Row, Table};
use test_support::{fixtures, harness};

/// Measures the operator and prints a table.
#[derive(Debug, Parser)]
struct Arguments {
    /// The operator's program; by default the one beside this.
    #[arg(long)]
    operator: Option<PathBuf>,

    /// Objects of the last steps: memory, and a start with all of them.
    #[arg(long, default_value_t = 10_000)]
    objects: usize,

    /// Only these steps; by default all.
    #[arg(long, value_enum)]
    only: Vec<Step>,

    /// Write the page with the table here too.
    #[arg(long)]
    write: Option<PathBuf>,
}

/// A step of the measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Step {
    /// The time that the pure core takes.
    Decisions,
    /// Calls and writes in the lifecycle of an object.
    Lives,
    /// A thousand objects at once.
    Load,
    /// From apply to create.
    Latency,
    /// Memory, and a start with all objects.
    Usage,
}

#[tokio::main]
async fn main() {
    let Arguments {
        operator,
        objects,
        only,
        write,
    } = Arguments::parse();
    let wanted = |step| only.is_empty() || only.contains(&step);
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .expect("no other TLS provider is installed");
    let operator = operator.unwrap_or_else(beside);
    let mut table = Table::default();
    let size = std::fs::metadata(&operator)
        .expect("build the operator first")
        .len();
    table.add(Row::size("program, stripped", size, Some(16.0)));
    if wanted(Step::Decisions) {
        decisions::measure(&mut table);
    }
    if wanted(Step::Lives) {
        lifecycle::measure(&mut table).await;
    }
    let mut fixture = Fixture::start(operator).await;
    if wanted(Step::Load) {
        load::measure(&mut fixture, &mut table).await;
    }
    if wanted(Step::Latency) {
        latency::measure(&mut fixture, &mut table).await;
    }
    if wanted(Step::Usage) {
        usage::measure(&mut fixture, &mut table, objects).await;
    }
    if let Some(page) = write {
        std::fs::write(page, table.page()).expect("the page can be written");
    }
    println!("{table}");
}

fn beside() -> PathBuf {
    let bench = std::env::current_exe().expect("this program has a path");
    bench.with_file_name("ecs-express-operator")
}
