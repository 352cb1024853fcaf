//! The command line. Every flag can also be set by an environment variable.

mod exit;
mod renamed;
mod values;

use std::{ffi::OsString, net::SocketAddr, time::Duration};

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use self::renamed::{MAX_RECONCILE_RATE, RESYNC_INTERVAL};
pub use self::{exit::ExitError, renamed::RenamedVariable};

use crate::{
    controller::context::Settings,
    core::{observed::history::Windows, report::requeue::Intervals},
    telemetry::log::LogFormat,
};

/// Runs Amazon ECS Express Mode services from Kubernetes.
#[derive(Debug, Parser)]
#[command(version, about, after_help = exit::EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Parses arguments, with `variable` to read an environment variable of a former name.
    ///
    /// # Errors
    ///
    /// If the arguments are wrong, or ask for the help or the version.
    pub fn try_parse_with<A: Into<OsString> + Clone>(
        arguments: impl IntoIterator<Item = A>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, clap::Error> {
        let matches = Self::command().try_get_matches_from(arguments)?;
        let mut cli = Self::from_arg_matches(&matches)?;
        if let Command::Run(run) = &mut cli.command
            && let Some(matches) = matches.subcommand_matches("run")
        {
            run.apply_renamed_variables(matches, variable)?;
        }
        Ok(cli)
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Watch ExpressServices and keep their ECS services as specified.
    ///
    /// Runs in a cluster, or with a kubeconfig (KUBECONFIG). AWS credentials come from the AWS SDK's default chain:
    /// environment, web identity (IRSA), EKS Pod Identity, profile. AWS_ENDPOINT_URL sets another endpoint for ECS and
    /// STS.
    Run(Box<Run>),
    /// Print the CustomResourceDefinition as YAML.
    Crd,
}

/// Settings of `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// AWS Region of objects without spec.region. Default: that of the AWS SDK's default chain (AWS_REGION, profile).
    #[arg(long, env = "ECS_EXPRESS_AWS_REGION", value_name = "REGION", value_parser = values::region)]
    pub aws_region: Option<String>,

    /// Watch only this namespace. Default: all namespaces.
    #[arg(long, env = "ECS_EXPRESS_NAMESPACE", value_name = "NAMESPACE", value_parser = values::namespace)]
    pub namespace: Option<String>,

    /// Name of this cluster in the owner tags in ECS. Default: the UID of the namespace kube-system. Do not change it
    /// while objects exist.
    #[arg(long, env = "ECS_EXPRESS_CLUSTER_ID", value_name = "ID", value_parser = values::cluster_id)]
    pub cluster_id: Option<String>,

    /// Interval between reconciles of an idle object: how late a change outside Kubernetes is found.
    #[arg(long, alias = "look-interval", env = "ECS_EXPRESS_RESYNC_INTERVAL", default_value = "5m", value_parser = values::interval)]
    pub resync_interval: Duration,

    /// Interval between reconciles while a change is in progress.
    #[arg(long, env = "ECS_EXPRESS_POLL_INTERVAL", default_value = "10s", value_parser = values::interval)]
    pub poll_interval: Duration,

    /// Reconciles per second at most, on the long-term average: with many objects, each is reconciled less often. A
    /// reconcile makes two to five calls to AWS.
    #[arg(long, alias = "look-rate", env = "ECS_EXPRESS_MAX_RECONCILE_RATE", default_value = "5", value_parser = values::rate)]
    pub max_reconcile_rate: f64,

    /// How long to wait for the effect of a call whose answer was lost. For tests.
    #[arg(long, hide = true, env = "ECS_EXPRESS_SETTLE_WINDOW", default_value = "2m", value_parser = values::interval)]
    pub settle_window: Duration,

    /// Shortest time between the two observations that confirm that a service is absent. For tests.
    #[arg(long, hide = true, env = "ECS_EXPRESS_ABSENCE_GAP", default_value = "10s", value_parser = values::interval)]
    pub absence_gap: Duration,

    /// Address for /healthz, /readyz and /metrics, such as 127.0.0.1:8080. Default: they are not served.
    #[arg(long, env = "ECS_EXPRESS_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,

    /// What to log: a level (error, warn, info, debug, trace) or filters such as "info,ecs_express_operator=debug".
    #[arg(
        long,
        env = "ECS_EXPRESS_LOG",
        default_value = "info",
        value_name = "FILTER",
        value_parser = values::log_filter
    )]
    pub log: String,

    /// Format of the log.
    #[arg(
        long,
        env = "ECS_EXPRESS_LOG_FORMAT",
        default_value = "json",
        value_enum
    )]
    pub log_format: LogFormat,

    /// Environment variables that were set under their former names.
    #[arg(skip)]
    pub renamed_variables: Vec<RenamedVariable>,
}

impl Run {
    fn apply_renamed_variables(
        &mut self,
        matches: &ArgMatches,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<(), clap::Error> {
        let renamed = RESYNC_INTERVAL;
        if let Some(interval) = renamed.read(matches, &variable, values::interval)? {
            self.resync_interval = interval;
            self.renamed_variables.push(renamed);
        }
        let renamed = MAX_RECONCILE_RATE;
        if let Some(rate) = renamed.read(matches, &variable, values::rate)? {
            self.max_reconcile_rate = rate;
            self.renamed_variables.push(renamed);
        }
        Ok(())
    }

    /// Returns the settings of the controller.
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
        }
    }
}

#[cfg(test)]
#[path = "cli/tests.rs"]
mod tests;
