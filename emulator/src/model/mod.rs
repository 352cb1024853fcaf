//! The model of ECS Express Mode: services on a virtual clock, with wire JSON as input and output.
//! Nothing in here waits, reads a real clock, or knows HTTP.
//!
//! Each folder or file imports only from those above it in this list:
//!
//! | module | holds |
//! | --- | --- |
//! | `api` | what every ECS call has: actions, ARNs, errors, pages, tags, checks of single members |
//! | `clock` | the virtual time |
//! | `settings` | what can be set, including the answers to choose from where AWS is ambiguous |
//! | `faults` | injected errors and throttling |
//! | `clusters` | which clusters exist |
//! | `iam` | roles, as far as ECS can assume them, and STS sessions |
//! | `configuration` | the configuration of a service: the request, its validation, defaults, the result |
//! | `task_definitions` | registered task definitions |
//! | `revisions` | service revisions and the resources that ECS manages for them |
//! | `deployments` | service deployments, their planned outcomes and their timelines |
//! | `services` | services: how they deploy, drain and disappear |
//! | `answers` | services, revisions and deployments in the shapes of the API |
//! | `state` | the whole model at a moment, its history for lagging reads, its saved form |
//! | `actions` | the API actions, a file for each kind of resource |
//! | `control` | what tests and demos do and see beside the API |
//! | `dispatch` | the way of a call: faults, throttling, action, record |

pub(crate) mod actions;
pub(crate) mod answers;
pub(crate) mod api;
pub(crate) mod clock;
pub(crate) mod clusters;
pub(crate) mod configuration;
pub(crate) mod control;
pub(crate) mod deployments;
pub(crate) mod dispatch;
pub(crate) mod faults;
pub(crate) mod iam;
pub(crate) mod revisions;
pub(crate) mod services;
pub(crate) mod settings;
pub(crate) mod state;
pub(crate) mod task_definitions;
#[cfg(test)]
mod tests;

pub use api::{
    arn::{Caller, ServiceArn},
    call::Call,
    error::{Answered, ApiError, Delivery},
    tag::Tag,
};
pub use clock::VirtualTime;
pub use clusters::Presence;
pub use control::{
    change::{Change, Failing, Target},
    service_page::Page,
    service_view::{DeploymentView, RevisionView, ServiceStatus, ServiceView},
};
pub use deployments::{deployment::DeploymentStatus, outcome::Outcome};
pub use faults::fault::{Effect, Fault};
pub use iam::roles::Usability;
pub(crate) use iam::sessions::account_of;
pub use services::service::ResourceManagement;
pub use settings::{
    Settings,
    options::{
        AbortDeployment, Architecture, BucketRefill, ClusterForm, ConfigurationOrder, Defaults,
        EmptyForm, EmptyLists, EmptyStrings, EndpointForm, ExpressBucket, IdenticalUpdate,
        ManagedRegistration, ModeSwitch, NotFoundForm, OmittedBlocks, OmittedMembers,
        QueuedDeployments, RevisionDetail, StatusReasons, SubnetChanges, TakenName,
        TaskDefinitionLookup, Throttling, UpdateInDeployment,
    },
    role_options::{
        BrokenExecutionRole, BrokenInfrastructureRole, CallerPolicy, ConditionKeys,
        DeniedProvisioning, UnusableRole,
    },
};
pub use state::{model::Model, saved::UnreadableState};
