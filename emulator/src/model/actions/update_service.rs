//! UpdateService on an Express service: a new deployment of the current or another task definition.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::model::{
    answers::service::service_to_wire,
    api::{
        arn::{Caller, ServiceArn},
        error::ApiError,
        request::parse_body,
        validation::check_task_definition_arn,
    },
    configuration::service_configuration::{Configuration, TaskSettings},
    services::service::ResourceManagement,
    settings::options::TaskDefinitionLookup,
    state::model::Model,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UpdateServiceRequest {
    cluster: Option<String>,
    #[serde(default)]
    service: String,
    task_definition: Option<String>,
    #[serde(default)]
    force_new_deployment: bool,
}

/// The members that Express manages.
const OWNED: [&str; 3] = [
    "deploymentConfiguration",
    "deploymentController",
    "loadBalancers",
];

/// The members that ECS may accept and this model does not support.
const NOT_MODELLED: [&str; 17] = [
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "desiredCount",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "gatewayConnectors",
    "healthCheckGracePeriodSeconds",
    "monitoring",
    "networkConfiguration",
    "placementConstraints",
    "placementStrategy",
    "platformVersion",
    "propagateTags",
    "serviceConnectConfiguration",
    "serviceRegistries",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
];

impl Model {
    pub(in crate::model) fn update_service(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: UpdateServiceRequest = parse_body(body)?;
        let arn = self.updated_service(caller, &request)?;
        reject_members(body)?;
        let mut service = self
            .services
            .get(&arn)
            .cloned()
            .ok_or_else(ApiError::service_not_found)?;
        if let Some(before) = service.configuration().cloned()
            && (request.force_new_deployment || request.task_definition.is_some())
        {
            self.require_updatable(&service)?;
            let configuration = match request.task_definition.as_deref() {
                Some(named) => self.with_task_definition(caller, before, named)?,
                None => before,
            };
            self.start_rollout(&mut service, configuration);
        }
        let wire = service_to_wire(&service);
        self.services.insert(service);
        Ok(json!({ "service": wire }))
    }

    /// Returns the ARN of the Express service in the request, if it can be updated.
    fn updated_service(
        &self,
        caller: &Caller,
        request: &UpdateServiceRequest,
    ) -> Result<ServiceArn, ApiError> {
        let cluster = caller.cluster_name(request.cluster.as_deref())?;
        let arn = if request.service.starts_with("arn:") {
            ServiceArn::parse(&request.service, caller)?
        } else {
            ServiceArn::new(caller, &cluster, &request.service)
        };
        self.require_cluster(caller, &cluster)?;
        match self.services.get(&arn).filter(|_| arn.cluster == cluster) {
            None => Err(ApiError::service_not_found()),
            Some(service) if service.management == ResourceManagement::Customer => Err(
                ApiError::not_modelled("UpdateService on a service that is no Express service"),
            ),
            Some(_) => self.require_active(&arn).map(|()| arn),
        }
    }

    /// Returns the configuration with another task definition. Unlike Express, UpdateService accepts
    /// short names of task definitions.
    fn with_task_definition(
        &self,
        caller: &Caller,
        before: Configuration,
        named: &str,
    ) -> Result<Configuration, ApiError> {
        let Some(found) = self.task_definitions.find(named, caller) else {
            let taken_unseen = self.settings.task_definitions == TaskDefinitionLookup::Any
                && check_task_definition_arn(named).is_ok();
            return if taken_unseen {
                Ok(Configuration {
                    task_definition_arn: named.to_owned(),
                    ..before
                })
            } else {
                Err(ApiError::new(
                    "ClientException",
                    "TaskDefinition not found.",
                ))
            };
        };
        let TaskSettings {
            execution_role_arn,
            task_role_arn,
            cpu,
            memory,
            cpu_architecture,
            container,
        } = found.task_settings()?;
        Ok(Configuration {
            task_definition_arn: found.arn.clone(),
            execution_role_arn,
            task_role_arn,
            cpu,
            memory,
            cpu_architecture,
            primary_container: container,
            ..before
        })
    }
}

fn reject_members(body: &Value) -> Result<(), ApiError> {
    let sent = |members: &[&str]| -> Vec<String> {
        let sent = members.iter().filter(|member| !body[**member].is_null());
        sent.map(|member| (*member).to_owned()).collect()
    };
    let owned = sent(&OWNED);
    if !owned.is_empty() {
        return Err(ApiError::invalid_parameter(format!(
            "{} cannot be updated for a service that is managed by ECS Express Mode.",
            owned.join(", ")
        )));
    }
    let unknown = sent(&NOT_MODELLED);
    if !unknown.is_empty() {
        return Err(ApiError::not_modelled(&format!(
            "{} of UpdateService",
            unknown.join(", ")
        )));
    }
    Ok(())
}
