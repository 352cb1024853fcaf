//! Application of changes to the model.

use serde_json::json;

use crate::model::{
    api::arn::{Caller, ServiceArn},
    api::error::ApiError,
    api::validation::check_service_name,
    clusters::Presence,
    control::change::{Change, Target},
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
        let made = self.change_in(&account, change);
        self.mark_changed();
        made
    }

    fn change_in(&mut self, account: &str, change: Change) -> Result<(), ApiError> {
        match change {
            Change::InAccount { account, change } => self.change_in(&account, *change),
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
            Change::Fail(target, failing) => {
                let (_, arn) = self.target(account, &target)?;
                let resource = failing
                    .resource
                    .parse()
                    .map_err(ApiError::invalid_parameter)?;
                let service = self.services.get_mut(&arn);
                service.ok_or_else(ApiError::service_not_found)?.fail(
                    resource,
                    &failing.reason,
                    self.now,
                );
                Ok(())
            }
            Change::Delete(target) if self.is_customers(account, &target)? => {
                let (_, arn) = self.target(account, &target)?;
                self.require_active(&arn)?;
                if let Some(service) = self.services.get_mut(&arn) {
                    service.drain(SharedResources::Unused, &self.settings, self.now);
                }
                Ok(())
            }
            Change::Delete(target) => {
                let (caller, arn) = self.target(account, &target)?;
                let body = json!({ "serviceArn": arn.to_string() });
                self.delete_express_service(&caller, &body).map(drop)
            }
            Change::Customer(target) => self.customer(account, &target),
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
                self.roles.set_usability(&arn, usability, self.now);
                self.services.reschedule_all();
                self.move_to(self.now);
                Ok(())
            }
        }
    }

    fn customer(&mut self, account: &str, target: &Target) -> Result<(), ApiError> {
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

    /// Whether the service exists and is not an Express service.
    fn is_customers(&self, account: &str, target: &Target) -> Result<bool, ApiError> {
        let (_, arn) = self.target(account, target)?;
        let management = self.services.get(&arn).map(|service| service.management);
        Ok(management == Some(ResourceManagement::Customer))
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
