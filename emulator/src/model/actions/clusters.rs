//! DescribeClusters and ListClusters.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::model::{
    api::{
        answer::{missing_failure, paginate},
        arn::Caller,
        error::ApiError,
        request::parse_body,
        validation::check_one_of,
    },
    services::service::{Service, State},
    state::model::Model,
};

#[derive(Deserialize)]
struct DescribeClustersRequest {
    #[serde(default)]
    clusters: Vec<String>,
    #[serde(default)]
    include: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListClustersRequest {
    max_results: Option<usize>,
    next_token: Option<String>,
}

const FIELDS: [&str; 5] = [
    "ATTACHMENTS",
    "CONFIGURATIONS",
    "SETTINGS",
    "STATISTICS",
    "TAGS",
];

impl Model {
    pub(in crate::model) fn describe_clusters(
        &self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let DescribeClustersRequest {
            mut clusters,
            include,
        } = parse_body(body)?;
        for field in &include {
            check_one_of("include", field, &FIELDS)?;
        }
        if clusters.is_empty() {
            clusters.push("default".to_owned());
        }
        if clusters.len() > 100 {
            return Err(ApiError::invalid_parameter(
                "Clusters may contain at most 100 elements.",
            ));
        }
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for identifier in &clusters {
            let name = caller.cluster_name(Some(identifier))?;
            if self.clusters.exists(caller, &name, &self.settings) {
                found.push(self.cluster_to_wire(caller, &name, &include));
            } else {
                failures.push(missing_failure(&caller.cluster_arn(&name)));
            }
        }
        Ok(json!({ "clusters": found, "failures": failures }))
    }

    pub(in crate::model) fn list_clusters(
        &self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: ListClustersRequest = parse_body(body)?;
        let names = self.clusters.names(caller, &self.settings);
        let arns = names
            .into_iter()
            .map(|name| json!(caller.cluster_arn(name)))
            .collect();
        paginate(
            "clusterArns",
            arns,
            request.max_results.unwrap_or(100),
            request.next_token.as_deref(),
        )
    }

    fn cluster_to_wire(&self, caller: &Caller, name: &str, include: &[String]) -> Value {
        let services: Vec<&Service> = self
            .services
            .values()
            .filter(|service| service.arn.caller() == *caller && service.arn.cluster == name)
            .collect();
        let active = services
            .iter()
            .filter(|service| service.state == State::Active);
        let total = |count: fn(&Service) -> i64| services.iter().map(|one| count(one)).sum::<i64>();
        let settings = if include.iter().any(|field| field == "SETTINGS") {
            json!([{ "name": "containerInsights", "value": "disabled" }])
        } else {
            json!([])
        };
        json!({
            "clusterArn": caller.cluster_arn(name),
            "clusterName": name,
            "status": "ACTIVE",
            "registeredContainerInstancesCount": 0,
            "runningTasksCount": total(|service| service.tasks().running),
            "pendingTasksCount": total(|service| service.tasks().pending),
            "activeServicesCount": active.count(),
            "statistics": [],
            "tags": [],
            "settings": settings,
            "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
            "defaultCapacityProviderStrategy": [],
        })
    }
}
