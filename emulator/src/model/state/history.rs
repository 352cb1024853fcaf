//! Past states for reads that lag behind: a copy after each change, kept as long as a read may see it.

use std::collections::VecDeque;

use crate::model::{
    clock::VirtualTime, clusters::Clusters, services::registry::Services,
    task_definitions::registry::TaskDefinitions,
};

/// Everything that a read can see, as it was at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) at: VirtualTime,
    pub(crate) services: Services,
    pub(crate) clusters: Clusters,
    pub(crate) task_definitions: TaskDefinitions,
}

/// The snapshots after changes, oldest first. Empty while no read lags.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    snapshots: VecDeque<Snapshot>,
}

impl History {
    pub(crate) fn clear(&mut self) {
        self.snapshots.clear();
    }

    /// Adds a snapshot and drops those that no read can see any more.
    /// `longest_lag` is in virtual seconds.
    pub(crate) fn record(&mut self, snapshot: Snapshot, longest_lag: u64) {
        let now = snapshot.at;
        self.snapshots.push_back(snapshot);
        // The oldest snapshot must still cover the moment that lies a whole lag back.
        while self.snapshots.len() > 1 && self.snapshots[1].at.after_seconds(longest_lag) <= now {
            self.snapshots.pop_front();
        }
    }

    /// The state that a read sees that lags by so many virtual seconds.
    pub(crate) fn seen_with_lag(&self, lag: u64, now: VirtualTime) -> Option<&Snapshot> {
        self.snapshots
            .iter()
            .rfind(|snapshot| snapshot.at.after_seconds(lag) <= now)
            .or(self.snapshots.front())
    }
}
