//! StopServiceDeployment: rolls the running deployment back or stops it.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::model::{
    api::{
        arn::{Caller, ServiceArn},
        error::ApiError,
        request::parse_body,
        validation::check_one_of,
    },
    deployments::{
        deployment::{Deployment, DeploymentStatus, Visibility},
        timeline::{Step, Trigger},
    },
    services::progress::STOPPED,
    settings::options::AbortDeployment,
    state::model::Model,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StopRequest {
    #[serde(default)]
    service_deployment_arn: String,
    #[serde(default = "rollback")]
    stop_type: String,
}

fn rollback() -> String {
    "ROLLBACK".to_owned()
}

impl Model {
    pub(in crate::model) fn stop_deployment(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: StopRequest = parse_body(body)?;
        let stop_types: &[&str] = match self.settings.abort_deployment {
            AbortDeployment::Accept => &["ABORT", "ROLLBACK"],
            AbortDeployment::Refuse => &["ROLLBACK"],
        };
        check_one_of("stopType", &request.stop_type, stop_types)?;
        let arn = request.service_deployment_arn;
        let owner = ServiceArn::owner(&arn, "service-deployment", caller)?;
        self.require_cluster(caller, &owner.cluster)?;
        let not_found = || {
            ApiError::new(
                "ServiceDeploymentNotFoundException",
                "The specified service deployment was not found.",
            )
        };
        let service = self.services.get_mut(&owner).ok_or_else(not_found)?;
        if service.stop_queued(&arn, STOPPED, self.now) {
            return Ok(json!({ "serviceDeploymentArn": arn }));
        }
        let shown = |deployment: &&mut Deployment| {
            deployment.arn == arn && deployment.visibility == Visibility::Shown
        };
        let deployment = service.deployments.iter_mut().find(shown);
        let deployment = deployment.ok_or_else(not_found)?;
        require_stoppable(deployment.status)?;
        let at = |seconds| self.now.after_seconds(seconds);
        // A first deployment has nothing to roll back to.
        let rolls_back = request.stop_type == "ROLLBACK" && deployment.source.is_some();
        if rolls_back {
            deployment.status = DeploymentStatus::RollbackRequested;
            deployment.steps = [
                (at(5), Step::RollBack(Trigger::Request)),
                (at(65), Step::FinishRollback),
            ]
            .into();
        } else {
            deployment.status = DeploymentStatus::StopRequested;
            deployment.steps = [(at(5), Step::Stop)].into();
        }
        deployment.updated_at = self.now;
        Ok(json!({ "serviceDeploymentArn": arn }))
    }
}

fn require_stoppable(status: DeploymentStatus) -> Result<(), ApiError> {
    match status {
        DeploymentStatus::Pending | DeploymentStatus::InProgress => Ok(()),
        DeploymentStatus::StopRequested
        | DeploymentStatus::RollbackRequested
        | DeploymentStatus::RollbackInProgress
        | DeploymentStatus::Successful
        | DeploymentStatus::Stopped
        | DeploymentStatus::RollbackSuccessful
        | DeploymentStatus::RollbackFailed => Err(ApiError::new(
            "ConflictException",
            format!(
                "Cannot stop a service deployment in {} status.",
                status.as_str()
            ),
        )),
    }
}
