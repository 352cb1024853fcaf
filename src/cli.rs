//! The command line: every flag is an environment variable too.

use std::{net::SocketAddr, process::ExitCode, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{
    controller::context::Settings,
    core::{retry::Intervals, sightings::Windows},
};

/// Runs Amazon ECS Express Mode services from Kubernetes.
#[derive(Debug, Parser)]
#[command(version, about, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 stopped by a signal, or done; 1 the watch ended by itself, or the machine refused; 2 wrong usage; \
3 the Kubernetes API server cannot be reached or refuses; 4 the CustomResourceDefinition is missing; \
5 no AWS Region, or no credentials that AWS accepts.";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Watch ExpressServices and keep ECS as they say.
    ///
    /// Runs in a cluster, or with a kubeconfig (KUBECONFIG). AWS credentials come from the AWS SDK's own chain:
    /// environment, web identity (IRSA), EKS Pod Identity, profile. AWS_ENDPOINT_URL points ECS and STS elsewhere.
    Run(Box<Run>),
    /// Print the CustomResourceDefinition as YAML.
    Crd,
}

/// Settings of `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// AWS Region of objects that name none; unset: the AWS SDK's own chain (AWS_REGION, profile).
    #[arg(long, env = "ECS_EXPRESS_AWS_REGION", value_name = "REGION")]
    pub aws_region: Option<String>,

    /// Watch this namespace only; unset: all.
    #[arg(long, env = "ECS_EXPRESS_NAMESPACE", value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    /// Name of this cluster on the owner tags in ECS; unset: the UID of the namespace kube-system. Never change it while
    /// objects exist.
    #[arg(long, env = "ECS_EXPRESS_CLUSTER_ID", value_name = "ID")]
    pub cluster_id: Option<String>,

    /// How often to look at a service that is at rest: how late an outside change is found.
    #[arg(long, env = "ECS_EXPRESS_LOOK_INTERVAL", default_value = "5m", value_parser = interval)]
    pub look_interval: Duration,

    /// How often to look while something is on its way.
    #[arg(long, env = "ECS_EXPRESS_POLL_INTERVAL", default_value = "10s", value_parser = interval)]
    pub poll_interval: Duration,

    /// Looks a second at most, on the long average: where there are more objects, each is looked at less often. A look is
    /// two to five calls.
    #[arg(long, env = "ECS_EXPRESS_LOOK_RATE", default_value = "5", value_parser = rate)]
    pub look_rate: f64,

    /// How long to wait for the effect of a call whose answer was lost; shorten it only for tests.
    #[arg(long, env = "ECS_EXPRESS_SETTLE_WINDOW", default_value = "2m", value_parser = humantime::parse_duration)]
    pub settle_window: Duration,

    /// Least time between two sightings that prove a service gone; shorten it only for tests.
    #[arg(long, env = "ECS_EXPRESS_ABSENCE_GAP", default_value = "10s", value_parser = humantime::parse_duration)]
    pub absence_gap: Duration,

    /// Serve /healthz, /readyz and /metrics here, as in 127.0.0.1:8080; unset: nowhere.
    #[arg(long, env = "ECS_EXPRESS_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,

    /// What to log: a level (error, warn, info, debug, trace) or filters as in "info,ecs_express_operator=debug".
    #[arg(
        long,
        env = "ECS_EXPRESS_LOG",
        default_value = "info",
        value_name = "FILTER"
    )]
    pub log: String,

    /// Form of the log.
    #[arg(
        long,
        env = "ECS_EXPRESS_LOG_FORMAT",
        default_value = "json",
        value_enum
    )]
    pub log_format: LogFormat,
}

/// A duration that cannot make a hot loop.
fn interval(text: &str) -> Result<Duration, String> {
    const SHORTEST: Duration = Duration::from_millis(100);
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if duration < SHORTEST {
        return Err(format!("{text} is shorter than 100ms"));
    }
    Ok(duration)
}

/// A rate that does not stand still.
fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| format!("{text} is no number"))?;
    if rate.is_finite() && rate >= 0.01 {
        Ok(rate)
    } else {
        Err(format!("{text} is not a number of at least 0.01"))
    }
}

/// Form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

impl Run {
    /// The loop's settings.
    pub fn settings(&self) -> Settings {
        Settings {
            windows: Windows {
                settle: self.settle_window,
                absence_gap: self.absence_gap,
            },
            intervals: Intervals {
                poll: self.poll_interval,
                look: self.look_interval,
                looks_per_second: self.look_rate,
            },
            ..Settings::default()
        }
    }
}

/// Why the program ends.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The log filter is malformed.
    #[error("--log: {0}; use a level such as info")]
    Usage(String),
    /// The machine does not let the program work.
    #[error("{0}")]
    Machine(String),
    /// Kubernetes cannot be used.
    #[error("{0}")]
    Kubernetes(String),
    /// The CustomResourceDefinition is missing.
    #[error(
        "the API server does not know expressservices.ecs-express.dev; install the CustomResourceDefinition first: ecs-express-operator crd | kubectl apply -f -"
    )]
    CrdMissing,
    /// AWS cannot be used.
    #[error("{0}")]
    Aws(String),
    /// The watch ended by itself.
    #[error("the watch ended by itself; that should not happen, and a restart helps")]
    WatchEnded,
}

impl Failed {
    /// The program's exit code.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::WatchEnded | Self::Machine(_) => 1,
            Self::Usage(_) => 2,
            Self::Kubernetes(_) => 3,
            Self::CrdMissing => 4,
            Self::Aws(_) => 5,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Cli, Command};
    use clap::Parser;

    fn run(flags: &[&str]) -> Result<Box<super::Run>, String> {
        let arguments = ["ecs-express-operator", "run"].iter().chain(flags);
        match Cli::try_parse_from(arguments).map(|cli| cli.command) {
            Ok(Command::Run(run)) => Ok(run),
            Ok(Command::Crd) => Err("crd".into()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn an_interval_or_a_rate_that_cannot_be_kept_is_refused_with_its_flag_and_what_is_right() {
        for (flag, value, right) in [
            ("--look-rate", "0", "at least 0.01"),
            ("--look-rate", "NaN", "at least 0.01"),
            ("--look-rate", "inf", "at least 0.01"),
            ("--look-rate", "five", "no number"),
            ("--look-interval", "0s", "shorter than 100ms"),
            ("--poll-interval", "99ms", "shorter than 100ms"),
            ("--poll-interval", "10", "time unit"),
        ] {
            let error = run(&[flag, value]).unwrap_err();
            assert!(error.contains(flag) && error.contains(right), "{error}");
        }
        let error = run(&["--look-rate=-1"]).unwrap_err();
        assert!(error.contains("at least 0.01"), "{error}");
    }

    #[test]
    fn the_flags_become_the_settings_of_the_loop() {
        let flags = [
            "--look-rate=0.5",
            "--look-interval=1m",
            "--poll-interval=2s",
        ];
        let intervals = run(&flags).unwrap().settings().intervals;
        assert_eq!(intervals.looks_per_second, 0.5);
        assert_eq!(
            (intervals.look.as_secs(), intervals.poll.as_secs()),
            (60, 2)
        );
    }
}
