//! The model of ECS Express Mode: services on a virtual clock, wire JSON in and out.
//! Nothing in here waits, reads a clock, or knows HTTP.

mod action;
mod arn;
mod batch;
mod blocks;
mod call;
mod change;
mod changes;
mod choices;
mod clusters;
mod configuration;
mod configure;
mod defaults;
mod deployment;
mod describe_services;
mod error;
mod express;
mod fault;
mod history;
mod identifiers;
mod lifecycle;
mod list_services;
mod managed;
mod member_lag;
mod outcomes;
mod overview;
mod page;
mod register;
mod request;
mod resources;
mod revision;
mod roles;
mod rollout;
mod saved;
mod serve;
mod service;
mod service_deployments;
mod service_revisions;
mod services;
mod sessions;
mod settings;
mod shown;
mod stop;
mod tagging;
mod task_definition;
mod task_definitions;
#[cfg(test)]
mod tests;
mod throttle;
mod time;
mod timeline;
mod update;
mod update_service;
mod validate;

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use serde_json::Value;

pub use arn::{Caller, ServiceArn};
pub use call::Call;
pub use change::{Change, Failing, Presence, Target};
pub use choices::{
    Architecture, CallerPolicy, ClusterForm, ConditionKeys, ConfigurationOrder, Defaults,
    DeniedProvisioning, EmptyForm, EmptyLists, EmptyStrings, EndpointForm, ExpressBucket,
    IdenticalUpdate, ManagedRegistration, ModeSwitch, NotFoundForm, OmittedBlocks, OmittedMembers,
    RevisionDetail, StatusReasons, SubnetChanges, TakenName, TaskDefinitionLookup, Throttling,
    UnusableRole, UpdateInDeployment,
};
pub use error::{Answered, ApiError, Delivery};
pub use fault::{Effect, Fault};
use history::History;
use identifiers::Identifiers;
use outcomes::Outcomes;
pub use page::Page;
pub use request::Tag;
use roles::Roles;
pub use roles::Usability;
pub use saved::UnreadableState;
use services::Services;
use sessions::Sessions;
pub(crate) use sessions::account_of;
pub use settings::Settings;
use task_definitions::TaskDefinitions;
use throttle::Throttles;
pub use time::VirtualTime;
pub use timeline::Outcome;

/// Calls that are remembered.
const CALLS: usize = 10_000;

/// Amazon ECS Express Mode in all accounts and Regions.
#[derive(Debug, Clone)]
pub struct Model {
    settings: Settings,
    now: VirtualTime,
    services: Services,
    /// What was decided about single clusters, by ARN; the settings name the others.
    clusters: BTreeMap<String, Presence>,
    task_definitions: TaskDefinitions,
    sessions: Sessions,
    roles: Roles,
    /// Looks at Express services so far.
    looks: u64,
    throttles: Throttles,
    history: History,
    identifiers: Identifiers,
    outcomes: Outcomes,
    faults: Vec<Fault>,
    calls: VecDeque<Call>,
    /// How often something may have changed.
    changes: u64,
}

impl Model {
    /// A model without any service.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let mut model = Self {
            now: VirtualTime::from_epoch_seconds(settings.start_time),
            identifiers: Identifiers::new(settings.start_time),
            settings,
            services: Services::default(),
            clusters: BTreeMap::new(),
            task_definitions: TaskDefinitions::default(),
            sessions: Sessions::default(),
            roles: Roles::default(),
            looks: 0,
            throttles: Throttles::default(),
            history: History::default(),
            outcomes: Outcomes::default(),
            faults: Vec::new(),
            calls: VecDeque::new(),
            changes: 0,
        };
        model.remember();
        model
    }

    /// Moves the virtual clock.
    pub fn advance(&mut self, span: Duration) {
        self.move_to(self.now.after(span));
    }

    fn move_to(&mut self, now: VirtualTime) {
        self.now = now;
        self.changes += self.services.advance(&self.roles, &self.settings, now);
    }

    /// The time of the virtual clock.
    #[must_use]
    pub fn now(&self) -> VirtualTime {
        self.now
    }

    /// Service URLs begin with this from now on.
    pub(crate) fn set_endpoint_base(&mut self, base: String) {
        self.settings.endpoint_base = base;
    }

    /// The settings in force.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Lays settings over those in force.
    ///
    /// # Errors
    /// A sentence that names the member and what is allowed.
    pub fn change_settings(&mut self, changes: &Value) -> Result<(), String> {
        self.settings = self.settings.with(changes)?;
        self.services.look_at_all();
        self.changed();
        Ok(())
    }

    /// Something may be other than it was.
    fn changed(&mut self) {
        self.changes += 1;
        self.remember();
    }

    /// A number that grows whenever something may have changed apart from the clock.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// The next matching calls are answered with an error.
    pub fn fail_next(&mut self, fault: Fault) {
        self.faults.push(fault);
        self.changed();
    }

    /// Faults that were not used up yet.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Forgets every fault.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
        self.changed();
    }

    /// The next deployment of a service of this name goes so. Said twice, it holds for the next two.
    pub fn set_outcome(&mut self, service: &str, outcome: Outcome, reason: Option<String>) {
        self.outcomes.plan(service, outcome, reason);
        self.changed();
    }

    /// The calls so far, oldest first; the newest ten thousand.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.calls.iter().cloned().collect()
    }

    /// The last so many calls, oldest first.
    #[must_use]
    pub fn last_calls(&self, count: usize) -> Vec<Call> {
        let earlier = self.calls.len().saturating_sub(count);
        self.calls.iter().skip(earlier).cloned().collect()
    }

    /// Forgets the calls so far.
    pub fn clear_calls(&mut self) {
        self.calls.clear();
    }

    /// A request id.
    pub fn request_id(&mut self) -> String {
        self.identifiers.request()
    }

    fn cluster_exists(&self, caller: &Caller, cluster: &str) -> bool {
        match self.clusters.get(&caller.cluster_arn(cluster)) {
            Some(Presence::Exists) => true,
            Some(Presence::Missing) => false,
            None => self.settings.clusters.iter().any(|known| known == cluster),
        }
    }

    fn require_cluster(&self, caller: &Caller, cluster: &str) -> Result<(), ApiError> {
        if self.cluster_exists(caller, cluster) {
            return Ok(());
        }
        Err(ApiError::cluster_not_found())
    }
}
