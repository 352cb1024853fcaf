//! The resource `expressservices.ecs-express.dev`: its spec, its status, and the vocabulary of its conditions.

/// Defines constants, and a list of all of them with their meaning, with which the documents are compared.
macro_rules! vocabulary {
    ($($(#[doc = $meaning:literal])+ pub const $name:ident: &str = $word:literal;)+) => {
        $($(#[doc = $meaning])+ pub const $name: &str = $word;)+
        /// Each of these words with its meaning.
        pub const ALL: &[(&str, &str)] = &[$(($word, concat!($($meaning),+))),+];
    };
}
pub(crate) use vocabulary;

pub mod conditions;
pub mod container;
pub mod operator_state;
mod quantities;
mod rules;
mod schema;
pub mod spec;
pub mod status;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;

pub use spec::{ExpressService, ExpressServiceSpec};
pub use status::ExpressServiceStatus;

/// Finalizer of the operator, removed once the absence of the ECS service is confirmed.
pub const FINALIZER: &str = "ecs-express.dev/finalizer";
/// Name under which the operator writes objects and events.
pub const FIELD_MANAGER: &str = "ecs-express-operator";

/// Annotations that the operator reads or writes.
pub mod annotations {
    crate::api::vocabulary! {
        /// ARN of the ECS service. It identifies the service even after a restore without status.
        pub const SERVICE_ARN: &str = "ecs-express.dev/service-arn";
        /// Cluster-id with which the service was created.
        pub const CLUSTER_ID: &str = "ecs-express.dev/cluster-id";
        /// Confirms the changes that an adoption would make; the value is the hash in the message of the condition.
        pub const ADOPT_CONFIRM: &str = "ecs-express.dev/adopt-confirm";
        /// Requests a new deployment of the same configuration; any new value, such as the current time.
        pub const RESTART: &str = "ecs-express.dev/restart";
        /// Requests a retry of what failed, was rolled back or did not converge; any new value, such as the current time.
        pub const RETRY: &str = "ecs-express.dev/retry";
    }
}

/// The CustomResourceDefinition, as in `crds/`.
pub fn crd() -> CustomResourceDefinition {
    let mut crd = ExpressService::crd();
    for version in &mut crd.spec.versions {
        schema::unobserved_by_default(version);
    }
    crd
}

/// The CustomResourceDefinition as YAML.
///
/// # Errors
///
/// If the CustomResourceDefinition cannot be serialized.
pub fn crd_yaml() -> Result<String, serde_saphyr::ser::Error> {
    serde_saphyr::to_string(&crd())
}
