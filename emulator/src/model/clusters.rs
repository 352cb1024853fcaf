//! Clusters, as far as the model knows them: whether they exist.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::{api::arn::Caller, settings::Settings};

/// Whether a cluster exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Presence {
    /// The cluster exists.
    Exists,
    /// The cluster does not exist.
    Missing,
}

/// The clusters that were created or removed, by ARN. For all others, the settings decide.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Clusters {
    presence: BTreeMap<String, Presence>,
}

impl Clusters {
    pub(crate) fn set(&mut self, caller: &Caller, name: &str, presence: Presence) {
        self.presence.insert(caller.cluster_arn(name), presence);
    }

    pub(crate) fn exists(&self, caller: &Caller, name: &str, settings: &Settings) -> bool {
        match self.presence.get(&caller.cluster_arn(name)) {
            Some(Presence::Exists) => true,
            Some(Presence::Missing) => false,
            None => settings.clusters.iter().any(|known| known == name),
        }
    }

    /// The names of the clusters that exist in the caller's account and Region.
    pub(crate) fn names<'a>(
        &'a self,
        caller: &Caller,
        settings: &'a Settings,
    ) -> BTreeSet<&'a str> {
        let prefix = caller.cluster_arn("");
        let created = self
            .presence
            .iter()
            .filter(|(_, presence)| **presence == Presence::Exists)
            .filter_map(|(arn, _)| arn.strip_prefix(&prefix));
        settings
            .clusters
            .iter()
            .map(String::as_str)
            .filter(|name| self.exists(caller, name, settings))
            .chain(created)
            .collect()
    }
}
