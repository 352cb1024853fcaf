//! The saved form of the model, from which a later run continues.

use std::{collections::VecDeque, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::model::{
    api::identifiers::Identifiers,
    clock::VirtualTime,
    clusters::Clusters,
    deployments::outcome::Outcomes,
    faults::{fault::Fault, throttling::Throttles},
    iam::{roles::Roles, sessions::Sessions},
    services::service::Service,
    settings::Settings,
    state::{history::History, model::Model},
    task_definitions::registry::TaskDefinitions,
};

/// The format that this emulator writes. Grows with every change that an older one cannot read.
const FORMAT: u64 = 2;

/// The error of [`Model::from_state`]: a saved model that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableState {
    /// The state is not one that an emulator wrote.
    #[error("it is not the state of an emulator: {0}")]
    Corrupt(String),
    /// A newer emulator wrote the state.
    #[error("a newer emulator wrote it: its format is {0}, and this emulator reads up to {FORMAT}")]
    Newer(u64),
}

/// The model without the parts that end with the process: calls, throttling, history.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Saved {
    format: u64,
    now: VirtualTime,
    settings: Settings,
    services: Vec<Service>,
    clusters: Clusters,
    task_definitions: TaskDefinitions,
    sessions: Sessions,
    roles: Roles,
    identifiers: Identifiers,
    outcomes: Outcomes,
    faults: Vec<Fault>,
    /// Named `looks` in the state file.
    #[serde(rename = "looks")]
    reads: u64,
}

impl Model {
    /// The model as JSON, without its calls.
    #[must_use]
    pub fn to_state(&self) -> Value {
        // No `..`: whoever adds a field must decide here whether it is saved.
        let Self {
            settings,
            now,
            services,
            clusters,
            task_definitions,
            sessions,
            roles,
            reads,
            identifiers,
            outcomes,
            faults,
            throttles: _,
            real_time: _,
            history: _,
            calls: _,
            call_count: _,
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
            reads: *reads,
        })
    }

    /// Reads a model that [`Model::to_state`] wrote.
    ///
    /// # Errors
    /// Returns an error if `state` has another shape, its parts contradict each other, or a newer
    /// emulator wrote it.
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
            reads,
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
            reads,
            throttles: Throttles::default(),
            real_time: Duration::ZERO,
            history: History::default(),
            identifiers,
            outcomes,
            faults,
            calls: VecDeque::new(),
            call_count: 0,
            changes: 0,
        };
        model.record_history();
        Ok(model)
    }
}
