//! The table, and the page that keeps it.

use std::fmt;

use crate::machine;

/// One measurement.
#[derive(Clone, Debug)]
pub struct Row {
    what: String,
    value: String,
    target: Option<(String, bool)>,
}

impl Row {
    /// A figure without a target.
    pub fn plain(what: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            value: value.into(),
            target: None,
        }
    }

    /// A figure with an upper limit.
    pub fn at_most(what: impl Into<String>, value: f64, most: f64, unit: &str) -> Self {
        Self {
            target: Some((format!("≤ {most} {unit}"), value <= most)),
            ..Self::plain(what, format!("{} {unit}", rounded(value)))
        }
    }

    /// A figure with a lower limit.
    pub fn at_least(what: impl Into<String>, value: f64, least: f64, unit: &str) -> Self {
        Self {
            target: Some((format!("≥ {least} {unit}"), value >= least)),
            ..Self::plain(what, format!("{} {unit}", rounded(value)))
        }
    }

    /// A size in bytes, with a limit in MB (10^6 bytes).
    pub fn size(what: impl Into<String>, bytes: u64, most: Option<f64>) -> Self {
        let megabytes = bytes as f64 / 1e6;
        match most {
            Some(most) => Self::at_most(what, megabytes, most, "MB"),
            None => Self::plain(what, format!("{} MB", rounded(megabytes))),
        }
    }
}

/// Three digits, no more.
pub fn rounded(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// All measurements of a run.
#[derive(Clone, Debug, Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// Adds a row and prints it at once, because a run takes minutes.
    pub fn add(&mut self, row: Row) {
        eprintln!("{}: {}", row.what, row.value);
        self.0.push(row);
    }

    /// The page for `docs/`.
    pub fn page(&self) -> String {
        format!(
            "# Benchmarks\n\n\
             Results of the last run of `make bench`: the shipped program on a real Kubernetes API server (kube-apiserver and etcd),\n\
             against the emulator without added delay and without throttling. Everything runs on one machine, so the API server, the\n\
             emulator and the client share its cores. A plain client provides the figures for comparison: a loop over the same\n\
             Kubernetes client and AWS SDK that does the same writes and nothing else, in the same run.\n\n\
             Machine: {}. Version {}, {}.\n\n{self}\n{}",
            machine::describe(),
            env!("CARGO_PKG_VERSION"),
            jiff::Timestamp::now().strftime("%Y-%m-%d"),
            NOTES
        )
    }
}

const NOTES: &str = "
How to read the table:

- The operator of these runs has the default settings with four exceptions: `--max-reconcile-rate 1000`, since the operator's share of
  AWS's rate limits is not what is measured; logs from `warn` on; admin credentials; and, where creates are measured, a poll interval of
  ten minutes, so that objects in progress are not reconciled in between. ECS calls are counted without GetCallerIdentity, which is called
  once per process.
- Kubernetes writes are those to the object and its status. Events are not included: there is one for each change that is reported.
- *apply to create*: from the API server's answer to the apply until CreateExpressGatewayService arrives at the emulator, which is checked
  every millisecond.
- *create → Ready*, *update*, *delete*, *at rest*: the shipped loop on a virtual clock with the default intervals and the emulator's
  default timeline (two minutes for a first deployment, eight and a half for an update); counted, not timed. An object *at rest* is idle.
- *no-op decision*: `decide` on a service that runs as the spec says. *no-op reconcile without IO*: parsing the object, deciding, projecting
  the status, and finding that it has not changed.
- *RssAnon* is the memory that the process uses for itself; RSS includes the pages of the program.
- *CPU*: user and system time of the operator's process from the first apply until the last of 1,000 objects was created and reported.
";

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| what | measured | target | |\n| --- | --- | --- | --- |"
        )?;
        for Row {
            what,
            value,
            target,
        } in &self.0
        {
            let (target, met) = match target {
                Some((target, true)) => (target.as_str(), "met"),
                Some((target, false)) => (target.as_str(), "**missed**"),
                None => ("", ""),
            };
            writeln!(f, "| {what} | {value} | {target} | {met} |")?;
        }
        Ok(())
    }
}
