//! All services, with a schedule of their next events, so that time passes cheaply for idle services.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    api::arn::ServiceArn,
    clock::VirtualTime,
    iam::roles::{Provisioning, Roles},
    services::service::{Service, State},
    settings::{Settings, role_options::DeniedProvisioning},
};

/// The services of all accounts and Regions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Services {
    services: BTreeMap<ServiceArn, Service>,
    /// When to advance which service. Advancing one too early is harmless: it is scheduled again.
    schedule: BTreeSet<(VirtualTime, ServiceArn)>,
}

impl Services {
    pub(crate) fn get(&self, arn: &ServiceArn) -> Option<&Service> {
        self.services.get(arn)
    }

    /// Returns a service for changing, and schedules it, since its next event may change.
    pub(crate) fn get_mut(&mut self, arn: &ServiceArn) -> Option<&mut Service> {
        let service = self.services.get_mut(arn)?;
        self.schedule.insert((VirtualTime::EPOCH, arn.clone()));
        Some(service)
    }

    pub(crate) fn insert(&mut self, service: Service) {
        let arn = service.arn.clone();
        self.schedule.insert((VirtualTime::EPOCH, arn.clone()));
        self.services.insert(arn, service);
    }

    pub(crate) fn remove(&mut self, arn: &ServiceArn) -> Option<Service> {
        self.services.remove(arn)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Service> {
        self.services.values()
    }

    /// Schedules all services, because settings or roles have changed.
    pub(crate) fn reschedule_all(&mut self) {
        let all = self.services.keys();
        self.schedule
            .extend(all.map(|arn| (VirtualTime::EPOCH, arn.clone())));
    }

    /// Lets the changed usability of a role take effect on all services.
    pub(crate) fn update_holds(&mut self, roles: &Roles, settings: &Settings, now: VirtualTime) {
        for service in self.services.values_mut() {
            service.update_holds(roles, settings, now);
        }
        self.reschedule_all();
    }

    /// When a service changes next without a call.
    pub(crate) fn next_event_at(&self, roles: &Roles, settings: &Settings) -> Option<VirtualTime> {
        let services = self.services.values();
        services
            .filter_map(|service| next_event_at(service, roles, settings))
            .min()
    }

    /// Takes every step that is due and returns their number.
    pub(crate) fn advance(&mut self, roles: &Roles, settings: &Settings, now: VirtualTime) -> u64 {
        let mut steps = 0;
        while let Some((_, arn)) = self.pop_due(now) {
            let Some(service) = self.services.get_mut(&arn) else {
                continue;
            };
            resume(service, roles, settings, now);
            steps += service.advance(roles, settings, now);
            if purged_at(service, settings).is_some_and(|gone| gone <= now) {
                self.services.remove(&arn);
                steps += 1;
            } else if let Some(at) = next_event_at(service, roles, settings) {
                self.schedule.insert((at, arn));
            }
        }
        steps
    }

    fn pop_due(&mut self, now: VirtualTime) -> Option<(VirtualTime, ServiceArn)> {
        let (at, _) = self.schedule.first()?;
        if *at > now {
            return None;
        }
        self.schedule.pop_first()
    }
}

impl FromIterator<Service> for Services {
    fn from_iter<I: IntoIterator<Item = Service>>(services: I) -> Self {
        let mut all = Self::default();
        services.into_iter().for_each(|service| all.insert(service));
        all
    }
}

/// When a service changes next without a call, as far as this is known.
fn next_event_at(service: &Service, roles: &Roles, settings: &Settings) -> Option<VirtualTime> {
    [
        service.next_step_at(),
        purged_at(service, settings),
        resumes_at(service, roles, settings),
    ]
    .into_iter()
    .flatten()
    .min()
}

/// When an inactive service is removed.
fn purged_at(service: &Service, settings: &Settings) -> Option<VirtualTime> {
    match service.state {
        State::Inactive { since } => Some(since.after_seconds(settings.inactive_seconds)),
        State::Active | State::Draining { .. } => None,
    }
}

/// When provisioning resumes that was denied.
fn resumes_at(service: &Service, roles: &Roles, settings: &Settings) -> Option<VirtualTime> {
    if service.provisioning == Provisioning::Allowed
        || settings.denied_provisioning == DeniedProvisioning::Stays
    {
        return None;
    }
    roles.usable_since(&service.infrastructure_role_arn, settings)
}

/// Resumes a service whose provisioning was denied, once its role works.
fn resume(service: &mut Service, roles: &Roles, settings: &Settings, now: VirtualTime) {
    let since = resumes_at(service, roles, settings);
    if let Some(since) = since.filter(|since| *since <= now) {
        service.advance(roles, settings, since);
        service.resume(since);
    }
}
