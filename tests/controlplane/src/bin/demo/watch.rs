//! `kubectl get xsvc --watch`, reduced to the lines that changed.

use std::process::Command;

use controlplane::{Error, Process};

/// A kubectl that watches the services, and what has been printed of it.
#[derive(Debug)]
pub(crate) struct Watch {
    process: Process,
    /// The number of lines that were read.
    looked_at: usize,
    shown: Vec<String>,
}

impl Watch {
    pub(crate) fn spawn(mut kubectl: Command, log: std::path::PathBuf) -> Result<Self, Error> {
        kubectl.args(["get", "expressservices", "--watch"]);
        Ok(Self {
            process: Process::spawn("kubectl get --watch", kubectl, log)?,
            looked_at: 0,
            shown: Vec::new(),
        })
    }

    /// Prints each line that differs from the last one in more than its age.
    pub(crate) fn show(&mut self) {
        let log = self.process.log();
        // The last line may be half written.
        let complete = log.rfind('\n').map_or("", |end| &log[..end]);
        for line in complete.lines().skip(self.looked_at) {
            self.looked_at += 1;
            let without_age: String = line
                .rsplit_once(' ')
                .map_or(line, |(rest, _)| rest.trim_end())
                .into();
            if self.shown.last() != Some(&without_age) {
                println!("      {line}");
                self.shown.push(without_age);
            }
        }
    }
}
