//! The resource `expressservices.ecs-express.dev`: spec, status, and the words of its conditions.

pub mod conditions;
pub mod container;
pub mod operator_state;
mod rules;
mod schema;
mod sizes;
pub mod spec;
pub mod status;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;

pub use spec::{ExpressService, ExpressServiceSpec};
pub use status::ExpressServiceStatus;

/// Finalizer of the operator: held until the ECS service is proved to be gone.
pub const FINALIZER: &str = "ecs-express.dev/finalizer";
/// Name under which the operator writes (server-side apply, events).
pub const FIELD_MANAGER: &str = "ecs-express-operator";

/// Annotations that the operator writes or reads.
pub mod annotations {
    /// ARN of the ECS service: the identity, which survives a restore without status.
    pub const SERVICE_ARN: &str = "ecs-express.dev/service-arn";
    /// Cluster-id under which the service was made.
    pub const CLUSTER_ID: &str = "ecs-express.dev/cluster-id";
    /// Confirms the difference that an adoption would bring: the hash from the message.
    pub const ADOPT_CONFIRM: &str = "ecs-express.dev/adopt-confirm";
    /// Asks for a new deployment of the same configuration; any new value, such as the time.
    pub const RESTART: &str = "ecs-express.dev/restart";
    /// Asks to try again what was rolled back or did not converge; any new value, such as the time.
    pub const RETRY: &str = "ecs-express.dev/retry";
}

/// The CustomResourceDefinition, as it stands in `crds/`.
pub fn crd() -> CustomResourceDefinition {
    let mut crd = ExpressService::crd();
    for version in &mut crd.spec.versions {
        schema::unobserved_by_default(version);
    }
    crd
}

/// The CustomResourceDefinition as YAML.
pub fn crd_yaml() -> Result<String, serde_saphyr::ser::Error> {
    serde_saphyr::to_string(&crd())
}
