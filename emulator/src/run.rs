//! Running the emulator until a signal arrives.

use std::{
    fmt::Write as _,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use clap::Args;
use ecs_express_emulator::{Emulator, Model, Settings, StateFile};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Address to listen on; port 0 selects a free port.
    #[arg(
        long,
        env = "ECS_EXPRESS_EMULATOR_LISTEN",
        default_value = "127.0.0.1:4566"
    )]
    listen: SocketAddr,

    /// Allow an address that other machines can reach. Everyone who can reach it controls the emulator.
    #[arg(
        long,
        env = "ECS_EXPRESS_EMULATOR_ALLOW_REMOTE",
        value_parser = clap::builder::BoolishValueParser::new()
    )]
    allow_remote: bool,

    /// Virtual seconds per real second: with 60, a deployment of nine minutes takes nine seconds.
    /// 0 stops the clock, which then advances only by POST /_emulator/clock.
    /// [default: 60]
    #[arg(long, env = "ECS_EXPRESS_EMULATOR_TIME_SCALE")]
    time_scale: Option<f64>,

    /// Account id of callers whose access key is not itself an account id.
    /// [default: 123456789012]
    #[arg(long, env = "ECS_EXPRESS_EMULATOR_ACCOUNT_ID")]
    account_id: Option<String>,

    /// Region of control requests that name none. API calls name their own.
    /// [default: us-east-1]
    #[arg(long, env = "ECS_EXPRESS_EMULATOR_REGION")]
    region: Option<String>,

    /// Cluster that exists in every Region; may be repeated. The cluster `default` is created when it
    /// is first needed.
    #[arg(
        long = "cluster",
        env = "ECS_EXPRESS_EMULATOR_CLUSTERS",
        value_name = "NAME",
        value_delimiter = ','
    )]
    clusters: Vec<String>,

    /// File to which the port is written once the emulator listens.
    #[arg(long, env = "ECS_EXPRESS_EMULATOR_PORT_FILE", value_name = "PATH")]
    port_file: Option<PathBuf>,

    /// File in which the state is saved, and from which the next start continues. The flags above
    /// override the settings in the file.
    #[arg(long, env = "ECS_EXPRESS_EMULATOR_STATE_FILE", value_name = "PATH")]
    state_file: Option<PathBuf>,
}

impl Arguments {
    /// Returns the settings that the flags change.
    fn settings(&self) -> Value {
        let mut settings = json!({});
        if let Some(time_scale) = self.time_scale {
            settings["timeScale"] = json!(time_scale);
        }
        if let Some(account_id) = &self.account_id {
            settings["accountId"] = json!(account_id);
        }
        if let Some(region) = &self.region {
            settings["region"] = json!(region);
        }
        if !self.clusters.is_empty() {
            settings["clusters"] = json!(self.clusters);
        }
        settings
    }
}

/// Runs the emulator until SIGINT or SIGTERM.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    let listen = arguments.listen;
    if !listen.ip().is_loopback() && !arguments.allow_remote {
        return Err(format!(
            "{listen} is not a loopback address: other machines could reach the emulator. \
             Use 127.0.0.1, or pass --allow-remote."
        ));
    }
    // The handlers are installed before the address is printed, so that no early signal is lost.
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    let state_file = match &arguments.state_file {
        Some(path) => Some(StateFile::open(path).map_err(|error| error.to_string())?),
        None => None,
    };
    let model = model(&arguments.settings(), state_file.as_ref())?;
    let region = model.settings().region.clone();
    let mut emulator = Emulator::serve(listen, model)
        .await
        .map_err(|error| cannot_listen(listen, &error))?;
    if let Some(file) = state_file {
        emulator.save_to(file);
    }
    if let Some(path) = &arguments.port_file {
        write_port(path, emulator.port())
            .map_err(|error| format!("cannot write the port to {}: {error}", path.display()))?;
    }
    print!("{}", announcement(&emulator.url(), &region));
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    emulator.save().await.map_err(|error| error.to_string())?;
    tracing::info!("emulator stopped");
    Ok(())
}

/// Returns the saved model or a new one, with the settings of the flags.
fn model(settings: &Value, state_file: Option<&StateFile>) -> Result<Model, String> {
    let saved = match state_file {
        Some(file) => file.load().map_err(|error| error.to_string())?,
        None => None,
    };
    let mut model = saved.unwrap_or_else(|| {
        let default = Settings::default();
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Model::new(Settings {
            start_time: now.map_or(default.start_time, |now| now.as_secs()),
            ..default
        })
    });
    model.change_settings(settings)?;
    Ok(model)
}

fn cannot_listen(listen: SocketAddr, error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::AddrInUse {
        format!("{listen} is taken by another process. Choose another address with --listen.")
    } else {
        format!("cannot listen on {listen}: {error}")
    }
}

/// Writes under another name first, so that nobody reads an incomplete file.
fn write_port(path: &Path, port: u16) -> io::Result<()> {
    let partial = path.with_added_extension("partial");
    std::fs::write(&partial, format!("{port}\n"))?;
    std::fs::rename(partial, path)
}

fn announcement(url: &str, region: &str) -> String {
    let mut text = format!("Amazon ECS Express Mode is emulated at {url}\n\n");
    let variables = [
        ("AWS_ENDPOINT_URL", url),
        // The SDKs read AWS_REGION, the AWS CLI and boto3 read AWS_DEFAULT_REGION.
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
        "\nWatch it at {url}/, and control it with `ecs-express-emulator ctl` or under\n{url}/_emulator/ (see the README)."
    );
    text
}
