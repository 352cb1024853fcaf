//! ListServices: ARNs only, and nothing that drains.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Model,
    arn::Caller,
    batch::page,
    error::ApiError,
    request::read,
    service::{ResourceManagement, State},
    validate,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListRequest {
    cluster: Option<String>,
    resource_management_type: Option<String>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

impl Model {
    pub(super) fn list_services(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: ListRequest = read(body)?;
        let cluster = caller.cluster_name(request.cluster.as_deref())?;
        self.require_cluster(caller, &cluster)?;
        let wanted = request.resource_management_type.as_deref();
        if let Some(wanted) = wanted {
            validate::one_of("resourceManagementType", wanted, &["CUSTOMER", "ECS"])?;
        }
        let arns: Vec<Value> = self
            .services
            .values()
            .filter(|service| {
                service.arn.caller() == *caller
                    && service.arn.cluster == cluster
                    && service.state == State::Active
                    && service.visible_at <= self.now
                    && wanted.is_none_or(|wanted| wanted == management(service.management))
            })
            .map(|service| json!(service.arn.to_string()))
            .collect();
        page(
            "serviceArns",
            arns,
            request.max_results.unwrap_or(10),
            request.next_token.as_deref(),
        )
    }
}

/// `resourceManagementType`.
pub(crate) fn management(management: ResourceManagement) -> &'static str {
    match management {
        ResourceManagement::Ecs => "ECS",
        ResourceManagement::Customer => "CUSTOMER",
    }
}
