//! An emulator of Amazon ECS Express Mode.
//!
//! [`Model`] is the pure part: services on a virtual clock, with wire JSON as input and output.
//! [`Emulator`] serves a model over HTTP to the AWS SDKs, the AWS CLI, and tests.

#![warn(clippy::missing_errors_doc, clippy::too_many_lines)]

mod http;
mod model;
mod state_file;

pub use http::Emulator;
pub use model::{
    AbortDeployment, Answered, ApiError, Architecture, BrokenExecutionRole,
    BrokenInfrastructureRole, BucketRefill, Call, Caller, CallerPolicy, Change, ClusterForm,
    ConditionKeys, ConfigurationOrder, Defaults, Delivery, DeniedProvisioning, DeploymentStatus,
    DeploymentView, Effect, EmptyForm, EmptyLists, EmptyStrings, EndpointForm, ExpressBucket,
    Failing, Fault, IdenticalUpdate, ManagedRegistration, ModeSwitch, Model, NotFoundForm,
    OmittedBlocks, OmittedMembers, Outcome, Page, Presence, QueuedDeployments, ResourceManagement,
    RevisionDetail, RevisionView, ServiceArn, ServiceStatus, ServiceView, Settings, StatusReasons,
    SubnetChanges, Tag, TakenName, Target, TaskDefinitionLookup, Throttling, UnreadableState,
    UnusableRole, UpdateInDeployment, Usability, VirtualTime,
};
pub use state_file::{StateFile, StateFileError};
