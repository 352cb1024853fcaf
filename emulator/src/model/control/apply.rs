//! Application of changes to the model.

use serde_json::json;

use crate::model::{
    api::{
        arn::{Caller, ServiceArn},
        error::ApiError,
        validation::check_service_name,
    },
    clusters::Presence,
    control::change::{Change, Failing, Target},
    services::service::{ResourceManagement, Service, SharedResources},
    state::model::Model,
};

impl Model {
    /// Applies a change.
    ///
    /// # Errors
    /// Returns the error with which the API would answer such a request.
    pub fn change(&mut self, change: Change) -> Result<(), ApiError> {
        let account = self.settings.account_id.clone();
        let result = self.apply_in(&account, change);
        self.mark_changed();
        result
    }

    fn apply_in(&mut self, account: &str, change: Change) -> Result<(), ApiError> {
        match change {
            Change::InAccount { account, change } => self.apply_in(&account, *change),
            Change::Update(target, mut update) => {
                let (caller, arn) = self.target(account, &target)?;
                update["serviceArn"] = json!(arn.to_string());
                self.update_express_service(&caller, &update).map(drop)
            }
            Change::Tag(target, tags) => {
                let (caller, arn) = self.target(account, &target)?;
                self.tag_as_aws(&caller, &arn, tags)
            }
            Change::Untag(target, keys) => {
                let (caller, arn) = self.target(account, &target)?;
                let body = json!({ "resourceArn": arn.to_string(), "tagKeys": keys });
                self.untag_resource(&caller, &body).map(drop)
            }
            Change::Fail(target, Failing { resource, reason }) => {
                let resource = resource.parse().map_err(ApiError::invalid_parameter)?;
                let now = self.now;
                self.changed_service(account, &target)?
                    .fail(resource, &reason, now);
                Ok(())
            }
            Change::Detach(target, resource) => {
                let resource = resource.parse().map_err(ApiError::invalid_parameter)?;
                let now = self.now;
                self.changed_service(account, &target)?
                    .detach(resource, now);
                Ok(())
            }
            Change::DesiredCount(target, count) => {
                let now = self.now;
                self.changed_service(account, &target)?
                    .set_desired_count(count.into(), now)
                    .ok_or_else(nothing_runs)
            }
            Change::RunningCount(target, count) => {
                let now = self.now;
                self.changed_service(account, &target)?
                    .set_running_count(count.into(), now)
                    .ok_or_else(nothing_runs)
            }
            Change::Delete(target) => self.delete(account, &target),
            Change::Customer(target) => self.create_customers_service(account, &target),
            Change::Purge(target) => {
                let (_, arn) = self.target(account, &target)?;
                match self.services.remove(&arn) {
                    Some(_) => Ok(()),
                    None => Err(ApiError::service_not_found()),
                }
            }
            Change::Cluster {
                name,
                region,
                presence,
            } => {
                let caller = self.caller_in(account, region.as_deref());
                let name = caller.cluster_name(Some(&name))?;
                self.clusters.set(&caller, &name, presence);
                Ok(())
            }
            Change::Role { arn, usability } => {
                self.move_to(self.now);
                self.roles.set_usability(&arn, usability, self.now);
                self.services
                    .update_holds(&self.roles, &self.settings, self.now);
                self.move_to(self.now);
                Ok(())
            }
        }
    }

    /// The service that a change affects.
    fn changed_service(
        &mut self,
        account: &str,
        target: &Target,
    ) -> Result<&mut Service, ApiError> {
        let (_, arn) = self.target(account, target)?;
        self.services
            .get_mut(&arn)
            .ok_or_else(ApiError::service_not_found)
    }

    /// Deletes a service, Express or not.
    fn delete(&mut self, account: &str, target: &Target) -> Result<(), ApiError> {
        let (caller, arn) = self.target(account, target)?;
        let management = self.services.get(&arn).map(|service| service.management);
        if management != Some(ResourceManagement::Customer) {
            let body = json!({ "serviceArn": arn.to_string() });
            return self.delete_express_service(&caller, &body).map(drop);
        }
        self.require_active(&arn)?;
        if let Some(service) = self.services.get_mut(&arn) {
            service.drain(SharedResources::Unused, &self.settings, self.now);
        }
        Ok(())
    }

    /// Creates a service that is not an Express service.
    fn create_customers_service(&mut self, account: &str, target: &Target) -> Result<(), ApiError> {
        let (caller, arn) = self.target(account, target)?;
        self.require_name_available(&arn)?;
        self.clusters.set(&caller, &arn.cluster, Presence::Exists);
        let service = Service::new(
            arn.clone(),
            ResourceManagement::Customer,
            self.identifiers.endpoint(),
            self.identifiers.hex(17),
            self.now,
        );
        self.services.insert(service);
        Ok(())
    }

    fn target(&self, account: &str, target: &Target) -> Result<(Caller, ServiceArn), ApiError> {
        let caller = self.caller_in(account, target.region.as_deref());
        let cluster = caller.cluster_name(target.cluster.as_deref())?;
        check_service_name(&target.service)?;
        let arn = ServiceArn::new(&caller, &cluster, &target.service);
        Ok((caller, arn))
    }

    fn caller_in(&self, account: &str, region: Option<&str>) -> Caller {
        Caller {
            account: account.to_owned(),
            region: region.unwrap_or(&self.settings.region).to_owned(),
        }
    }
}

fn nothing_runs() -> ApiError {
    ApiError::invalid_parameter("No revision of the service serves traffic.")
}
