//! ListServices and DescribeServices.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::model::{
    answers::service::service_to_wire,
    api::{
        answer::{missing_failure, paginate},
        arn::{Caller, ServiceArn},
        error::ApiError,
        request::parse_body,
        validation::check_one_of,
    },
    services::service::State,
    state::model::Model,
};

#[derive(Deserialize)]
struct DescribeServicesRequest {
    cluster: Option<String>,
    #[serde(default)]
    services: Vec<String>,
    #[serde(default)]
    include: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListRequest {
    cluster: Option<String>,
    resource_management_type: Option<String>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

impl Model {
    pub(in crate::model) fn list_services(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: ListRequest = parse_body(body)?;
        let cluster = caller.cluster_name(request.cluster.as_deref())?;
        self.require_cluster(caller, &cluster)?;
        let wanted = request.resource_management_type.as_deref();
        if let Some(wanted) = wanted {
            check_one_of("resourceManagementType", wanted, &["CUSTOMER", "ECS"])?;
        }
        let arns: Vec<Value> = self
            .services
            .values()
            .filter(|service| {
                service.arn.caller() == *caller
                    && service.arn.cluster == cluster
                    && service.state == State::Active
                    && service.visible_at <= self.now
                    && wanted.is_none_or(|wanted| wanted == service.management.as_str())
            })
            .map(|service| json!(service.arn.to_string()))
            .collect();
        paginate(
            "serviceArns",
            arns,
            request.max_results.unwrap_or(10),
            request.next_token.as_deref(),
        )
    }

    pub(in crate::model) fn describe_services(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: DescribeServicesRequest = parse_body(body)?;
        let cluster = caller.cluster_name(request.cluster.as_deref())?;
        let count = request.services.len();
        if count == 0 {
            return Err(ApiError::invalid_parameter("Services cannot be empty."));
        }
        if count > 10 {
            return Err(ApiError::invalid_parameter(
                "Services may contain at most 10 elements.",
            ));
        }
        for include in &request.include {
            check_one_of("include", include, &["TAGS"])?;
        }
        self.require_cluster(caller, &cluster)?;
        let (mut services, mut failures) = (Vec::new(), Vec::new());
        for identifier in &request.services {
            let arn = if identifier.starts_with("arn:") {
                ServiceArn::parse(identifier, caller)?
            } else {
                ServiceArn::new(caller, &cluster, identifier)
            };
            match self
                .visible_service(&arn)
                .filter(|_| arn.cluster == cluster)
            {
                Some(service) => {
                    let mut wire = service_to_wire(service);
                    if !request.include.is_empty() {
                        wire["tags"] = service.tags_to_wire();
                    }
                    services.push(wire);
                }
                None => failures.push(missing_failure(&arn.to_string())),
            }
        }
        Ok(json!({ "services": services, "failures": failures }))
    }
}
