//! The behaviors to choose from where a role cannot be assumed or passed.

use serde::{Deserialize, Serialize};

/// How ECS reports a role that it cannot assume in a create or an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnusableRole {
    /// The call fails with an AccessDeniedException.
    AccessDenied,
    /// The call fails with a ClientException about invalid credentials.
    ClientException,
    /// The call succeeds, and the managed resources stay PROVISIONING with an AccessDenied as reason.
    Accepted,
}

/// What happens to a service whose infrastructure role was denied, once the role works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeniedProvisioning {
    /// Nothing; the service must be deleted and created again.
    Stays,
    /// Provisioning resumes.
    Resumes,
}

/// Whether ECS sends the condition key `iam:PassedToService` when it checks who may pass a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConditionKeys {
    /// ECS sends it.
    Sent,
    /// ECS does not send it.
    Absent,
}

/// What the policy of the caller says about passing roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallerPolicy {
    /// The policy allows it.
    Unconditional,
    /// The policy allows it if `iam:PassedToService` matches or is absent.
    IfExists,
    /// The policy allows it only if `iam:PassedToService` is present.
    Required,
}

/// What happens to the running deployment and to the deletion of a service while its infrastructure
/// role, which has worked before, cannot be assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BrokenInfrastructureRole {
    /// They proceed.
    Ignored,
    /// They wait until the role works again: IN_PROGRESS or DRAINING.
    Waits,
    /// They stay IN_PROGRESS or DRAINING, even if the role works again.
    Stays,
}

/// What happens to the tasks of a deployment while the execution role cannot be assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BrokenExecutionRole {
    /// They start.
    Ignored,
    /// They start once the role works again.
    Waits,
    /// They never start, even if the role works again.
    Stays,
    /// They fail, the circuit breaker opens, and the deployment is rolled back.
    RollsBack,
}
