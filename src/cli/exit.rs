//! How the program ends, with the exit code of each error.

use std::process::ExitCode;

/// The exit codes, for the help.
pub(super) const EXIT_CODES: &str = "Exit codes: 0 stopped by a signal, or done; 1 the watch ended unexpectedly, or the operating system refused something; \
2 wrong usage; 3 the Kubernetes API server cannot be reached, or refuses access; \
4 the CustomResourceDefinition is missing or too old; \
5 no AWS Region, or no credentials that AWS accepts; \
130 stopped by a second signal, with reconciles in progress interrupted.";

/// An error that ends the program.
#[derive(Debug, thiserror::Error)]
pub enum ExitError {
    /// The log filter is malformed.
    #[error("--log: {0}; use a level such as info")]
    Usage(String),
    /// The operating system refused something.
    #[error("{0}")]
    System(String),
    /// The Kubernetes API server cannot be used.
    #[error("{0}")]
    Kubernetes(String),
    /// The CustomResourceDefinition is missing.
    #[error(
        "the API server does not know expressservices.ecs-express.dev; install the CustomResourceDefinition first: ecs-express-operator crd | kubectl apply -f -"
    )]
    CrdMissing,
    /// The CustomResourceDefinition lacks fields of the operator state; names them.
    #[error(
        "the CustomResourceDefinition expressservices.ecs-express.dev is older than this program: it lacks {0}, without which no call to ECS is safe; update it with: ecs-express-operator crd | kubectl apply --server-side --force-conflicts -f -, or let the chart do it with crds.enabled=true"
    )]
    CrdTooOld(String),
    /// AWS cannot be used.
    #[error("{0}")]
    Aws(String),
    /// The watch ended although nothing stopped it.
    #[error("the watch ended unexpectedly; restart the operator")]
    WatchEnded,
}

impl ExitError {
    /// Returns the exit code of the program.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::WatchEnded | Self::System(_) => 1,
            Self::Usage(_) => 2,
            Self::Kubernetes(_) => 3,
            Self::CrdMissing | Self::CrdTooOld(_) => 4,
            Self::Aws(_) => 5,
        })
    }
}
