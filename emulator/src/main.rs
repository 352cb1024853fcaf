//! The emulator as a program.
#![allow(
    clippy::print_stdout,
    reason = "what the start-up text says is the program's output"
)]

use std::{
    fmt::Write as _,
    io::{self, IsTerminal as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;
use ecs_express_emulator::{Emulator, Settings};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Amazon ECS Express Mode on a laptop: answers the ECS API calls of Express services, and
/// GetCallerIdentity of STS, without an AWS account. Nothing is really run; services live in memory
/// and on a virtual clock. Point the AWS CLI or an SDK at it with `AWS_ENDPOINT_URL`.
#[derive(Parser)]
#[command(name = "ecs-express-emulator", version)]
struct Arguments {
    /// Address to listen on; port 0 takes a free one.
    #[arg(
        long,
        env = "ECS_EXPRESS_EMULATOR_LISTEN",
        default_value = "127.0.0.1:4566"
    )]
    listen: SocketAddr,

    /// Allow an address that other machines can reach. Whoever reaches it controls the emulator.
    #[arg(
        long,
        env = "ECS_EXPRESS_EMULATOR_ALLOW_REMOTE",
        value_parser = clap::builder::BoolishValueParser::new()
    )]
    allow_remote: bool,

    /// Virtual seconds per real second: with 60 a rollout of nine minutes takes nine seconds.
    /// 0 stops the clock; it then moves only by POST /_emulator/clock.
    #[arg(long, env = "ECS_EXPRESS_EMULATOR_TIME_SCALE", default_value_t = 60.0)]
    time_scale: f64,

    /// Account of callers whose access key isn't itself an account id.
    #[arg(
        long,
        env = "ECS_EXPRESS_EMULATOR_ACCOUNT_ID",
        default_value = "123456789012"
    )]
    account_id: String,

    /// Region that control requests mean when they name none. Calls bring their own.
    #[arg(long, env = "ECS_EXPRESS_EMULATOR_REGION", default_value = "us-east-1")]
    region: String,

    /// A cluster that exists in every Region; can be given more than once. The cluster `default`
    /// is made when it is first needed.
    #[arg(
        long = "cluster",
        env = "ECS_EXPRESS_EMULATOR_CLUSTERS",
        value_name = "NAME",
        value_delimiter = ','
    )]
    clusters: Vec<String>,

    /// Write the port to this file once the emulator listens.
    #[arg(long, env = "ECS_EXPRESS_EMULATOR_PORT_FILE", value_name = "PATH")]
    port_file: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let listen = arguments.listen;
    if !listen.ip().is_loopback() && !arguments.allow_remote {
        return Err(format!(
            "{listen} isn't a loopback address: other machines could reach the emulator. \
             Use 127.0.0.1, or pass --allow-remote."
        ));
    }
    // Before anything is announced, so that a signal that comes at once is not lost.
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    let settings = Settings {
        account_id: arguments.account_id,
        region: arguments.region,
        clusters: arguments.clusters,
        time_scale: arguments.time_scale,
        ..Settings::default()
    };
    settings.check()?;
    let region = settings.region.clone();
    let emulator = Emulator::listen(listen, settings)
        .await
        .map_err(|error| cannot_listen(listen, &error))?;
    if let Some(path) = &arguments.port_file {
        write_port(path, emulator.port())
            .map_err(|error| format!("cannot write the port to {}: {error}", path.display()))?;
    }
    print!("{}", announcement(&emulator.url(), &region));
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopped");
    Ok(())
}

fn cannot_listen(listen: SocketAddr, error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::AddrInUse {
        format!("{listen} is taken by another process. Choose another with --listen.")
    } else {
        format!("cannot listen on {listen}: {error}")
    }
}

/// Under another name first, so that whoever waits for the file never reads half of it.
fn write_port(path: &Path, port: u16) -> io::Result<()> {
    let partial = path.with_added_extension("partial");
    std::fs::write(&partial, format!("{port}\n"))?;
    std::fs::rename(partial, path)
}

fn announcement(url: &str, region: &str) -> String {
    let mut text = format!("Amazon ECS Express Mode is emulated at {url}\n\n");
    let variables = [
        ("AWS_ENDPOINT_URL", url),
        // The SDKs read the first, the AWS CLI and boto3 the second.
        ("AWS_REGION", region),
        ("AWS_DEFAULT_REGION", region),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ];
    for (name, value) in variables {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "export {name}={value}");
    }
    let _ = writeln!(
        text,
        "\nControl it under {url}/_emulator/ (see the README)."
    );
    text
}
