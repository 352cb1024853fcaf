//! The model of ECS Express Mode: services on a virtual clock, wire JSON in and out.
//! Nothing in here waits, reads a clock, or knows HTTP.

mod action;
mod arn;
mod batch;
mod call;
mod change;
mod choices;
mod clusters;
mod configuration;
mod configure;
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
mod outcomes;
mod overview;
mod register;
mod request;
mod resources;
mod revision;
mod roles;
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

use action::Action;
pub use arn::{Caller, ServiceArn};
pub use call::Call;
pub use change::{Change, Presence, Target};
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
pub use overview::Page;
pub use request::Tag;
use roles::Roles;
pub use roles::Usability;
use service::{Provisioning, Service, State};
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
    services: BTreeMap<ServiceArn, Service>,
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
        Self {
            now: VirtualTime::from_epoch_seconds(settings.start_time),
            identifiers: Identifiers::new(settings.start_time),
            settings,
            services: BTreeMap::new(),
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
        }
    }

    /// Moves the virtual clock.
    pub fn advance(&mut self, span: Duration) {
        self.move_to(self.now.after(span));
    }

    fn move_to(&mut self, now: VirtualTime) {
        self.now = now;
        let (now, kept) = (self.now, self.settings.inactive_seconds);
        let (roles, settings) = (&self.roles, &self.settings);
        let mut steps = 0;
        self.services.retain(|_, service| {
            resume(service, roles, settings, now);
            steps += service.advance(now);
            match service.state {
                State::Inactive { since } if since.after_seconds(kept) <= now => {
                    steps += 1;
                    false
                }
                State::Inactive { .. } | State::Active | State::Draining { .. } => true,
            }
        });
        self.changes += steps;
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
        self.changed();
        Ok(())
    }

    /// Answers a call, and remembers it. A late answer comes at once; nobody waits in here.
    ///
    /// # Errors
    /// The error that AWS would answer with, or the one that a fault asks for.
    pub fn call(&mut self, caller: &Caller, action: &str, body: &Value) -> Result<Value, ApiError> {
        let Answered { answer, delivery } = self.serve(caller, action, body);
        match (delivery, answer) {
            (Delivery::Cut, Ok(_)) => {
                let mut error = ApiError::new("Cut", "the answer was cut");
                error.delivery = Delivery::Cut;
                Err(error)
            }
            (_, answer) => answer,
        }
    }

    /// Answers a call and remembers it, and says how the answer reaches the caller.
    pub fn serve(&mut self, caller: &Caller, action: &str, body: &Value) -> Answered {
        let services = call::services(body);
        let answered = self.answer(caller, action, body, &services);
        let created = answered
            .answer
            .as_ref()
            .ok()
            .and_then(|answer| answer["service"]["serviceArn"].as_str().map(str::to_owned));
        if self.calls.len() == CALLS {
            self.calls.pop_front();
        }
        let error = answered.answer.as_ref().err();
        let lost = match answered.delivery {
            Delivery::Cut => Some("Cut".to_owned()),
            Delivery::Answered
            | Delivery::Late { .. }
            | Delivery::ConnectionReset
            | Delivery::Timeout => None,
        };
        self.calls.push_back(Call {
            action: action.to_owned(),
            at: self.now.epoch_seconds(),
            region: caller.region.clone(),
            account: caller.account.clone(),
            service_name: services.into_iter().next(),
            service_arn: call::arn(body).or(created),
            code: lost.or(error.map(|error| error.code.clone())),
            message: error
                .map(|error| error.message.clone())
                .filter(|message| !message.is_empty()),
            request: body.clone(),
        });
        answered
    }

    fn answer(
        &mut self,
        caller: &Caller,
        action: &str,
        body: &Value,
        services: &[String],
    ) -> Answered {
        let Some(known) = Action::parse(action) else {
            return Answered::at_once(Err(ApiError::new(
                "UnknownOperationException",
                format!(
                    "{action} is not supported by this emulator. Supported: {}.",
                    Action::names().join(", ")
                ),
            )));
        };
        let Some(fault) = self.take_fault(action, services) else {
            return Answered::at_once(self.execute(caller, known, body));
        };
        match fault.delivery() {
            delivery @ (Delivery::Cut | Delivery::Late { .. }) => Answered {
                answer: self.execute(caller, known, body),
                delivery,
            },
            delivery @ (Delivery::Answered | Delivery::ConnectionReset | Delivery::Timeout) => {
                if fault.effect == Effect::Applied {
                    // What it would have answered is lost, an error too.
                    let _ = self.execute(caller, known, body);
                }
                Answered {
                    answer: Err(fault.to_error()),
                    delivery,
                }
            }
        }
    }

    /// Carries out an action, or reads what was if the action lags behind.
    fn execute(
        &mut self,
        caller: &Caller,
        action: Action,
        body: &Value,
    ) -> Result<Value, ApiError> {
        self.throttle(caller, action, body)?;
        if !action.is_read() {
            let answer = self.dispatch(caller, action, body);
            self.changed();
            return answer;
        }
        match self.settings.lag(action) {
            0 => self.dispatch(caller, action, body),
            lag => match self.past(lag) {
                None => self.dispatch(caller, action, body),
                Some(mut past) => {
                    let answer = past.dispatch(caller, action, body);
                    self.looks = past.looks;
                    answer
                }
            },
        }
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

    fn take_fault(&mut self, action: &str, services: &[String]) -> Option<Fault> {
        let index = self
            .faults
            .iter()
            .position(|fault| fault.matches(action, services))?;
        self.changes += 1;
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
        self.changed();
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

/// Goes on with a denied service from the moment at which its role works.
fn resume(service: &mut Service, roles: &Roles, settings: &Settings, now: VirtualTime) {
    if service.provisioning == Provisioning::Unhindered
        || settings.denied_provisioning == DeniedProvisioning::Stays
    {
        return;
    }
    let since = roles.usable_since(&service.infrastructure_role_arn, settings);
    if let Some(since) = since.filter(|since| *since <= now) {
        service.advance(since);
        service.resume(since);
    }
}
