//! The command line of `ctl`.

use clap::{Args, Subcommand};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The emulator's address.
    #[arg(
        long,
        global = true,
        env = "AWS_ENDPOINT_URL",
        default_value = "http://127.0.0.1:4566"
    )]
    pub(super) url: String,

    /// Print the answer as JSON, for programs.
    #[arg(long, global = true)]
    pub(super) json: bool,

    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Whether it answers, which version it is, and its clock.
    Health,
    /// The services with their revisions and deployments.
    Services {
        /// Only those of this name.
        name: Option<String>,
    },
    /// How the next deployment of a service goes.
    Outcome(Outcome),
    /// Errors that the next calls are answered with.
    Fault(Faults),
    /// Something that nobody asked the API for.
    Change(Change),
    /// Shows the virtual clock, or moves it.
    Clock(Clock),
    /// The last calls.
    Calls(Calls),
    /// Shows the settings, or changes some.
    Settings(Settings),
}

#[derive(Args)]
pub(super) struct Outcome {
    /// The service's name, whether or not it exists yet.
    pub(super) service: String,
    /// Succeed, RollBackByCircuitBreaker, RollBackByAlarm, NeverComesUp, RollbackFails or
    /// ManagedResourceFails.
    pub(super) outcome: String,
    /// Shown as statusReason.
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
    /// Answers the next calls of an action with an error.
    Add(FaultAdd),
    /// Those that are not used up yet.
    List,
    /// Forgets all of them.
    Clear,
}

#[derive(Args)]
pub(super) struct FaultAdd {
    /// The action, such as CreateExpressGatewayService, or * for any.
    pub(super) action: String,
    /// The error code, or one of ConnectionReset, Timeout, Cut, Late, Repeat.
    pub(super) code: String,
    /// The message; {/primaryContainer/image} quotes this member of the request.
    #[arg(default_value = "")]
    pub(super) message: String,
    /// For so many calls.
    #[arg(long, default_value_t = 1)]
    pub(super) times: u32,
    /// Only for calls that name this service.
    #[arg(long)]
    pub(super) service: Option<String>,
    /// The HTTP status.
    #[arg(long)]
    pub(super) status: Option<u16>,
    /// How much later a Late answer comes.
    #[arg(long)]
    pub(super) milliseconds: Option<u64>,
    /// The list in the answer that Repeat doubles, as in /service/activeConfigurations.
    #[arg(long)]
    pub(super) pointer: Option<String>,
    /// The call takes effect; only its answer is lost.
    #[arg(long)]
    pub(super) applied: bool,
}

#[derive(Args)]
pub(super) struct Change {
    #[command(subcommand)]
    pub(super) what: What,
    /// The cluster [default: default]
    #[arg(long, global = true)]
    pub(super) cluster: Option<String>,
    /// The Region [default: that of the settings]
    #[arg(long, global = true)]
    pub(super) region: Option<String>,
    /// The account [default: that of the settings]
    #[arg(long, global = true)]
    pub(super) account: Option<String>,
}

#[derive(Subcommand)]
pub(super) enum What {
    /// Somebody else updates a service.
    Update {
        /// Its name.
        service: String,
        /// Members of UpdateExpressGatewayService, such as '{"cpu": "512", "memory": "1024"}'.
        members: String,
    },
    /// Somebody else tags a service; aws: is allowed here.
    Tag {
        /// Its name.
        service: String,
        /// key=value, more than once if wanted.
        #[arg(required = true)]
        tags: Vec<String>,
    },
    /// Somebody else takes tags away.
    Untag {
        /// The service's name.
        service: String,
        /// Keys.
        #[arg(required = true)]
        keys: Vec<String>,
    },
    /// Somebody else deletes a service.
    Delete {
        /// Its name.
        service: String,
    },
    /// A service vanishes without a trace.
    Purge {
        /// Its name.
        service: String,
    },
    /// A service that is no Express service takes a name.
    Customer {
        /// The name.
        service: String,
    },
    /// Something that ECS manages for a service fails.
    Fail {
        /// The service's name.
        service: String,
        /// What fails, such as LoadBalancer or TargetGroups.
        resource: String,
        /// Shown as statusReason.
        reason: String,
    },
    /// A cluster appears, or goes with --missing.
    Cluster {
        /// Its name.
        name: String,
        /// It goes.
        #[arg(long)]
        missing: bool,
    },
    /// A role can be assumed, or with --unusable cannot.
    Role {
        /// Its ARN.
        arn: String,
        /// It cannot.
        #[arg(long)]
        unusable: bool,
    },
}

#[derive(Args)]
pub(super) struct Clock {
    /// Move it by so much: 90, 90s, 10m or 2h.
    pub(super) advance: Option<String>,
}

#[derive(Args)]
pub(super) struct Calls {
    /// How many.
    #[arg(long, default_value_t = 20)]
    pub(super) last: usize,
    /// Forget them.
    #[arg(long)]
    pub(super) clear: bool,
}

#[derive(Args)]
pub(super) struct Settings {
    /// name=value, such as bakeSeconds=10 or takenName=Existing.
    pub(super) assignments: Vec<String>,
}
