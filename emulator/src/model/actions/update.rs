//! UpdateExpressGatewayService, with the behavior that the settings select where AWS is ambiguous.

use serde_json::{Value, json};

use crate::model::{
    actions::express::ServiceRequest,
    api::{arn::Caller, error::ApiError, request::parse_body},
    configuration::{
        defaults::cleared,
        request::ConfigurationRequest,
        service_configuration::{Configuration, TaskDefinitionMode},
        validation::check_configuration,
    },
    revisions::revision::Access,
    services::service::Service,
    settings::options::{
        EmptyStrings, IdenticalUpdate, ModeSwitch, SubnetChanges, UpdateInDeployment,
    },
    state::model::Model,
};

impl Model {
    pub(in crate::model) fn update_express_service(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: ServiceRequest = parse_body(body)?;
        let mut configuration: ConfigurationRequest = parse_body(body)?;
        let emptied = match self.settings.empty_strings {
            EmptyStrings::Refuse => Vec::new(),
            EmptyStrings::Clear => configuration.take_emptied(),
        };
        check_configuration(&configuration)?;
        let arn = self.express_arn(caller, &request, ApiError::service_not_found())?;
        self.require_active(&arn)?;
        // A copy is changed and put back, since starting the deployment borrows the whole model.
        let mut service = self
            .services
            .get(&arn)
            .cloned()
            .ok_or_else(ApiError::service_not_found)?;
        self.require_updatable(&service)?;
        self.switch_mode(&service, &mut configuration)?;
        let before = service.configuration().cloned();
        let base = before
            .clone()
            .map(|before| cleared(before, &emptied, self.settings.defaults));
        let next = self.next_configuration(&service, &configuration, base.as_ref())?;
        if let Some(before) = &before {
            self.require_same_subnets(before, &next)?;
        }
        let target = match (&before, service.newest()) {
            (Some(before), Some(newest)) if self.changes_nothing(before, &next, &service) => newest,
            _ => {
                let role = service.infrastructure_role_arn.clone();
                let provisioning = self.roles.assume(&role, &self.settings, self.now)?;
                service.set_provisioning(provisioning);
                self.register_managed_task_definition(&service, &next)?;
                self.start_rollout(&mut service, next)
            }
        };
        let wire = service.updated_to_wire(target, &self.settings);
        self.services.insert(service);
        Ok(json!({ "service": wire }))
    }

    pub(in crate::model) fn require_updatable(&self, service: &Service) -> Result<(), ApiError> {
        match self.settings.update_in_deployment {
            UpdateInDeployment::Refuse if service.is_deploying() => Err(ApiError::new(
                "ClientException",
                "Unable to update the service while a service deployment is in progress.",
            )),
            UpdateInDeployment::Refuse
            | UpdateInDeployment::Queue
            | UpdateInDeployment::Replace => Ok(()),
        }
    }

    /// Rejects or ignores a switch between a managed and a customer's task definition, as the settings say.
    fn switch_mode(
        &self,
        service: &Service,
        request: &mut ConfigurationRequest,
    ) -> Result<(), ApiError> {
        let Some(before) = service.configuration() else {
            return Ok(());
        };
        let mode = TaskDefinitionMode::of(before, &service.managed_family());
        let switches = match mode {
            TaskDefinitionMode::Managed => request.task_definition_arn.is_some(),
            TaskDefinitionMode::Customer => request.touches_task(),
        };
        match self.settings.mode_switch {
            ModeSwitch::Refuse if switches => Err(ApiError::invalid_parameter(
                "A service cannot change between a task definition that ECS manages and one of \
                 your own. Delete the service and create it again.",
            )),
            ModeSwitch::Ignore if switches => {
                match mode {
                    TaskDefinitionMode::Managed => request.task_definition_arn = None,
                    TaskDefinitionMode::Customer => request.remove_task_settings(),
                }
                Ok(())
            }
            ModeSwitch::Accept | ModeSwitch::Refuse | ModeSwitch::Ignore => Ok(()),
        }
    }

    fn require_same_subnets(
        &self,
        before: &Configuration,
        next: &Configuration,
    ) -> Result<(), ApiError> {
        let subnets = |configuration: &Configuration| {
            let mut subnets = configuration.network_configuration.subnets.clone();
            subnets.sort();
            subnets
        };
        let (old, new) = (subnets(before), subnets(next));
        let private = &self.settings.private_subnets;
        let allowed = match self.settings.subnet_changes {
            SubnetChanges::Any => true,
            SubnetChanges::SameAccess => Access::of(&old, private) == Access::of(&new, private),
            SubnetChanges::None => old == new,
        };
        if allowed {
            return Ok(());
        }
        Err(ApiError::invalid_parameter(format!(
            "The subnets of the service cannot be changed from {} to {}. Delete the service and \
             create it again.",
            old.join(", "),
            new.join(", ")
        )))
    }

    /// Whether an update changes nothing and is answered with the existing revision. A new revision of
    /// the managed task definition alone is no change.
    fn changes_nothing(
        &self,
        before: &Configuration,
        next: &Configuration,
        service: &Service,
    ) -> bool {
        let family = service.managed_family();
        let mut next = next.clone();
        if TaskDefinitionMode::of(before, &family) == TaskDefinitionMode::of(&next, &family)
            && TaskDefinitionMode::of(before, &family) == TaskDefinitionMode::Managed
        {
            next.task_definition_arn
                .clone_from(&before.task_definition_arn);
        }
        match self.settings.identical_update {
            IdenticalUpdate::Rollout => false,
            IdenticalUpdate::NoOp => next == *before,
        }
    }
}
