//! The program `ecs-express-operator` with its commands `run` and `crd`.

use std::{io::Write, process::ExitCode};

use ecs_express_operator::{
    api::crd_yaml,
    cli::{Cli, Command, ExitError, Run},
    start::operator,
};

// One thread: the rate limits of ECS bound the work, and threads would only wake one another for each answer.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = std::env::args_os();
    let variable = |name: &str| std::env::var(name).ok();
    let cli = Cli::try_parse_with(arguments, variable).unwrap_or_else(|error| error.exit());
    let ended = match cli.command {
        Command::Run(args) => run(*args).await,
        Command::Crd => crd(),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            error.exit_code()
        }
    }
}

async fn run(args: Run) -> Result<(), ExitError> {
    // kube and the AWS SDK share one provider; with two, the first client would panic.
    if rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .is_err()
    {
        return Err(ExitError::System(
            "another TLS provider is already installed".into(),
        ));
    }
    operator(args).await
}

fn crd() -> Result<(), ExitError> {
    let yaml = crd_yaml().map_err(|error| ExitError::System(error.to_string()))?;
    match std::io::stdout().write_all(yaml.as_bytes()) {
        // The reader may stop early, as `head` does.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(ExitError::System(
            format!("cannot write the output: {error}"),
        )),
        Ok(()) | Err(_) => Ok(()),
    }
}
