//! Arguments and former environment variables.

use std::{collections::BTreeMap, time::Duration};

use ecs_express_operator::cli::{Cli, Command};
use serde::Deserialize;

#[derive(Deserialize)]
struct Input {
    arguments: Vec<String>,
    #[serde(default)]
    variables: BTreeMap<String, String>,
}

/// Bytes that are no [`Input`] are arguments, one a line.
pub fn run(bytes: &[u8]) {
    let Input {
        arguments,
        variables,
    } = serde_json::from_slice(bytes).unwrap_or_else(|_| Input {
        arguments: String::from_utf8_lossy(bytes)
            .lines()
            .map(str::to_owned)
            .collect(),
        variables: BTreeMap::new(),
    });
    let arguments = std::iter::once("ecs-express-operator".to_owned()).chain(arguments);
    let parsed = Cli::try_parse_with(arguments, |name| variables.get(name).cloned());
    let run = match parsed {
        Ok(Cli {
            command: Command::Run(run),
        }) => run,
        Ok(_) => return,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let settings = run.settings();
    let durations = [
        settings.windows.settle,
        settings.windows.absence_gap,
        settings.intervals.poll,
        settings.intervals.resync,
    ];
    for duration in durations {
        assert!(duration >= Duration::from_millis(100), "a hot loop");
        assert!(duration.checked_mul(1024).is_some(), "an overflow");
    }
    let rate = settings.intervals.max_reconcile_rate;
    assert!(rate.is_finite() && rate > 0.0, "{rate}");
    assert!(run.namespace.as_deref() != Some(""), "not all namespaces");
    assert!(run.cluster_id.as_deref() != Some(""), "not every cluster");
}
