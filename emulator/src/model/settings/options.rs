//! The answers to choose from where AWS is not known, or is known to have more than one.

use serde::{Deserialize, Serialize};

/// How an answer writes the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClusterForm {
    /// The short name.
    Name,
    /// The full ARN, also where a name was sent.
    Arn,
}

/// How an answer writes an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndpointForm {
    /// With its scheme.
    Url,
    /// Without a scheme.
    Host,
    /// Without a scheme until the deployment of the revision is done, with it afterwards.
    HostThenUrl,
}

/// What a member means that is absent inside a block that an Update sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OmittedMembers {
    /// It keeps its value.
    Merge,
    /// It falls back to its default.
    Replace,
}

/// What a member at the top means that is absent from an Update. A container and an execution role,
/// which have no default, are kept anyhow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OmittedBlocks {
    /// It keeps its value.
    Keep,
    /// It falls back to its default.
    Reset,
}

/// What an empty list in an Update means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmptyLists {
    /// It clears the old list.
    Clear,
    /// It is taken for absent and the old list stays.
    Keep,
}

/// What an empty string means where a role, a path, a size or a credential is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmptyStrings {
    /// It is refused.
    Refuse,
    /// It clears what was set.
    Clear,
}

/// Where the defaults come from, since the sources of AWS disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Defaults {
    /// 1024 CPU units, 2048 MiB, `/`, 1 to 20 tasks; this is what was observed too.
    DeveloperGuide,
    /// 256 CPU units, 512 MiB, `/ping`, 1 to 20 tasks.
    ApiReference,
    /// 256 CPU units, 512 MiB, `/ping`, 1 task.
    CloudFormation,
}

/// The order of `activeConfigurations` while there are two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConfigurationOrder {
    /// Another order at each look.
    Alternating,
    /// The newest revision first.
    NewestFirst,
    /// The oldest revision first.
    OldestFirst,
}

/// How an answer writes `activeConfigurations` and `ingressPaths` that have no element yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmptyForm {
    /// As `[]`.
    EmptyList,
    /// Not at all.
    Omitted,
}

/// How DescribeExpressGatewayService says that there is no such service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotFoundForm {
    /// ResourceNotFoundException.
    ResourceNotFound,
    /// InvalidParameterException "Resource not found".
    InvalidParameter,
}

/// Whether a task definition that a request names must have been registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskDefinitionLookup {
    /// One that is not known is accepted all the same; what it holds is made up.
    Any,
    /// It must be known.
    Registered,
}

/// What a Create on the name of an ACTIVE service is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TakenName {
    /// InvalidParameterException "Creation of service was not idempotent."
    NotIdempotent,
    /// ClientException.
    ClientException,
    /// Where it is an Express service: that service, as if it had just been made.
    Existing,
}

/// What becomes of an Update while a deployment runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UpdateInDeployment {
    /// It ends that deployment and begins its own.
    Replace,
    /// Its deployment begins when that one has ended.
    Queue,
    /// It is refused with a ClientException.
    Refuse,
}

/// What an Update does that changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum IdenticalUpdate {
    /// It rolls out a revision all the same.
    Rollout,
    /// Nothing; it answers with the revision that is there.
    NoOp,
}

/// What becomes of an Update that would change between a task definition of ECS and one of the
/// customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModeSwitch {
    /// It is carried out.
    Accept,
    /// It is refused with an InvalidParameterException.
    Refuse,
    /// What belongs to the other mode is left aside; the rest is carried out.
    Ignore,
}

/// Which other subnets an Update may bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubnetChanges {
    /// Those that leave the service as public or as private as it is.
    SameAccess,
    /// Any.
    Any,
    /// None.
    None,
}

/// Where a statusReason is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StatusReasons {
    /// On deployments and managed resources.
    Deployments,
    /// On the service too.
    Everywhere,
    /// Only on managed resources.
    Nowhere,
}

/// How much DescribeServiceRevisions tells of what an Express service is configured to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RevisionDetail {
    /// Health check and scaling too.
    Full,
    /// Neither health check nor scaling.
    Partial,
}

/// Whether calls are counted against the token buckets that AWS publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Throttling {
    /// No.
    Off,
    /// Yes, by account and Region, on the virtual clock.
    On,
}

/// Which bucket the Express actions take from; AWS does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExpressBucket {
    /// Those of the service actions: modify or read.
    Shared,
    /// Buckets of their own, of the same sizes.
    Own,
    /// None.
    Unlimited,
}

/// Whether the task definition that ECS registers for a revision is counted too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ManagedRegistration {
    /// No.
    Free,
    /// Yes, as a RegisterTaskDefinition.
    Charged,
}

/// How a role that cannot be assumed yet shows itself to a Create or an Update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnusableRole {
    /// AccessDeniedException at once.
    AccessDenied,
    /// ClientException at once, about invalid credentials.
    ClientException,
    /// Not at once: what ECS manages stays PROVISIONING with an AccessDenied as reason.
    Accepted,
}

/// What becomes of a service whose infrastructure role was denied, once the role works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeniedProvisioning {
    /// Nothing; it has to be deleted and made again.
    Stays,
    /// Provisioning goes on.
    Resumes,
}

/// Whether ECS sends `iam:PassedToService` when it checks who may pass a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConditionKeys {
    /// It does.
    Sent,
    /// It does not.
    Absent,
}

/// What the policy of whoever calls says about passing roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallerPolicy {
    /// It allows it.
    Unconditional,
    /// It allows it where `iam:PassedToService` fits or is absent.
    IfExists,
    /// It allows it only where `iam:PassedToService` is there.
    Required,
}

/// Which CPU architecture the tasks really run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Architecture {
    /// The declared one.
    Declared,
    /// X86_64, whatever was declared.
    X86_64,
    /// ARM64, whatever was declared.
    Arm64,
}
