//! The common part of creates and updates: the next configuration, its task definition, its deployment.

use crate::model::{
    api::error::ApiError,
    configuration::{
        context::ResolutionContext,
        request::ConfigurationRequest,
        service_configuration::{Configuration, TaskDefinitionMode},
    },
    deployments::outcome::{Outcome, PlannedOutcome},
    services::service::Service,
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
        let target = service.deploy(
            configuration,
            planned,
            &mut self.identifiers,
            &self.settings,
            self.now,
        );
        service.start_holds(&self.roles, &self.settings, self.now);
        target
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
