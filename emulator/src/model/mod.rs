//! The model of ECS Express Mode: services on a virtual clock, wire JSON in and out.
//! Nothing in here waits, reads a clock, or knows HTTP.

mod action;
mod arn;
mod batch;
mod call;
mod change;
mod clusters;
mod configuration;
mod configure;
mod deployment;
mod describe_services;
mod error;
mod express;
mod fault;
mod identifiers;
mod lifecycle;
mod list_services;
mod managed;
mod outcomes;
mod overview;
mod register;
mod request;
mod revision;
mod service;
mod service_deployments;
mod service_revisions;
mod sessions;
mod settings;
mod stop;
mod tagging;
mod task_definition;
mod task_definitions;
#[cfg(test)]
mod tests;
mod time;
mod timeline;
mod update_service;
mod validate;

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use serde_json::Value;

use action::Action;
pub use arn::{Caller, ServiceArn};
pub use call::Call;
pub use change::{Change, Presence, Target};
pub use error::{ApiError, Delivery};
pub use fault::{Effect, Fault};
use identifiers::Identifiers;
use outcomes::Outcomes;
pub use overview::Page;
pub use request::Tag;
use service::{Service, State};
use sessions::Sessions;
pub(crate) use sessions::account_of;
pub use settings::{
    ClusterForm, ConfigurationOrder, EmptyLists, EndpointForm, NotFoundForm, OmittedMembers,
    Settings, TaskDefinitionLookup,
};
use task_definitions::TaskDefinitions;
pub use time::VirtualTime;
pub use timeline::Outcome;

/// Calls that are remembered.
const CALLS: usize = 10_000;

/// Amazon ECS Express Mode in all accounts and Regions.
#[derive(Debug, Clone)]
pub struct Model {
    settings: Settings,
    now: VirtualTime,
    services: BTreeMap<ServiceArn, Service>,
    /// What was decided about single clusters, by ARN; the settings name the others.
    clusters: BTreeMap<String, Presence>,
    task_definitions: TaskDefinitions,
    sessions: Sessions,
    identifiers: Identifiers,
    outcomes: Outcomes,
    faults: Vec<Fault>,
    calls: VecDeque<Call>,
}

impl Model {
    /// A model without any service.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            now: VirtualTime::from_epoch_seconds(settings.start_time),
            identifiers: Identifiers::new(settings.start_time),
            settings,
            services: BTreeMap::new(),
            clusters: BTreeMap::new(),
            task_definitions: TaskDefinitions::default(),
            sessions: Sessions::default(),
            outcomes: Outcomes::default(),
            faults: Vec::new(),
            calls: VecDeque::new(),
        }
    }

    /// Moves the virtual clock.
    pub fn advance(&mut self, span: Duration) {
        self.now = self.now.after(span);
        let (now, kept) = (self.now, self.settings.inactive_seconds);
        self.services.retain(|_, service| {
            service.advance(now);
            match service.state {
                State::Inactive { since } => since.after_seconds(kept) > now,
                State::Active | State::Draining { .. } => true,
            }
        });
    }

    /// The time of the virtual clock.
    #[must_use]
    pub fn now(&self) -> VirtualTime {
        self.now
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
        Ok(())
    }

    /// Answers a call, and remembers it.
    ///
    /// # Errors
    /// The error that AWS would answer with, or the one that a fault asks for.
    pub fn call(&mut self, caller: &Caller, action: &str, body: &Value) -> Result<Value, ApiError> {
        let services = call::services(body);
        let answer = self.answer(caller, action, body, &services);
        let created = answer
            .as_ref()
            .ok()
            .and_then(|answer| answer["service"]["serviceArn"].as_str().map(str::to_owned));
        if self.calls.len() == CALLS {
            self.calls.pop_front();
        }
        self.calls.push_back(Call {
            action: action.to_owned(),
            at: self.now.epoch_seconds(),
            region: caller.region.clone(),
            account: caller.account.clone(),
            service_name: services.into_iter().next(),
            service_arn: call::arn(body).or(created),
            code: answer.as_ref().err().map(|error| error.code.clone()),
            request: body.clone(),
        });
        answer
    }

    fn answer(
        &mut self,
        caller: &Caller,
        action: &str,
        body: &Value,
        services: &[String],
    ) -> Result<Value, ApiError> {
        let Some(known) = Action::parse(action) else {
            return Err(ApiError::new(
                "UnknownOperationException",
                format!(
                    "{action} is not supported by this emulator. Supported: {}.",
                    Action::names().join(", ")
                ),
            ));
        };
        match self.take_fault(action, services) {
            None => self.dispatch(caller, known, body),
            Some(fault) => {
                if fault.effect == Effect::Applied {
                    // What it would have answered is lost, an error too.
                    let _ = self.dispatch(caller, known, body);
                }
                Err(fault.to_error())
            }
        }
    }

    fn dispatch(
        &mut self,
        caller: &Caller,
        action: Action,
        body: &Value,
    ) -> Result<Value, ApiError> {
        match action {
            Action::CreateExpressGatewayService => self.create(caller, body),
            Action::DescribeExpressGatewayService => self.describe(caller, body),
            Action::UpdateExpressGatewayService => self.update(caller, body),
            Action::DeleteExpressGatewayService => self.delete(caller, body),
            Action::ListServices => self.list_services(caller, body),
            Action::DescribeServices => self.describe_services(caller, body),
            Action::ListServiceDeployments => self.list_deployments(caller, body),
            Action::DescribeServiceDeployments => self.describe_deployments(caller, body),
            Action::DescribeServiceRevisions => self.describe_revisions(caller, body),
            Action::StopServiceDeployment => self.stop_deployment(caller, body),
            Action::TagResource => self.tag_resource(caller, body),
            Action::UntagResource => self.untag_resource(caller, body),
            Action::ListTagsForResource => self.list_tags(caller, body),
            Action::UpdateService => self.update_service(caller, body),
            Action::DescribeClusters => self.describe_clusters(caller, body),
            Action::ListClusters => self.list_clusters(caller, body),
            Action::RegisterTaskDefinition => self.register_task_definition(caller, body),
            Action::DescribeTaskDefinition => self.describe_task_definition(caller, body),
            Action::DeregisterTaskDefinition => self.deregister_task_definition(caller, body),
            Action::ListTaskDefinitions => self.list_task_definitions(caller, body),
            Action::GetCallerIdentity => self.caller_identity(caller, body),
            Action::AssumeRole | Action::AssumeRoleWithWebIdentity => {
                self.assume_role(caller, action, body)
            }
        }
    }

    /// The next matching calls are answered with an error.
    pub fn fail_next(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Faults that were not used up yet.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Forgets every fault.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    fn take_fault(&mut self, action: &str, services: &[String]) -> Option<Fault> {
        let index = self
            .faults
            .iter()
            .position(|fault| fault.matches(action, services))?;
        let fault = self.faults[index].clone();
        if fault.times <= 1 {
            self.faults.remove(index);
        } else {
            self.faults[index].times -= 1;
        }
        Some(fault)
    }

    /// The next deployment of a service of this name goes so. Said twice, it holds for the next two.
    pub fn set_outcome(&mut self, service: &str, outcome: Outcome, reason: Option<String>) {
        self.outcomes.plan(service, outcome, reason);
    }

    /// The calls so far, oldest first; the newest ten thousand.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.calls.iter().cloned().collect()
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
