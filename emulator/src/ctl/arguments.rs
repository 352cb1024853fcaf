//! Command-line arguments of `ctl`.

use clap::{Args, Subcommand};

#[derive(Args)]
pub(crate) struct Arguments {
    /// URL of the emulator.
    #[arg(
        long,
        global = true,
        env = "AWS_ENDPOINT_URL",
        default_value = "http://127.0.0.1:4566"
    )]
    pub(super) url: String,

    /// Print the answer as JSON.
    #[arg(long, global = true)]
    pub(super) json: bool,

    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Show the status, version and clock of the emulator.
    Health,
    /// List the services with their revisions and deployments.
    Services {
        /// List only services of this name.
        name: Option<String>,
    },
    /// Plan the outcome of the next deployment of a service.
    Outcome(Outcome),
    /// Inject faults into the next calls.
    Fault(Faults),
    /// Make a change as another user or AWS would, outside the recorded calls.
    Change(Change),
    /// Show or advance the virtual clock.
    Clock(Clock),
    /// List the last calls.
    Calls(Calls),
    /// Show or change the settings.
    Settings(Settings),
}

#[derive(Args)]
pub(super) struct Outcome {
    /// Name of the service; it need not exist yet.
    pub(super) service: String,
    /// Succeed, RollBackByCircuitBreaker, RollBackByAlarm, NeverComesUp, RollbackFails,
    /// ManagedResourceFails, RollBackBeforeShown, StopBeforeShown or Vanish.
    pub(super) outcome: String,
    /// Text to show as statusReason.
    #[arg(long)]
    pub(super) reason: Option<String>,
}

#[derive(Args)]
pub(super) struct Faults {
    #[command(subcommand)]
    pub(super) command: Fault,
}

#[derive(Subcommand)]
pub(super) enum Fault {
    /// Answer the next calls of an action with an error.
    Add(FaultAdd),
    /// List the faults that are not used up.
    List,
    /// Remove all faults.
    Clear,
}

#[derive(Args)]
pub(super) struct FaultAdd {
    /// Name of the action, such as CreateExpressGatewayService, or * for any.
    pub(super) action: String,
    /// Error code, or one of ConnectionReset, Timeout, Cut, Late, Repeat, NoCode.
    pub(super) code: String,
    /// Error message; {/primaryContainer/image} is replaced by this member of the request.
    #[arg(default_value = "")]
    pub(super) message: String,
    /// Number of calls that meet the fault.
    #[arg(long, default_value_t = 1)]
    pub(super) times: u32,
    /// Restrict the fault to calls that name this service.
    #[arg(long)]
    pub(super) service: Option<String>,
    /// HTTP status of the answer [default: by the error code]
    #[arg(long)]
    pub(super) status: Option<u16>,
    /// Delay of a Late answer or of an error in real milliseconds.
    #[arg(long)]
    pub(super) milliseconds: Option<u64>,
    /// JSON pointer to the list whose elements Repeat repeats, such as /service/activeConfigurations.
    #[arg(long)]
    pub(super) pointer: Option<String>,
    /// Let the call take effect, so that only its answer is lost.
    #[arg(long)]
    pub(super) applied: bool,
}

#[derive(Args)]
pub(super) struct Change {
    #[command(subcommand)]
    pub(super) what: What,
    /// Cluster [default: default]
    #[arg(long, global = true)]
    pub(super) cluster: Option<String>,
    /// Region [default: that of the settings]
    #[arg(long, global = true)]
    pub(super) region: Option<String>,
    /// Account id [default: that of the settings]
    #[arg(long, global = true)]
    pub(super) account: Option<String>,
}

#[derive(Subcommand)]
pub(super) enum What {
    /// Update a service as another user.
    Update {
        /// Name of the service.
        service: String,
        /// Members of UpdateExpressGatewayService, such as '{"cpu": "512", "memory": "1024"}'.
        members: String,
    },
    /// Tag a service as another user or as AWS, so that the prefix aws: is allowed.
    Tag {
        /// Name of the service.
        service: String,
        /// Tags, each in the form key=value.
        #[arg(required = true)]
        tags: Vec<String>,
    },
    /// Remove tags from a service as another user.
    Untag {
        /// Name of the service.
        service: String,
        /// Keys of the tags to remove.
        #[arg(required = true)]
        keys: Vec<String>,
    },
    /// Delete a service as another user.
    Delete {
        /// Name of the service.
        service: String,
    },
    /// Remove a service without a trace.
    Purge {
        /// Name of the service.
        service: String,
    },
    /// Create a service that is not an Express service.
    Customer {
        /// Name of the service.
        service: String,
    },
    /// Make a managed resource of a service fail.
    Fail {
        /// Name of the service.
        service: String,
        /// Resource that fails, such as LoadBalancer or TargetGroups.
        resource: String,
        /// Text to show as statusReason.
        reason: String,
    },
    /// Detach a managed resource from a service.
    Detach {
        /// Name of the service.
        service: String,
        /// Resource to detach, such as LoadBalancer or Rule.
        resource: String,
    },
    /// Set the desired count of a service, although its configuration asks for another.
    DesiredCount {
        /// Name of the service.
        service: String,
        /// Desired number of tasks.
        count: u32,
    },
    /// Let tasks of a service die, so that only this number runs.
    RunningCount {
        /// Name of the service.
        service: String,
        /// Number of tasks that run.
        count: u32,
    },
    /// Create a cluster, or delete it with --missing.
    Cluster {
        /// Name of the cluster.
        name: String,
        /// Delete the cluster.
        #[arg(long)]
        missing: bool,
    },
    /// Make a role usable for ECS, or unusable with --unusable.
    Role {
        /// ARN of the role.
        arn: String,
        /// Make the role unusable.
        #[arg(long)]
        unusable: bool,
    },
}

#[derive(Args)]
pub(super) struct Clock {
    /// Time by which to advance the clock, such as 90, 90s, 10m or 2h.
    pub(super) advance: Option<String>,
}

#[derive(Args)]
pub(super) struct Calls {
    /// Number of calls to list.
    #[arg(long, default_value_t = 20)]
    pub(super) last: usize,
    /// Remove all recorded calls.
    #[arg(long)]
    pub(super) clear: bool,
}

#[derive(Args)]
pub(super) struct Settings {
    /// Settings to change, in the form name=value, such as bakeSeconds=10 or takenName=Existing.
    pub(super) assignments: Vec<String>,
}
