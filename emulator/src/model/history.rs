//! What was, for reads that lag behind: a copy of the state after each change, as long as a read may still see it.

use std::collections::{BTreeMap, VecDeque};

use super::{
    Model, Presence, action::Action, services::Services, task_definitions::TaskDefinitions,
    time::VirtualTime,
};

/// Everything that a read can see, at a moment.
#[derive(Debug, Clone)]
struct Moment {
    at: VirtualTime,
    services: Services,
    clusters: BTreeMap<String, Presence>,
    task_definitions: TaskDefinitions,
}

/// The moments after changes, oldest first. Empty while no read lags.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    moments: VecDeque<Moment>,
}

impl Model {
    /// Keeps the state as it is now, if a read may ask for it later.
    pub(super) fn remember(&mut self) {
        let lag = self.settings.longest_lag();
        if lag == 0 {
            self.history.moments.clear();
            return;
        }
        let moment = Moment {
            at: self.now,
            services: self.services.clone(),
            clusters: self.clusters.clone(),
            task_definitions: self.task_definitions.clone(),
        };
        let moments = &mut self.history.moments;
        moments.push_back(moment);
        // The oldest one must still cover the moment that lies a whole lag back.
        while moments.len() > 1 && moments[1].at.after_seconds(lag) <= self.now {
            moments.pop_front();
        }
    }

    /// The model as an action sees it that lies so many seconds behind, for reading alone. Clusters lie
    /// behind for those alone who ask for clusters, so that a service is missed by its own name.
    pub(super) fn past(&self, action: Action, lag: u64) -> Option<Self> {
        let now = self.now;
        let moments = &self.history.moments;
        let moment = moments
            .iter()
            .rfind(|moment| moment.at.after_seconds(lag) <= now)
            .or(moments.front())?;
        let asks_for_clusters = matches!(action, Action::DescribeClusters | Action::ListClusters);
        let clusters = if asks_for_clusters {
            &moment.clusters
        } else {
            &self.clusters
        };
        let mut past = Self {
            now: moment.at,
            services: moment.services.clone(),
            clusters: clusters.clone(),
            task_definitions: moment.task_definitions.clone(),
            looks: self.looks,
            ..Self::new(self.settings.clone())
        };
        past.roles = self.roles.clone();
        past.services.look_at_all();
        past.move_to(now.before_seconds(lag).max(moment.at));
        Some(past)
    }
}
