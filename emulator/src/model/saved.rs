//! The model as text, so that a later run can go on with it.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Fault, Model, Presence, VirtualTime, history::History, identifiers::Identifiers,
    outcomes::Outcomes, roles::Roles, service::Service, sessions::Sessions, settings::Settings,
    task_definitions::TaskDefinitions, throttle::Throttles,
};

/// Grows with every change that an older emulator could not read.
const FORMAT: u64 = 1;

/// Why a saved model cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableState {
    /// It is not what an emulator writes.
    #[error("it is no state of an emulator: {0}")]
    Corrupt(String),
    /// A newer emulator wrote it.
    #[error("it was written by a newer emulator: its format is {0}, this emulator reads {FORMAT}")]
    Newer(u64),
}

/// Everything but what is only of use in the run that made it: calls, throttles, lagging reads.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Saved {
    format: u64,
    now: VirtualTime,
    settings: Settings,
    services: Vec<Service>,
    clusters: BTreeMap<String, Presence>,
    task_definitions: TaskDefinitions,
    sessions: Sessions,
    roles: Roles,
    identifiers: Identifiers,
    outcomes: Outcomes,
    faults: Vec<Fault>,
    looks: u64,
}

impl Model {
    /// The model as JSON, without its calls.
    #[must_use]
    pub fn to_state(&self) -> Value {
        // Without `..`, so that a new member has to be thought of here.
        let Self {
            settings,
            now,
            services,
            clusters,
            task_definitions,
            sessions,
            roles,
            looks,
            identifiers,
            outcomes,
            faults,
            throttles: _,
            history: _,
            calls: _,
            changes: _,
        } = self;
        json!(Saved {
            format: FORMAT,
            now: *now,
            settings: settings.clone(),
            services: services.values().cloned().collect(),
            clusters: clusters.clone(),
            task_definitions: task_definitions.clone(),
            sessions: sessions.clone(),
            roles: roles.clone(),
            identifiers: identifiers.clone(),
            outcomes: outcomes.clone(),
            faults: faults.clone(),
            looks: *looks,
        })
    }

    /// The model that was written so.
    ///
    /// # Errors
    /// Where the state is not what [`Model::to_state`] writes, or a newer emulator wrote it.
    pub fn from_state(state: &Value) -> Result<Self, UnreadableState> {
        match state["format"].as_u64() {
            Some(format) if format > FORMAT => return Err(UnreadableState::Newer(format)),
            Some(_) => {}
            None => return Err(UnreadableState::Corrupt("it names no format".to_owned())),
        }
        let corrupt = |error: serde_json::Error| UnreadableState::Corrupt(error.to_string());
        let saved = Saved::deserialize(state).map_err(corrupt)?;
        saved.settings.check().map_err(UnreadableState::Corrupt)?;
        let Saved {
            format: _,
            now,
            settings,
            services,
            clusters,
            task_definitions,
            sessions,
            roles,
            identifiers,
            outcomes,
            faults,
            looks,
        } = saved;
        for service in &services {
            service.check().map_err(UnreadableState::Corrupt)?;
        }
        let mut model = Self {
            settings,
            now,
            services: services.into_iter().collect(),
            clusters,
            task_definitions,
            sessions,
            roles,
            looks,
            throttles: Throttles::default(),
            history: History::default(),
            identifiers,
            outcomes,
            faults,
            calls: VecDeque::new(),
            changes: 0,
        };
        model.remember();
        Ok(model)
    }
}
