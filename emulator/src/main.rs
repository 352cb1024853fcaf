//! The emulator as a program: runs an emulator, or controls a running one.
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

/// Emulates Amazon ECS Express Mode on this machine: answers the API calls of Express services, and
/// those of STS, without an AWS account. No containers run; services exist in memory and on a virtual
/// clock. Set `AWS_ENDPOINT_URL` to use it with the AWS CLI or an SDK. Without a command, the emulator
/// starts.
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
    /// Query and control a running emulator.
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
