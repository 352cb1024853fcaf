//! The program: `run` and `crd`.

use std::{io::Write, process::ExitCode};

use clap::Parser;
use ecs_express_operator::{
    api::crd_yaml,
    cli::{Cli, Command, Failed},
    start::operator,
};

// One thread: ECS's throttles bound the work, and threads would wake one another for each answer.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let ended = match Cli::parse().command {
        Command::Run(args) => run(*args).await,
        Command::Crd => crd(),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("error: {failed}");
            failed.exit_code()
        }
    }
}

async fn run(args: ecs_express_operator::cli::Run) -> Result<(), Failed> {
    // One provider for kube and the AWS SDK alike; two would make the first client panic.
    if rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .is_err()
    {
        return Err(Failed::Machine(
            "another TLS provider is installed already".into(),
        ));
    }
    operator(args).await
}

fn crd() -> Result<(), Failed> {
    let yaml = crd_yaml().map_err(|error| Failed::Machine(error.to_string()))?;
    match std::io::stdout().write_all(yaml.as_bytes()) {
        // Whoever reads may stop early, as `head` does.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failed::Machine(
            format!("the output cannot be written: {error}"),
        )),
        Ok(()) | Err(_) => Ok(()),
    }
}
