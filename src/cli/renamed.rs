//! Environment variables of former names, which are honored for one release.

use clap::{ArgMatches, error::ErrorKind, parser::ValueSource};

/// An environment variable that was renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenamedVariable {
    /// The former name.
    pub former: &'static str,
    /// The present name.
    pub name: &'static str,
    /// The argument that it sets.
    argument: &'static str,
}

/// Sets `--resync-interval`.
pub(super) const RESYNC_INTERVAL: RenamedVariable = RenamedVariable {
    former: "ECS_EXPRESS_LOOK_INTERVAL",
    name: "ECS_EXPRESS_RESYNC_INTERVAL",
    argument: "resync_interval",
};

/// Sets `--max-reconcile-rate`.
pub(super) const MAX_RECONCILE_RATE: RenamedVariable = RenamedVariable {
    former: "ECS_EXPRESS_LOOK_RATE",
    name: "ECS_EXPRESS_MAX_RECONCILE_RATE",
    argument: "max_reconcile_rate",
};

impl RenamedVariable {
    /// Returns the value under the former name, if neither a flag nor the present name sets the argument.
    pub(super) fn read<T>(
        self,
        matches: &ArgMatches,
        variable: impl Fn(&str) -> Option<String>,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, clap::Error> {
        if matches.value_source(self.argument) != Some(ValueSource::DefaultValue) {
            return Ok(None);
        }
        let Some(text) = variable(self.former) else {
            return Ok(None);
        };
        parse(&text).map(Some).map_err(|error| {
            let message = format!(
                "invalid value for {} (now {}): {error}\n",
                self.former, self.name
            );
            clap::Error::raw(ErrorKind::ValueValidation, message)
        })
    }
}
