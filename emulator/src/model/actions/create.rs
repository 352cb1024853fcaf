//! CreateExpressGatewayService.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::model::{
    api::{
        arn::{Caller, ServiceArn},
        error::ApiError,
        request::parse_body,
        tag::{Tag, check_tags},
        validation::{check_role_arn, check_service_name},
    },
    clusters::Presence,
    configuration::{
        request::ConfigurationRequest,
        validation::{check_configuration, check_required_for_create},
    },
    iam::roles::check_pass_role,
    services::service::{ResourceManagement, Service, State},
    settings::options::TakenName,
    state::model::Model,
};

/// The members that only a create has.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateRequest {
    pub(crate) infrastructure_role_arn: Option<String>,
    pub(crate) service_name: Option<String>,
    pub(crate) cluster: Option<String>,
    pub(crate) tags: Option<Vec<Tag>>,
}

impl Model {
    pub(in crate::model) fn create_express_service(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: CreateRequest = parse_body(body)?;
        let configuration: ConfigurationRequest = parse_body(body)?;
        let role = request
            .infrastructure_role_arn
            .filter(|role| !role.is_empty())
            .ok_or_else(|| {
                ApiError::invalid_parameter("InfrastructureRoleArn can not be blank.")
            })?;
        check_role_arn("infrastructureRoleArn", &role)?;
        check_required_for_create(&configuration)?;
        check_configuration(&configuration)?;
        let tags = request.tags.unwrap_or_default();
        if tags.len() > 50 {
            return Err(ApiError::invalid_parameter(
                "The maximum number of tags per resource is 50.",
            ));
        }
        check_tags(&tags)?;
        let cluster = caller.cluster_name(request.cluster.as_deref())?;
        if cluster == "default" {
            self.clusters.set(caller, "default", Presence::Exists);
        }
        self.require_cluster(caller, &cluster)?;
        let name = match request.service_name {
            Some(name) => name,
            None => self.generate_name(&configuration),
        };
        check_service_name(&name)?;
        let arn = ServiceArn::new(caller, &cluster, &name);
        if let Some(existing) = self.existing(&arn) {
            return Ok(existing);
        }
        self.require_name_available(&arn)?;
        self.begin(arn, role, tags, &configuration)
    }

    /// Returns the existing service if the settings say that a create with a taken name returns it.
    fn existing(&self, arn: &ServiceArn) -> Option<Value> {
        let service = self.services.get(arn)?;
        let answers = self.settings.taken_name == TakenName::Existing
            && service.state == State::Active
            && service.management == ResourceManagement::Ecs;
        answers.then(|| {
            let mut wire = service.to_express_wire(self.reads, &self.settings);
            wire["tags"] = service.tags_to_wire();
            json!({ "service": wire })
        })
    }

    /// Creates the service once its name is known to be available.
    fn begin(
        &mut self,
        arn: ServiceArn,
        role: String,
        tags: Vec<Tag>,
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
        let configuration = self.next_configuration(&service, configuration, None)?;
        check_pass_role(&role, &arn.caller().user_arn(), &self.settings)?;
        service.set_provisioning(self.roles.assume(&role, &self.settings, self.now)?);
        service.infrastructure_role_arn = role;
        self.register_managed_task_definition(&service, &configuration)?;
        self.start_rollout(&mut service, configuration);
        let mut wire = service.to_express_wire(self.reads, &self.settings);
        wire["tags"] = service.tags_to_wire();
        self.services.insert(service);
        Ok(json!({ "service": wire }))
    }

    /// Generates a service name from the image: `registry/team/shop:1` gives `shop-` and four digits.
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

    /// Checks that no ACTIVE or DRAINING service, Express or not, has this name.
    pub(in crate::model) fn require_name_available(
        &self,
        arn: &ServiceArn,
    ) -> Result<(), ApiError> {
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
