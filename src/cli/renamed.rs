//! Environment variables of former names, which are honored for one release.

use clap::{ArgMatches, error::ErrorKind, parser::ValueSource};

use super::{Run, values};

/// An environment variable that was set under its former name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenamedVariable {
    /// The former name.
    pub former: &'static str,
    /// The present name.
    pub name: &'static str,
}

const RESYNC_INTERVAL: RenamedVariable = RenamedVariable {
    former: "ECS_EXPRESS_LOOK_INTERVAL",
    name: "ECS_EXPRESS_RESYNC_INTERVAL",
};

const MAX_RECONCILE_RATE: RenamedVariable = RenamedVariable {
    former: "ECS_EXPRESS_LOOK_RATE",
    name: "ECS_EXPRESS_MAX_RECONCILE_RATE",
};

/// Applies variables of former names to settings that neither a flag nor a variable of the present name sets.
pub(super) fn apply(
    run: &mut Run,
    matches: &ArgMatches,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<(), clap::Error> {
    let value = |argument: &str, renamed: RenamedVariable| {
        let is_unset = matches.value_source(argument) == Some(ValueSource::DefaultValue);
        variable(renamed.former).filter(|_| is_unset)
    };
    if let Some(text) = value("resync_interval", RESYNC_INTERVAL) {
        run.resync_interval =
            values::interval(&text).map_err(|error| invalid(RESYNC_INTERVAL, &error))?;
        run.renamed_variables.push(RESYNC_INTERVAL);
    }
    if let Some(text) = value("max_reconcile_rate", MAX_RECONCILE_RATE) {
        run.max_reconcile_rate =
            values::rate(&text).map_err(|error| invalid(MAX_RECONCILE_RATE, &error))?;
        run.renamed_variables.push(MAX_RECONCILE_RATE);
    }
    Ok(())
}

fn invalid(renamed: RenamedVariable, error: &str) -> clap::Error {
    let RenamedVariable { former, name } = renamed;
    clap::Error::raw(
        ErrorKind::ValueValidation,
        format!("invalid value for {former} (now {name}): {error}\n"),
    )
}
