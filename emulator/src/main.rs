//! The emulator as a program: it runs, or it tells a running one something.
#![allow(
    clippy::print_stdout,
    reason = "what the start-up text and ctl say is the program's output"
)]

mod ctl;
mod run;

use std::{
    io::{self, IsTerminal as _},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// Amazon ECS Express Mode on a laptop: answers the ECS API calls of Express services, and those of
/// STS, without an AWS account. Nothing is really run; services live in memory and on a virtual
/// clock. Point the AWS CLI or an SDK at it with `AWS_ENDPOINT_URL`. Without a command it starts.
#[derive(Parser)]
#[command(name = "ecs-express-emulator", version)]
struct CommandLine {
    #[command(flatten)]
    run: run::Arguments,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Asks or tells a running emulator something.
    Ctl(ctl::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let CommandLine { run, command } = CommandLine::parse();
    let done = match command {
        Some(Command::Ctl(arguments)) => ctl::run(arguments).await,
        None => {
            let filter =
                EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
            tracing_subscriber::fmt()
                .with_env_filter(filter)
                .with_writer(io::stderr)
                .with_ansi(io::stderr().is_terminal())
                .init();
            run::run(run).await
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
