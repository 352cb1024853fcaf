//! The common part of creates and updates: the next configuration, its task definition, its deployment.

use std::collections::BTreeMap;

use crate::model::{
    api::error::ApiError,
    configuration::{
        context::ResolutionContext,
        request::ConfigurationRequest,
        service_configuration::{Configuration, TaskDefinitionMode},
    },
    deployments::outcome::{Outcome, PlannedOutcome},
    revisions::{
        load_balancer::{CAPACITY, LoadBalancer},
        revision::Access,
    },
    services::{
        deploy::Rollout,
        service::{Service, State},
    },
    state::model::Model,
    task_definitions::{
        registration::{managed_registration_request, registered_members},
        task_definition::TaskDefinition,
    },
};

impl Model {
    /// Returns the configuration of the next revision. Registers nothing.
    pub(in crate::model) fn next_configuration(
        &self,
        service: &Service,
        request: &ConfigurationRequest,
        before: Option<&Configuration>,
    ) -> Result<Configuration, ApiError> {
        let caller = service.arn.caller();
        let family_arn = service.managed_family();
        let revision = self.task_definitions.next_revision(&family_arn);
        let sent = request.task_definition_arn.as_deref();
        let context = ResolutionContext {
            settings: &self.settings,
            account: &caller.account,
            partition: caller.partition(),
            managed_security_group: &service.managed_security_group(),
            managed_log_group: &service.managed_log_group(),
            registered: sent
                .and_then(|sent| self.task_definitions.find(sent, &caller))
                .map(TaskDefinition::task_settings)
                .transpose()?,
            managed_family: &family_arn,
            managed_task_definition: &format!("{family_arn}:{revision}"),
        };
        context.resolve(request, before)
    }

    /// Registers the task definition of the next revision, if ECS manages it and it is new.
    pub(in crate::model) fn register_managed_task_definition(
        &mut self,
        service: &Service,
        configuration: &Configuration,
    ) -> Result<(), ApiError> {
        let caller = service.arn.caller();
        let known = self
            .task_definitions
            .find(&configuration.task_definition_arn, &caller);
        if known.is_some()
            || TaskDefinitionMode::of(configuration, &service.managed_family())
                == TaskDefinitionMode::Customer
        {
            return Ok(());
        }
        let request = managed_registration_request(configuration, &caller.region);
        let members = registered_members(&request)?;
        let (family, tags) = (service.managed_family_name(), service.tags.clone());
        self.task_definitions
            .register(&caller, &family, members, tags, self.now);
        Ok(())
    }

    /// Creates a revision with this configuration and starts its deployment. Returns its index.
    pub(in crate::model) fn start_rollout(
        &mut self,
        service: &mut Service,
        configuration: Configuration,
    ) -> usize {
        let planned = self.outcomes.take(&service.arn.name);
        let planned = self.outcome_with_role(planned, configuration.execution_role_arn.as_deref());
        let subnets = &configuration.network_configuration.subnets;
        let access = Access::of(subnets, &self.settings.private_subnets);
        let (load_balancer, load_balancer_seconds) = self.load_balancer(service, subnets, access);
        let rollout = Rollout {
            configuration,
            access,
            load_balancer,
            load_balancer_seconds,
            planned,
        };
        let target = service.deploy(rollout, &mut self.identifiers, &self.settings, self.now);
        service.start_holds(&self.roles, &self.settings, self.now);
        target
    }

    /// Returns the load balancer of a service in these subnets, and how much longer its first deployment
    /// takes if the load balancer is new. A service keeps its own; otherwise it joins the first one in the
    /// VPC and scheme that serves fewer than 25 services.
    fn load_balancer(
        &self,
        service: &Service,
        subnets: &[String],
        access: Access,
    ) -> (LoadBalancer, u64) {
        let vpc = self.settings.vpc_of(subnets);
        if let Some((own_access, own)) = service.load_balancer()
            && own_access == access
            && own.vpc.as_deref() == vpc
        {
            return (own.clone(), 0);
        }
        let mut users: BTreeMap<u32, usize> = BTreeMap::new();
        let caller = service.arn.caller();
        for other in self.services.values() {
            let exists = !matches!(other.state, State::Inactive { .. });
            if let Some((other_access, used)) = other.load_balancer()
                && exists
                && other_access == access
                && used.vpc.as_deref() == vpc
                && other.arn != service.arn
                && other.arn.caller() == caller
            {
                *users.entry(used.number).or_default() += 1;
            }
        }
        let count = |number: &u32| users.get(number).copied().unwrap_or(0);
        let number = (0..).find(|number| count(number) < CAPACITY).unwrap_or(0);
        let load_balancer = LoadBalancer {
            vpc: vpc.map(str::to_owned),
            number,
        };
        let seconds = match count(&number) {
            0 => self.settings.load_balancer_seconds(),
            _ => 0,
        };
        (load_balancer, seconds)
    }

    /// Replaces the planned outcome of a deployment whose tasks fail because of its execution role.
    fn outcome_with_role(&self, planned: PlannedOutcome, role: Option<&str>) -> PlannedOutcome {
        match (planned.outcome, role) {
            (Outcome::Succeed, Some(role)) if self.roles.fails_tasks(role, &self.settings) => {
                PlannedOutcome {
                    outcome: Outcome::RollBackByCircuitBreaker,
                    reason: planned.reason.or_else(|| {
                        Some(format!(
                            "ResourceInitializationError: ECS was unable to assume the role {role}"
                        ))
                    }),
                }
            }
            _ => planned,
        }
    }
}
