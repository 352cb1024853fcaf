//! The behaviors to choose from where AWS is ambiguous or known to vary.

use serde::{Deserialize, Serialize};

/// How answers write the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClusterForm {
    /// The short name.
    Name,
    /// The full ARN, even if the request gives a name.
    Arn,
}

/// How answers write an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndpointForm {
    /// With a scheme.
    Url,
    /// Without a scheme.
    Host,
    /// Without a scheme until the deployment of the revision succeeds, with a scheme afterwards.
    HostThenUrl,
}

/// What a member means that is absent inside a block of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OmittedMembers {
    /// The member keeps its value.
    Merge,
    /// The member gets its default.
    Replace,
}

/// What a top-level member means that is absent from an update. The container and the execution role,
/// which have no default, always keep their value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OmittedBlocks {
    /// The member keeps its value.
    Keep,
    /// The member gets its default.
    Reset,
}

/// What an empty list in an update means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmptyLists {
    /// The list is cleared.
    Clear,
    /// The empty list counts as absent, and the previous list stays.
    Keep,
}

/// What an empty string means in place of a role, a path, a size or a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmptyStrings {
    /// The update is rejected.
    Refuse,
    /// The value is cleared.
    Clear,
}

/// The source of the default values; the documents of AWS disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Defaults {
    /// 1024 CPU units, 2048 MiB, `/`, 1 to 20 tasks. These values were also observed.
    DeveloperGuide,
    /// 256 CPU units, 512 MiB, `/ping`, 1 to 20 tasks.
    ApiReference,
    /// 256 CPU units, 512 MiB, `/ping`, 1 task.
    CloudFormation,
}

/// The order of `activeConfigurations` while there are two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConfigurationOrder {
    /// The order changes with each read.
    Alternating,
    /// The newest revision first.
    NewestFirst,
    /// The oldest revision first.
    OldestFirst,
}

/// How answers write `activeConfigurations` and `ingressPaths` without elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmptyForm {
    /// As `[]`.
    EmptyList,
    /// The member is omitted.
    Omitted,
}

/// The error of DescribeExpressGatewayService for a service that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotFoundForm {
    /// ResourceNotFoundException.
    ResourceNotFound,
    /// InvalidParameterException "Resource not found".
    InvalidParameter,
    /// One and the other in turns.
    Alternating,
}

/// What happens to StopServiceDeployment with the stop type ABORT, which the API has and its
/// documentation does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AbortDeployment {
    /// The deployment is stopped without a rollback.
    Accept,
    /// The call is rejected with an InvalidParameterException.
    Refuse,
}

/// Whether a task definition in a request must be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskDefinitionLookup {
    /// An unknown task definition is accepted, and its settings are invented.
    Any,
    /// An unknown task definition is rejected.
    Registered,
}

/// The answer to a create whose name an ACTIVE service has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TakenName {
    /// InvalidParameterException "Creation of service was not idempotent."
    NotIdempotent,
    /// ClientException.
    ClientException,
    /// The existing Express service, as if it had just been created.
    Existing,
}

/// What happens to an update while a deployment is running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UpdateInDeployment {
    /// The update ends that deployment and starts its own.
    Replace,
    /// The deployment of the update starts when the running one ends.
    Queue,
    /// The update is rejected with a ClientException.
    Refuse,
}

/// Whether reads show a deployment while it is queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum QueuedDeployments {
    /// They show it only when it has started.
    Hidden,
    /// They list it as PENDING.
    Listed,
}

/// What happens to an update that changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum IdenticalUpdate {
    /// The update deploys a new revision.
    Rollout,
    /// Nothing; the answer contains the existing revision.
    NoOp,
}

/// What happens to an update that switches between a task definition that ECS manages and one of the
/// customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModeSwitch {
    /// The switch is made.
    Accept,
    /// The update is rejected with an InvalidParameterException.
    Refuse,
    /// The members of the other mode are ignored.
    Ignore,
}

/// Which changes of the subnets an update may contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubnetChanges {
    /// Changes after which the service is still public or still private.
    SameAccess,
    /// Any change.
    Any,
    /// No change.
    None,
}

/// Where answers show a statusReason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StatusReasons {
    /// On deployments and managed resources.
    Deployments,
    /// On the service, too.
    Everywhere,
    /// Only on managed resources.
    Nowhere,
}

/// How much of the configuration of an Express service DescribeServiceRevisions shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RevisionDetail {
    /// Everything, including health check and scaling.
    Full,
    /// Everything but health check and scaling.
    Partial,
}

/// Whether calls are throttled by the token buckets that AWS publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Throttling {
    /// Calls are never throttled.
    Off,
    /// Calls are throttled by account and Region, on the virtual clock.
    On,
}

/// The clock on which the token buckets refill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BucketRefill {
    /// The virtual clock.
    VirtualTime,
    /// Real time, which passes as `Model::pass_real_time` says; the HTTP server calls it.
    RealTime,
}

/// The token bucket of the Express actions, which AWS does not document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExpressBucket {
    /// The buckets of the service actions, for modifying or reading.
    Shared,
    /// Buckets of their own, with the same sizes.
    Own,
    /// No bucket.
    Unlimited,
}

/// Whether a task definition that ECS registers for a revision counts as a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ManagedRegistration {
    /// The registration is not counted.
    Free,
    /// The registration counts as a RegisterTaskDefinition call.
    Charged,
}

/// The CPU architecture on which tasks actually run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Architecture {
    /// The declared architecture.
    Declared,
    /// X86_64, whatever is declared.
    X86_64,
    /// ARM64, whatever is declared.
    Arm64,
}
