//! DescribeExpressGatewayService and DeleteExpressGatewayService.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::model::{
    api::{
        arn::{Caller, ServiceArn},
        error::ApiError,
        request::parse_body,
        validation::check_one_of,
    },
    services::service::{ResourceManagement, Service, SharedResources, State},
    settings::options::NotFoundForm,
    state::model::Model,
};

/// A request that names one service by ARN.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceRequest {
    pub(crate) service_arn: Option<String>,
    #[serde(default)]
    pub(crate) include: Vec<String>,
}

impl Model {
    pub(in crate::model) fn describe_express_service(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: ServiceRequest = parse_body(body)?;
        for include in &request.include {
            check_one_of("include", include, &["TAGS"])?;
        }
        self.reads += 1;
        let not_found = self.not_found();
        let arn = self.express_arn(caller, &request, not_found.clone())?;
        let service = self.visible_service(&arn).ok_or(not_found)?;
        let mut wire = service.to_express_wire_at(self.reads, &self.settings, self.now);
        if !request.include.is_empty() {
            wire["tags"] = service.tags_to_wire();
        }
        Ok(json!({ "service": wire }))
    }

    /// The error of this read if its service does not exist.
    fn not_found(&self) -> ApiError {
        let invalid = match self.settings.not_found_form {
            NotFoundForm::ResourceNotFound => false,
            NotFoundForm::InvalidParameter => true,
            NotFoundForm::Alternating => self.reads.is_multiple_of(2),
        };
        if invalid {
            ApiError::invalid_parameter("Resource not found")
        } else {
            ApiError::resource_not_found()
        }
    }

    pub(in crate::model) fn delete_express_service(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: ServiceRequest = parse_body(body)?;
        let not_found = ApiError::invalid_parameter("Resource not found");
        let arn = self.express_arn(caller, &request, not_found.clone())?;
        self.require_active(&arn)?;
        let others = self.shared_resources(&arn);
        let service = self.services.get_mut(&arn).ok_or(not_found)?;
        service.drain(others, &self.settings, self.now);
        service.start_holds(&self.roles, &self.settings, self.now);
        Ok(json!({ "service": service.to_express_wire(self.reads, &self.settings) }))
    }

    /// Whether another Express service uses the same load balancer.
    fn shared_resources(&self, arn: &ServiceArn) -> SharedResources {
        let own = self.services.get(arn).and_then(Service::load_balancer);
        let shares = self.services.values().any(|other| {
            other.state == State::Active
                && other.arn != *arn
                && other.load_balancer() == own
                && other.arn.caller() == arn.caller()
        });
        if shares {
            SharedResources::InUse
        } else {
            SharedResources::Unused
        }
    }

    pub(in crate::model) fn require_active(&self, arn: &ServiceArn) -> Result<(), ApiError> {
        match self.services.get(arn).map(|service| service.state) {
            Some(State::Draining { .. }) => Err(ApiError::draining()),
            Some(State::Inactive { .. }) => Err(ApiError::inactive()),
            Some(State::Active) | None => Ok(()),
        }
    }

    /// Returns the ARN in the request, if an Express service with it exists.
    pub(in crate::model) fn express_arn(
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
