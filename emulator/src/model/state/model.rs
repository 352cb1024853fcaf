//! The model: everything that the emulator knows at one moment of its clock.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::Value;

use crate::model::{
    api::{
        action::Action,
        arn::{Caller, ServiceArn},
        call::Call,
        error::ApiError,
        identifiers::Identifiers,
    },
    clock::VirtualTime,
    clusters::Clusters,
    deployments::outcome::{Outcome, Outcomes},
    faults::{fault::Fault, throttling::Throttles},
    iam::{roles::Roles, sessions::Sessions},
    services::{registry::Services, service::Service},
    settings::{Settings, options::BucketRefill},
    state::history::{History, Snapshot},
    task_definitions::registry::TaskDefinitions,
};

/// The number of calls that are kept.
pub(crate) const MAX_CALLS: usize = 10_000;

/// Amazon ECS Express Mode in all accounts and Regions, at one moment of the virtual clock.
#[derive(Debug, Clone)]
pub struct Model {
    pub(in crate::model) settings: Settings,
    pub(in crate::model) now: VirtualTime,
    pub(in crate::model) services: Services,
    pub(in crate::model) clusters: Clusters,
    pub(in crate::model) task_definitions: TaskDefinitions,
    pub(in crate::model) sessions: Sessions,
    pub(in crate::model) roles: Roles,
    /// The number of DescribeExpressGatewayService calls so far; decides on an alternating order.
    pub(in crate::model) reads: u64,
    pub(in crate::model) throttles: Throttles,
    /// The real time that has passed, see [`Model::pass_real_time`].
    pub(in crate::model) real_time: Duration,
    pub(in crate::model) history: History,
    pub(in crate::model) identifiers: Identifiers,
    pub(in crate::model) outcomes: Outcomes,
    pub(in crate::model) faults: Vec<Fault>,
    pub(in crate::model) calls: VecDeque<Call>,
    /// The number of calls that were ever recorded, see [`Model::calls_since`].
    pub(in crate::model) call_count: u64,
    /// Grows with every change, see [`Model::changes`].
    pub(in crate::model) changes: u64,
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
            clusters: Clusters::default(),
            task_definitions: TaskDefinitions::default(),
            sessions: Sessions::default(),
            roles: Roles::default(),
            reads: 0,
            throttles: Throttles::default(),
            real_time: Duration::ZERO,
            history: History::default(),
            outcomes: Outcomes::default(),
            faults: Vec::new(),
            calls: VecDeque::new(),
            call_count: 0,
            changes: 0,
        };
        model.record_history();
        model
    }

    /// Advances the virtual clock and takes every step that becomes due.
    pub fn advance(&mut self, span: Duration) {
        self.move_to(self.now.after(span));
    }

    pub(in crate::model) fn move_to(&mut self, now: VirtualTime) {
        self.now = now;
        self.changes += self.services.advance(&self.roles, &self.settings, now);
    }

    /// Lets real time pass, in which only the token buckets refill, and only with
    /// [`BucketRefill::RealTime`].
    pub fn pass_real_time(&mut self, span: Duration) {
        self.real_time = self.real_time.saturating_add(span);
    }

    /// The time in seconds on the clock on which the token buckets refill.
    pub(in crate::model) fn bucket_time(&self) -> f64 {
        match self.settings.bucket_refill {
            BucketRefill::VirtualTime => self.now.epoch_seconds(),
            BucketRefill::RealTime => self.real_time.as_secs_f64(),
        }
    }

    /// The current time of the virtual clock.
    #[must_use]
    pub fn now(&self) -> VirtualTime {
        self.now
    }

    /// Sets the address with which service URLs begin.
    pub(crate) fn set_endpoint_base(&mut self, base: String) {
        self.settings.endpoint_base = base;
    }

    /// The current settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Changes the settings that `changes`, a JSON object, names.
    ///
    /// # Errors
    /// Returns a message that names the invalid setting and the values that are allowed.
    pub fn change_settings(&mut self, changes: &Value) -> Result<(), String> {
        let settings = self.settings.with(changes)?;
        if settings.bucket_refill != self.settings.bucket_refill {
            // The levels refer to the other clock.
            self.throttles = Throttles::default();
        }
        self.settings = settings;
        self.services.reschedule_all();
        self.mark_changed();
        Ok(())
    }

    /// Notes that something may have changed.
    pub(in crate::model) fn mark_changed(&mut self) {
        self.changes += 1;
        self.record_history();
    }

    /// A number that grows whenever something other than the clock may have changed.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Injects a fault into the next matching calls.
    pub fn fail_next(&mut self, fault: Fault) {
        self.faults.push(fault);
        self.mark_changed();
    }

    /// The injected faults that are not used up.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Removes every injected fault.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
        self.mark_changed();
    }

    /// Plans the outcome of the next deployment of the service with this name. Every further call
    /// plans one more deployment. The reason, if any, replaces the usual statusReason.
    pub fn set_outcome(&mut self, service: &str, outcome: Outcome, reason: Option<String>) {
        self.outcomes.plan(service, outcome, reason);
        self.mark_changed();
    }

    /// The calls so far, oldest first. Only the newest ten thousand are kept.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.calls.iter().cloned().collect()
    }

    /// The newest `count` calls, oldest first.
    #[must_use]
    pub fn last_calls(&self, count: usize) -> Vec<Call> {
        let earlier = self.calls.len().saturating_sub(count);
        self.calls.iter().skip(earlier).cloned().collect()
    }

    /// The number of calls that were ever recorded, including those that are not kept any more.
    #[must_use]
    pub fn call_count(&self) -> u64 {
        self.call_count
    }

    /// The calls after the first `seen` of all calls ever recorded, oldest first. With the value of
    /// [`Model::call_count`] at one time, returns the calls since that time.
    pub fn calls_since(&self, seen: u64) -> impl Iterator<Item = &Call> {
        let new = self.call_count.saturating_sub(seen);
        let new = usize::try_from(new).unwrap_or(usize::MAX);
        self.calls.iter().skip(self.calls.len().saturating_sub(new))
    }

    /// Removes all recorded calls.
    pub fn clear_calls(&mut self) {
        self.calls.clear();
    }

    /// Generates a request id.
    pub fn request_id(&mut self) -> String {
        self.identifiers.request()
    }

    pub(in crate::model) fn require_cluster(
        &self,
        caller: &Caller,
        cluster: &str,
    ) -> Result<(), ApiError> {
        if self.clusters.exists(caller, cluster, &self.settings) {
            return Ok(());
        }
        Err(ApiError::cluster_not_found())
    }

    /// Records the current state if a lagging read may ask for it later.
    pub(in crate::model) fn record_history(&mut self) {
        let longest_lag = self.settings.longest_lag();
        if longest_lag == 0 {
            self.history.clear();
            return;
        }
        let snapshot = Snapshot {
            at: self.now,
            services: self.services.clone(),
            clusters: self.clusters.clone(),
            task_definitions: self.task_definitions.clone(),
        };
        self.history.record(snapshot, longest_lag);
    }

    /// The model as an action sees it that lags by so many virtual seconds; for reading only.
    /// Only actions about clusters see clusters with a lag, so that every other action reports a
    /// missing service rather than a missing cluster.
    pub(in crate::model) fn lagging_view(&self, action: Action, lag: u64) -> Option<Self> {
        let snapshot = self.history.seen_with_lag(lag, self.now)?;
        let clusters = if matches!(action, Action::DescribeClusters | Action::ListClusters) {
            &snapshot.clusters
        } else {
            &self.clusters
        };
        let mut view = Self {
            now: snapshot.at,
            services: snapshot.services.clone(),
            clusters: clusters.clone(),
            task_definitions: snapshot.task_definitions.clone(),
            reads: self.reads,
            ..Self::new(self.settings.clone())
        };
        view.roles = self.roles.clone();
        view.services.reschedule_all();
        view.move_to(self.now.before_seconds(lag).max(snapshot.at));
        Some(view)
    }

    /// A service, unless reads do not see it yet.
    pub(in crate::model) fn visible_service(&self, arn: &ServiceArn) -> Option<&Service> {
        self.services
            .get(arn)
            .filter(|service| service.visible_at <= self.now)
    }
}
