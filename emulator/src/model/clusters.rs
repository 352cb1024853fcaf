//! DescribeClusters and ListClusters.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Model, Presence,
    arn::Caller,
    batch::{missing, page},
    error::ApiError,
    request::read,
    service::{Service, State},
    validate,
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
    pub(super) fn describe_clusters(
        &self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let DescribeClustersRequest {
            mut clusters,
            include,
        } = read(body)?;
        for field in &include {
            validate::one_of("include", field, &FIELDS)?;
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
            if self.cluster_exists(caller, &name) {
                found.push(self.cluster_to_wire(caller, &name, &include));
            } else {
                failures.push(missing(&caller.cluster_arn(&name)));
            }
        }
        Ok(json!({ "clusters": found, "failures": failures }))
    }

    pub(super) fn list_clusters(&self, caller: &Caller, body: &Value) -> Result<Value, ApiError> {
        let request: ListClustersRequest = read(body)?;
        let home = caller.cluster_arn("");
        let decided = self
            .clusters
            .iter()
            .filter(|(_, presence)| **presence == Presence::Exists)
            .filter_map(|(arn, _)| arn.strip_prefix(&home));
        let names: BTreeSet<&str> = self
            .settings
            .clusters
            .iter()
            .map(String::as_str)
            .filter(|name| self.cluster_exists(caller, name))
            .chain(decided)
            .collect();
        let arns = names
            .into_iter()
            .map(|name| json!(caller.cluster_arn(name)))
            .collect();
        page(
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
