//! The command line: every flag is an environment variable too.

mod values;

use std::{net::SocketAddr, process::ExitCode, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{
    controller::context::Settings,
    core::{observed::history::Windows, report::requeue::Intervals},
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
3 the Kubernetes API server cannot be reached or refuses; 4 the CustomResourceDefinition is missing or too old; \
5 no AWS Region, or no credentials that AWS accepts; 130 ended by a second signal, passes under way cut off.";

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
    #[arg(long, env = "ECS_EXPRESS_AWS_REGION", value_name = "REGION", value_parser = values::region)]
    pub aws_region: Option<String>,

    /// Watch this namespace only; unset: all.
    #[arg(long, env = "ECS_EXPRESS_NAMESPACE", value_name = "NAMESPACE", value_parser = values::namespace)]
    pub namespace: Option<String>,

    /// Name of this cluster on the owner tags in ECS; unset: the UID of the namespace kube-system. Never change it while
    /// objects exist.
    #[arg(long, env = "ECS_EXPRESS_CLUSTER_ID", value_name = "ID", value_parser = values::cluster_id)]
    pub cluster_id: Option<String>,

    /// How often to look at a service that is at rest: how late an outside change is found.
    #[arg(long, alias = "look-interval", env = "ECS_EXPRESS_RESYNC_INTERVAL", default_value = "5m", value_parser = values::interval)]
    pub resync_interval: Duration,

    /// How often to look while something is on its way.
    #[arg(long, env = "ECS_EXPRESS_POLL_INTERVAL", default_value = "10s", value_parser = values::interval)]
    pub poll_interval: Duration,

    /// Looks a second at most, on the long average: where there are more objects, each is looked at less often. A look is
    /// two to five calls.
    #[arg(long, alias = "look-rate", env = "ECS_EXPRESS_MAX_RECONCILE_RATE", default_value = "5", value_parser = values::rate)]
    pub max_reconcile_rate: f64,

    /// How long to wait for the effect of a call whose answer was lost; shorten it only for tests.
    #[arg(long, env = "ECS_EXPRESS_SETTLE_WINDOW", default_value = "2m", value_parser = values::interval)]
    pub settle_window: Duration,

    /// Least time between two sightings that prove a service gone; shorten it only for tests.
    #[arg(long, env = "ECS_EXPRESS_ABSENCE_GAP", default_value = "10s", value_parser = values::interval)]
    pub absence_gap: Duration,

    /// Serve /healthz, /readyz and /metrics here, as in 127.0.0.1:8080; unset: nowhere.
    #[arg(long, env = "ECS_EXPRESS_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,

    /// What to log: a level (error, warn, info, debug, trace) or filters as in "info,ecs_express_operator=debug".
    #[arg(
        long,
        env = "ECS_EXPRESS_LOG",
        default_value = "info",
        value_name = "FILTER",
        value_parser = values::log_filter
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
                resync: self.resync_interval,
                max_reconcile_rate: self.max_reconcile_rate,
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
    /// The CustomResourceDefinition cannot hold what the operator has to remember.
    #[error(
        "the CustomResourceDefinition expressservices.ecs-express.dev is older than this program: it lacks {0}, and without them no call to ECS would be safe; update it: ecs-express-operator crd | kubectl apply --server-side --force-conflicts -f -, or let the chart do it with crds.enabled=true"
    )]
    CrdTooOld(String),
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
            Self::CrdMissing | Self::CrdTooOld(_) => 4,
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
            ("--max-reconcile-rate", "0", "at least 0.01"),
            ("--max-reconcile-rate", "NaN", "at least 0.01"),
            ("--max-reconcile-rate", "inf", "at least 0.01"),
            ("--max-reconcile-rate", "five", "no number"),
            ("--resync-interval", "0s", "shorter than 100ms"),
            ("--poll-interval", "99ms", "shorter than 100ms"),
            ("--poll-interval", "10", "time unit"),
            ("--settle-window", "0s", "shorter than 100ms"),
            ("--absence-gap", "0s", "shorter than 100ms"),
            ("--absence-gap", "99ms", "shorter than 100ms"),
            ("--resync-interval", "300000000000y", "longer than 10y"),
            ("--settle-window", "11y", "longer than 10y"),
        ] {
            let error = run(&[flag, value]).unwrap_err();
            assert!(error.contains(flag) && error.contains(right), "{error}");
        }
        let error = run(&["--max-reconcile-rate=-1"]).unwrap_err();
        assert!(error.contains("at least 0.01"), "{error}");
    }

    #[test]
    fn an_id_that_a_template_left_empty_or_unfilled_is_refused_with_its_flag_and_what_is_right() {
        let long = "a".repeat(257);
        let wrong = [
            "",
            " ",
            "\t",
            "a b",
            " a",
            "a\n",
            "${CLUSTER_ID}",
            "$CLUSTER_ID",
            "$(CLUSTER_ID)",
            "{{ .Values.clusterId }}",
            "<cluster-id>",
            "%CLUSTER_ID%",
            "a,b",
            "a*",
            "aws:cluster",
            "AWS:cluster",
            &long,
        ];
        for id in wrong {
            let error = run(&[&format!("--cluster-id={id}")]).unwrap_err();
            assert!(
                error.contains("--cluster-id") && error.contains("unset it"),
                "{id}: {error}"
            );
        }
        let right = [
            "0b5b2b0c-7c39-4f0e-8f37-1d3c3c0f4b1a",
            "prod.eu-west-1/blue_2:a=b+c@d",
            "gr\u{fc}n",
            &long[1..],
        ];
        for id in right {
            let flag = format!("--cluster-id={id}");
            assert_eq!(run(&[&flag]).unwrap().cluster_id.as_deref(), Some(id));
        }
    }

    #[test]
    fn an_empty_or_malformed_namespace_or_region_is_refused() {
        for (flag, wrong) in [
            ("--namespace", ["", "Team", "${NAMESPACE}"]),
            ("--aws-region", ["", "eu west", "${AWS_REGION}"]),
        ] {
            for value in wrong {
                let error = run(&[&format!("{flag}={value}")]).unwrap_err();
                assert!(error.contains(flag), "{value}: {error}");
            }
        }
        let run = run(&["--namespace=team-a", "--aws-region=us-gov-west-1"]).unwrap();
        assert_eq!(run.namespace.as_deref(), Some("team-a"));
        assert_eq!(run.aws_region.as_deref(), Some("us-gov-west-1"));
    }

    #[test]
    fn a_filter_of_the_log_that_would_keep_it_silent_is_refused() {
        for wrong in [
            "",
            " ",
            "inof",
            "verbose",
            "info,hyper",
            "${LOG}",
            "info;debug",
        ] {
            let error = run(&[&format!("--log={wrong}")]).unwrap_err();
            assert!(error.contains("--log"), "{wrong}: {error}");
        }
        for right in [
            "info",
            "WARN",
            "off",
            "info,ecs_express_operator=debug",
            "warn,hyper=off",
            "ecs_express_operator[pass{object=a,b}]=trace",
        ] {
            let log = run(&[&format!("--log={right}")]).unwrap().log;
            assert_eq!(log, right);
        }
    }

    #[test]
    fn the_help_names_every_exit_code() {
        use clap::CommandFactory;
        let help = Cli::command().render_help().to_string();
        let codes = help.split_once("Exit codes:").unwrap().1;
        let numbers = codes.split_whitespace().flat_map(str::parse::<u8>);
        assert_eq!(
            numbers.collect::<Vec<_>>(),
            [0, 1, 2, 3, 4, 5, 130],
            "{help}"
        );
    }

    #[test]
    fn the_flags_become_the_settings_of_the_loop() {
        let flags = [
            "--max-reconcile-rate=0.5",
            "--resync-interval=1m",
            "--poll-interval=2s",
        ];
        let intervals = run(&flags).unwrap().settings().intervals;
        assert_eq!(intervals.max_reconcile_rate, 0.5);
        assert_eq!(
            (intervals.resync.as_secs(), intervals.poll.as_secs()),
            (60, 2)
        );
    }
}
