//! ListServiceDeployments and DescribeServiceDeployments.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::model::{
    api::{
        answer::{missing_failure, paginate},
        arn::{Caller, ServiceArn},
        error::ApiError,
        request::{ArnsRequest, check_count, parse_body},
    },
    deployments::deployment::{Deployment, Visibility},
    settings::options::StatusReasons,
    state::model::Model,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListDeploymentsRequest {
    #[serde(default)]
    service: String,
    cluster: Option<String>,
    #[serde(default)]
    status: Vec<String>,
    created_at: Option<CreatedAt>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
struct CreatedAt {
    before: Option<f64>,
    after: Option<f64>,
}

impl Model {
    pub(in crate::model) fn list_deployments(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: ListDeploymentsRequest = parse_body(body)?;
        let arn = if request.service.starts_with("arn:") {
            ServiceArn::parse(&request.service, caller)?
        } else {
            let cluster = caller.cluster_name(request.cluster.as_deref())?;
            ServiceArn::new(caller, &cluster, &request.service)
        };
        self.require_cluster(caller, &arn.cluster)?;
        let service = self
            .visible_service(&arn)
            .ok_or_else(ApiError::service_not_found)?;
        let queued = service.listed_queue();
        let newest_first = queued.iter().rev().chain(service.deployments.iter().rev());
        let matching: Vec<Value> = newest_first
            .filter(|deployment| request.matches(deployment))
            .map(|deployment| self.without_reason(deployment.brief_to_wire(service)))
            .collect();
        paginate(
            "serviceDeployments",
            matching,
            request.max_results.unwrap_or(20),
            request.next_token.as_deref(),
        )
    }

    pub(in crate::model) fn describe_deployments(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: ArnsRequest = parse_body(body)?;
        let arns = request.service_deployment_arns;
        check_count("ServiceDeploymentArns", &arns)?;
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for arn in &arns {
            let owner = ServiceArn::owner(arn, "service-deployment", caller)?;
            let known = self.visible_service(&owner).and_then(|service| {
                let queued = service.listed_queue();
                let mut all = queued.iter().chain(&service.deployments);
                let deployment = all.find(|deployment| {
                    deployment.arn == *arn && deployment.visibility == Visibility::Shown
                })?;
                Some(deployment.to_wire(service))
            });
            match known {
                Some(wire) => found.push(self.without_reason(wire)),
                None => failures.push(missing_failure(arn)),
            }
        }
        Ok(json!({ "serviceDeployments": found, "failures": failures }))
    }
}

impl Model {
    fn without_reason(&self, mut deployment: Value) -> Value {
        if self.settings.status_reasons == StatusReasons::Nowhere
            && let Value::Object(members) = &mut deployment
        {
            members.remove("statusReason");
        }
        deployment
    }
}

impl ListDeploymentsRequest {
    fn matches(&self, deployment: &Deployment) -> bool {
        let status = deployment.status.as_str();
        let created = deployment.created_at.epoch_seconds();
        let window = self.created_at.as_ref();
        let after = window.and_then(|window| window.after);
        let before = window.and_then(|window| window.before);
        deployment.visibility == Visibility::Shown
            && (self.status.is_empty() || self.status.iter().any(|wanted| wanted == status))
            && after.is_none_or(|after| created > after)
            && before.is_none_or(|before| created < before)
    }
}
