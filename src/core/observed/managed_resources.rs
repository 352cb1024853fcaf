//! The resources that ECS creates for a service: load balancer, certificate, security groups and others.

use std::collections::BTreeSet;

use crate::api::status::ManagedResource;

/// Type, in the status, of the security groups that ECS creates for the tasks.
pub const SERVICE_SECURITY_GROUP: &str = "ServiceSecurityGroup";

/// Returns the IDs of the security groups that ECS created for the tasks; `None` if `resources` lists none.
pub fn service_security_groups(resources: &[ManagedResource]) -> Option<BTreeSet<&str>> {
    let groups: BTreeSet<&str> = resources
        .iter()
        .filter(|resource| resource.r#type == SERVICE_SECURITY_GROUP)
        .filter_map(|resource| resource.arn.as_deref())
        .map(|arn| arn.rsplit('/').next().unwrap_or(arn))
        .collect();
    (!groups.is_empty()).then_some(groups)
}

impl ManagedResource {
    /// Whether ECS failed to create the resource.
    pub fn has_failed(&self) -> bool {
        self.status.as_deref() == Some("FAILED")
    }
}
