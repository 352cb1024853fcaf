//! The four Express actions.

use serde_json::{Value, json};

use super::{
    Model, Presence,
    arn::{Caller, ServiceArn},
    choices::{NotFoundForm, TakenName},
    configuration::Configuration,
    configure::{Mode, Surroundings},
    error::ApiError,
    outcomes::Planned,
    register,
    request::{ConfigurationRequest, CreateRequest, ServiceRequest, read},
    roles,
    service::{Others, ResourceManagement, Service, State},
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
        if let Some(existing) = self.existing(&arn) {
            return Ok(existing);
        }
        self.require_free(&arn)?;
        self.begin(arn, role, tags, &configuration)
    }

    /// The answer to a Create whose name is taken, where that is no error.
    fn existing(&self, arn: &ServiceArn) -> Option<Value> {
        let service = self.services.get(arn)?;
        let answers = self.settings.taken_name == TakenName::Existing
            && service.state == State::Active
            && service.management == ResourceManagement::Ecs;
        answers.then(|| {
            let mut wire = service.show(self.looks, &self.settings);
            wire["tags"] = service.tags_to_wire();
            json!({ "service": wire })
        })
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
        service.tags = tags;
        service.visible_at = self.now.after_seconds(self.settings.create_visible_seconds);
        let configuration = self.configured(&service, configuration, None)?;
        roles::pass(&role, &arn.caller().user_arn(), &self.settings)?;
        service.hinder(self.roles.assume(&role, &self.settings, self.now)?);
        service.infrastructure_role_arn = role;
        self.register_managed(&service, &configuration)?;
        self.roll(&mut service, configuration);
        let mut wire = service.show(self.looks, &self.settings);
        wire["tags"] = service.tags_to_wire();
        self.services.insert(service);
        Ok(json!({ "service": wire }))
    }

    /// The configuration of the next revision. Nothing is registered yet.
    pub(super) fn configured(
        &self,
        service: &Service,
        request: &ConfigurationRequest,
        before: Option<&Configuration>,
    ) -> Result<Configuration, ApiError> {
        let caller = service.arn.caller();
        let family_arn = service.managed_family();
        let revision = self.task_definitions.next_revision(&family_arn);
        let sent = request.task_definition_arn.as_deref();
        let surroundings = Surroundings {
            settings: &self.settings,
            account: &caller.account,
            partition: caller.partition(),
            managed_security_group: &service.managed_security_group(),
            managed_log_group: &service.managed_log_group(),
            registered: sent.and_then(|sent| self.task_definitions.find(sent, &caller)),
            managed_family: &family_arn,
            managed_task_definition: &format!("{family_arn}:{revision}"),
        };
        surroundings.configure(request, before)
    }

    /// Registers the task definition of the next revision, where it is one of ECS's own and new.
    pub(super) fn register_managed(
        &mut self,
        service: &Service,
        configuration: &Configuration,
    ) -> Result<(), ApiError> {
        let caller = service.arn.caller();
        let known = self
            .task_definitions
            .find(&configuration.task_definition_arn, &caller);
        if known.is_some() || Mode::of(configuration, &service.managed_family()) == Mode::Customer {
            return Ok(());
        }
        let request = register::managed(configuration, &caller.region);
        let members = register::members(&request)?;
        let (family, tags) = (service.managed_family_name(), service.tags.clone());
        self.task_definitions
            .register(&caller, &family, members, tags, self.now);
        Ok(())
    }

    /// Makes a revision with this configuration and begins its deployment.
    pub(super) fn roll(&mut self, service: &mut Service, configuration: Configuration) -> usize {
        let planned: Planned = self.outcomes.take(&service.arn.name);
        service.deploy(
            configuration,
            planned,
            &mut self.identifiers,
            &self.settings,
            self.now,
        )
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
        let Some(service) = self.services.get(arn) else {
            return Ok(());
        };
        let form = match service.management {
            ResourceManagement::Ecs => self.settings.taken_name,
            ResourceManagement::Customer => self.settings.taken_by_customer,
        };
        match service.state {
            State::Active => Err(name_taken(form)),
            State::Draining { .. } => Err(still_draining()),
            State::Inactive { since } => {
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
        self.looks += 1;
        let service = self.seen(&arn).ok_or(not_found)?;
        let mut wire = service.show_at(self.looks, &self.settings, self.now);
        if !request.include.is_empty() {
            wire["tags"] = service.tags_to_wire();
        }
        Ok(json!({ "service": wire }))
    }

    pub(super) fn delete(&mut self, caller: &Caller, body: &Value) -> Result<Value, ApiError> {
        let request: ServiceRequest = read(body)?;
        let not_found = ApiError::invalid_parameter("Resource not found");
        let arn = self.express_arn(caller, &request, not_found.clone())?;
        self.require_active(&arn)?;
        let others = self.others(&arn);
        let service = self.services.get_mut(&arn).ok_or(not_found)?;
        service.drain(others, &self.settings, self.now);
        Ok(json!({ "service": service.show(self.looks, &self.settings) }))
    }

    /// Whether another Express service stands behind the same load balancer.
    fn others(&self, arn: &ServiceArn) -> Others {
        let access = |service: &Service| service.revisions.last().map(|last| last.access);
        let own = self.services.get(arn).and_then(access);
        let shares = self.services.values().any(|other| {
            other.state == State::Active
                && other.management == ResourceManagement::Ecs
                && access(other) == own
                && other.arn != *arn
                && other.arn.caller() == arn.caller()
        });
        if shares { Others::Remain } else { Others::None }
    }

    pub(super) fn require_active(&self, arn: &ServiceArn) -> Result<(), ApiError> {
        match self.services.get(arn).map(|service| service.state) {
            Some(State::Draining { .. }) => Err(ApiError::draining()),
            Some(State::Inactive { .. }) => Err(ApiError::inactive()),
            Some(State::Active) | None => Ok(()),
        }
    }

    /// The ARN of an Express service that is there.
    pub(super) fn express_arn(
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

fn name_taken(form: TakenName) -> ApiError {
    match form {
        TakenName::ClientException => ApiError::new(
            "ClientException",
            "A service with this name already exists in the cluster.",
        ),
        TakenName::NotIdempotent | TakenName::Existing => {
            ApiError::invalid_parameter("Creation of service was not idempotent.")
        }
    }
}
