//! The load balancer that serves a revision. The Express services of a VPC and scheme share it.

use serde::{Deserialize, Serialize};

use crate::model::api::identifiers::Identifiers;

/// The number of Express services that share a load balancer.
pub(crate) const CAPACITY: usize = 25;

/// A load balancer among those of its scheme in an account and Region.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LoadBalancer {
    /// The VPC; none if the settings name none for the subnets.
    pub(crate) vpc: Option<String>,
    /// The number of the load balancer in this VPC, from 0.
    pub(crate) number: u32,
}

impl LoadBalancer {
    /// The 16 hexadecimal digits at the end of its ARN.
    pub(crate) fn id(&self, scheme: &str) -> String {
        match (&self.vpc, scheme, self.number) {
            (None, "internet-facing", 0) => "0123456789abcdef".to_owned(),
            (vpc, _, number) => {
                let vpc = vpc.as_deref().unwrap_or_default();
                Identifiers::derived(&format!("{vpc}/{scheme}/{number}")).hex(16)
            }
        }
    }
}
