//! The four Express actions.

use serde_json::{Value, json};

use super::{
    Model, Presence,
    arn::{Caller, ServiceArn},
    configuration::Configuration,
    configure::Surroundings,
    error::ApiError,
    outcomes::Planned,
    register,
    request::{ConfigurationRequest, CreateRequest, ServiceRequest, read},
    service::{ResourceManagement, Service, State},
    settings::NotFoundForm,
    validate,
};

impl Model {
    pub(super) fn create(&mut self, caller: &Caller, body: &Value) -> Result<Value, ApiError> {
        let request: CreateRequest = read(body)?;
        let configuration: ConfigurationRequest = read(body)?;
        let role = request
            .infrastructure_role_arn
            .filter(|role| !role.is_empty())
            .ok_or_else(|| {
                ApiError::invalid_parameter("InfrastructureRoleArn can not be blank.")
            })?;
        validate::role_arn("infrastructureRoleArn", &role)?;
        validate::complete(&configuration)?;
        validate::configuration(&configuration)?;
        let tags = request.tags.unwrap_or_default();
        if tags.len() > 50 {
            return Err(ApiError::invalid_parameter(
                "The maximum number of tags per resource is 50.",
            ));
        }
        validate::tags(&tags)?;
        let cluster = caller.cluster_name(request.cluster.as_deref())?;
        if cluster == "default" {
            self.clusters
                .insert(caller.cluster_arn("default"), Presence::Exists);
        }
        self.require_cluster(caller, &cluster)?;
        let name = match request.service_name {
            Some(name) => name,
            None => self.generate_name(&configuration),
        };
        validate::service_name(&name)?;
        let arn = ServiceArn::new(caller, &cluster, &name);
        self.require_free(&arn)?;
        self.begin(arn, role, tags, &configuration)
    }

    /// The part of a create that cannot fail by its name.
    fn begin(
        &mut self,
        arn: ServiceArn,
        role: String,
        tags: Vec<super::Tag>,
        configuration: &ConfigurationRequest,
    ) -> Result<Value, ApiError> {
        let mut service = Service::new(
            arn.clone(),
            ResourceManagement::Ecs,
            self.identifiers.endpoint(),
            self.identifiers.hex(17),
            self.now,
        );
        service.infrastructure_role_arn = role;
        service.tags = tags;
        service.visible_at = self.now.after_seconds(self.settings.create_visible_seconds);
        self.deploy(&mut service, configuration)?;
        let mut wire = service.show(&self.settings);
        wire["tags"] = service.tags_to_wire();
        self.services.insert(arn, service);
        Ok(json!({ "service": wire }))
    }

    /// Makes the next revision of a service from a request and begins its deployment.
    fn deploy(
        &mut self,
        service: &mut Service,
        request: &ConfigurationRequest,
    ) -> Result<usize, ApiError> {
        let caller = service.arn.caller();
        let family = format!("{}-{}", service.arn.cluster, service.arn.name);
        let family_arn = caller.arn("ecs", &format!("task-definition/{family}"));
        let revision = self.task_definitions.next_revision(&family_arn);
        let managed_task_definition = format!("{family_arn}:{revision}");
        let sent = request.task_definition_arn.as_deref();
        let surroundings = Surroundings {
            settings: &self.settings,
            account: &caller.account,
            partition: caller.partition(),
            managed_security_group: &service.managed_security_group(),
            managed_log_group: &service.managed_log_group(),
            registered: sent.and_then(|sent| self.task_definitions.find(sent, &caller)),
            managed_task_definition: &managed_task_definition,
        };
        let configuration = surroundings.configure(request, service.configuration())?;
        if configuration.task_definition_arn == managed_task_definition {
            let request = register::managed(&configuration, &caller.region);
            let members = register::members(&request)?;
            let tags = service.tags.clone();
            self.task_definitions
                .register(&caller, &family, members, tags, self.now);
        }
        self.roll(service, configuration)
    }

    /// Makes a revision with this configuration and begins its deployment.
    pub(super) fn roll(
        &mut self,
        service: &mut Service,
        configuration: Configuration,
    ) -> Result<usize, ApiError> {
        let planned: Planned = self.outcomes.take(&service.arn.name);
        Ok(service.deploy(
            configuration,
            planned,
            &mut self.identifiers,
            &self.settings,
            self.now,
        ))
    }

    /// From the image: `registry/team/shop:1` becomes `shop-` and four digits.
    fn generate_name(&mut self, configuration: &ConfigurationRequest) -> String {
        let image = configuration
            .primary_container
            .as_ref()
            .and_then(|container| container.image.as_deref())
            .unwrap_or("service");
        let last = image.rsplit('/').next().unwrap_or(image);
        let stem: String = last
            .split([':', '@'])
            .next()
            .unwrap_or(last)
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        format!("{stem}-{}", self.identifiers.hex(4))
    }

    /// Names are held by ACTIVE and DRAINING services, Express or not.
    pub(super) fn require_free(&self, arn: &ServiceArn) -> Result<(), ApiError> {
        let still_draining =
            || ApiError::invalid_parameter("Unable to Start a service that is still Draining.");
        match self.services.get(arn).map(|service| service.state) {
            None => Ok(()),
            Some(State::Active) => Err(ApiError::invalid_parameter(
                "Creation of service was not idempotent.",
            )),
            Some(State::Draining { .. }) => Err(still_draining()),
            Some(State::Inactive { since }) => {
                let tail = since.after_seconds(self.settings.draining_tail_seconds);
                if tail > self.now {
                    return Err(still_draining());
                }
                Ok(())
            }
        }
    }

    pub(super) fn describe(&mut self, caller: &Caller, body: &Value) -> Result<Value, ApiError> {
        let request: ServiceRequest = read(body)?;
        for include in &request.include {
            validate::one_of("include", include, &["TAGS"])?;
        }
        let not_found = match self.settings.not_found_form {
            NotFoundForm::ResourceNotFound => ApiError::resource_not_found(),
            NotFoundForm::InvalidParameter => ApiError::invalid_parameter("Resource not found"),
        };
        let arn = self.express_arn(caller, &request, not_found.clone())?;
        let now = self.now;
        let service = self
            .services
            .get_mut(&arn)
            .filter(|service| service.visible_at <= now)
            .ok_or(not_found)?;
        let mut wire = service.show(&self.settings);
        if !request.include.is_empty() {
            wire["tags"] = service.tags_to_wire();
        }
        Ok(json!({ "service": wire }))
    }

    pub(super) fn update(&mut self, caller: &Caller, body: &Value) -> Result<Value, ApiError> {
        let request: ServiceRequest = read(body)?;
        let configuration: ConfigurationRequest = read(body)?;
        validate::configuration(&configuration)?;
        let arn = self.express_arn(caller, &request, ApiError::service_not_found())?;
        self.require_active(&arn)?;
        // Worked on apart and put back, since the model lends itself to the deployment.
        let mut service = self
            .services
            .get(&arn)
            .cloned()
            .ok_or_else(ApiError::service_not_found)?;
        let target = self.deploy(&mut service, &configuration)?;
        let wire = service.updated_to_wire(target, &self.settings);
        self.services.insert(arn, service);
        Ok(json!({ "service": wire }))
    }

    pub(super) fn delete(&mut self, caller: &Caller, body: &Value) -> Result<Value, ApiError> {
        let request: ServiceRequest = read(body)?;
        let not_found = ApiError::invalid_parameter("Resource not found");
        let arn = self.express_arn(caller, &request, not_found.clone())?;
        self.require_active(&arn)?;
        let service = self.services.get_mut(&arn).ok_or(not_found)?;
        service.drain(&self.settings, self.now);
        Ok(json!({ "service": service.show(&self.settings) }))
    }

    pub(super) fn require_active(&self, arn: &ServiceArn) -> Result<(), ApiError> {
        match self.services.get(arn).map(|service| service.state) {
            Some(State::Draining { .. }) => Err(ApiError::draining()),
            Some(State::Inactive { .. }) => Err(ApiError::inactive()),
            Some(State::Active) | None => Ok(()),
        }
    }

    /// The ARN of an Express service that is there.
    fn express_arn(
        &self,
        caller: &Caller,
        request: &ServiceRequest,
        not_found: ApiError,
    ) -> Result<ServiceArn, ApiError> {
        let text = request
            .service_arn
            .as_deref()
            .filter(|text| !text.is_empty())
            .ok_or_else(|| ApiError::invalid_parameter("ServiceArn can not be blank."))?;
        let arn = ServiceArn::parse(text, caller)?;
        self.require_cluster(caller, &arn.cluster)?;
        match self.services.get(&arn).map(|service| service.management) {
            Some(ResourceManagement::Ecs) => Ok(arn),
            Some(ResourceManagement::Customer) => Err(ApiError::invalid_parameter(format!(
                "The service {text} is not an Express Gateway service."
            ))),
            None => Err(not_found),
        }
    }
}
