//! Failures of calls to AWS: their kind, the class that decides how they are retried, and the next step for a person.

use std::fmt;

use crate::{
    api::conditions::reasons,
    core::{observed::mentions::mentions, redaction::redact::RedactedText},
};

/// Class of a failure, which decides how it is retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Only a change of the spec helps. Rechecked at long intervals.
    Invalid,
    /// Something outside the spec is missing, such as a permission, the cluster or a usable role. It may become available
    /// without a change of the object, so the call is retried at long intervals.
    Blocked,
    /// A transient failure such as throttling, a server error or a timeout. Retried with backoff.
    Retry,
}

/// Meaning of a failure, independent of the code and the text that AWS returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The operator's role lacks a permission.
    AccessDenied,
    /// ECS cannot assume a role of the spec. A new role takes some minutes to become usable.
    RoleNotUsable,
    /// AWS does not accept the operator's credentials, or none are configured.
    CredentialsNotAccepted,
    /// The credentials provider returned no credentials this time. Nothing was sent.
    CredentialsUnavailable,
    /// The operator's credentials belong to another account than the one in the service's ARN.
    AnotherAccount,
    /// The ECS cluster does not exist.
    ClusterNotFound,
    /// ECS rejected a value in the request.
    InvalidParameter,
    /// The service would have more tags than ECS accepts.
    TooManyTags,
    /// The Region does not support ECS Express Mode or the requested feature.
    Unsupported,
    /// AWS throttled the call.
    Throttled,
    /// Server error, timeout, broken connection, or an answer that cannot be read.
    Unavailable,
    /// Create: a service that is still draining has the name.
    StillDraining,
    /// Create: another service has the name.
    NameTaken,
    /// The service does not exist.
    NotFound,
    /// Two reads of ECS contradict each other, for example because one shows a service that the other does not find.
    Inconsistent,
    /// Update or delete: the service is already `DRAINING` or `INACTIVE`.
    NotActive,
    /// Another change of the service is in progress.
    Conflict,
    /// Any other rejection by AWS.
    Refused,
    /// The call was not sent: storing its intent in the API server took so long that the fence had expired.
    IntentExpired,
    /// The call was not sent: the API server dropped its intent, because the CustomResourceDefinition is older than the
    /// operator.
    IntentDropped,
}

impl FailureKind {
    /// Whether a create was rejected because a service has the name. That service may result from an earlier create whose
    /// answer was lost.
    pub fn holds_the_name(self) -> bool {
        matches!(self, Self::NameTaken | Self::StillDraining)
    }

    /// Whether the call was not sent because its intent is not stored in Kubernetes.
    pub fn is_not_sent(self) -> bool {
        matches!(self, Self::IntentExpired | Self::IntentDropped)
    }

    /// Class of the failure, which decides how it is retried.
    pub fn class(self) -> Class {
        match self {
            Self::InvalidParameter | Self::TooManyTags | Self::Unsupported => Class::Invalid,
            Self::AccessDenied
            | Self::RoleNotUsable
            | Self::CredentialsNotAccepted
            | Self::ClusterNotFound
            | Self::NameTaken
            | Self::Refused
            | Self::IntentDropped => Class::Blocked,
            Self::Throttled
            | Self::Unavailable
            | Self::CredentialsUnavailable
            | Self::AnotherAccount
            | Self::Conflict
            | Self::StillDraining
            | Self::NotFound
            | Self::Inconsistent
            | Self::NotActive
            | Self::IntentExpired => Class::Retry,
        }
    }

    /// Reason of the conditions that report the failure.
    pub fn reason(self) -> &'static str {
        match self {
            Self::AccessDenied => reasons::ACCESS_DENIED,
            Self::RoleNotUsable => reasons::ROLE_NOT_USABLE,
            Self::CredentialsNotAccepted => reasons::CREDENTIALS,
            Self::ClusterNotFound => reasons::CLUSTER_NOT_FOUND,
            Self::InvalidParameter | Self::TooManyTags => reasons::INVALID_PARAMETER,
            Self::Unsupported => reasons::UNSUPPORTED,
            Self::Throttled => reasons::THROTTLED,
            Self::Unavailable | Self::CredentialsUnavailable => reasons::UNAVAILABLE,
            Self::AnotherAccount => reasons::IDENTITY_CHANGED,
            Self::StillDraining | Self::NotActive => reasons::DRAINING,
            Self::NameTaken => reasons::NOT_OWNED,
            Self::NotFound | Self::Inconsistent | Self::Conflict | Self::IntentExpired => {
                reasons::WAITING
            }
            Self::IntentDropped => reasons::STATUS_REJECTED,
            Self::Refused => reasons::REFUSED,
        }
    }

    /// What a person can do about the failure. Empty if that depends on the text of AWS, or if the failure is transient.
    pub fn next_step(self) -> &'static str {
        match self {
            Self::AccessDenied => "grant the operator's role this permission",
            Self::RoleNotUsable => {
                "check that the roles of the spec exist and trust ecs.amazonaws.com (infrastructure) and ecs-tasks.amazonaws.com (execution, task); a new role takes some minutes"
            }
            Self::CredentialsNotAccepted => {
                "check the operator's AWS credentials, and that the Region is enabled in the account"
            }
            Self::CredentialsUnavailable => {
                "if it persists, check the role of the operator's ServiceAccount and the network path to its credentials provider"
            }
            Self::AnotherAccount => {
                "the operator checks again which account its credentials belong to; if this persists, give it credentials of the previous account"
            }
            Self::ClusterNotFound => {
                "create the cluster named in spec.cluster, or create another ExpressService that names another cluster"
            }
            Self::InvalidParameter => "correct the spec as the message says",
            Self::TooManyTags => {
                "ECS accepts at most 50 tags; remove some from spec.tags or from the service"
            }
            Self::Unsupported => "use a Region that supports ECS Express Mode and this feature",
            Self::NotFound | Self::Inconsistent => {
                "the operator checks again whether the service exists"
            }
            Self::Throttled
            | Self::Unavailable
            | Self::Conflict
            | Self::Refused
            | Self::IntentExpired => "",
            Self::IntentDropped => {
                "update it with: ecs-express-operator crd | kubectl apply --server-side --force-conflicts -f -"
            }
            Self::StillDraining | Self::NotActive => {
                "the previous service with this name is still being removed"
            }
            Self::NameTaken => {
                "create another ExpressService with a different spec.serviceName, or delete the service that has this name"
            }
        }
    }

    /// Field of the spec to which the failure most likely refers, whatever its text.
    fn field(self) -> Option<&'static str> {
        match self {
            Self::ClusterNotFound => Some("spec.cluster"),
            Self::TooManyTags => Some("spec.tags"),
            Self::NameTaken | Self::StillDraining => Some("spec.serviceName"),
            Self::Unsupported => Some("spec.region"),
            Self::AccessDenied
            | Self::RoleNotUsable
            | Self::CredentialsNotAccepted
            | Self::CredentialsUnavailable
            | Self::AnotherAccount
            | Self::InvalidParameter
            | Self::Throttled
            | Self::Unavailable
            | Self::NotFound
            | Self::Inconsistent
            | Self::NotActive
            | Self::Conflict
            | Self::Refused
            | Self::IntentExpired
            | Self::IntentDropped => None,
        }
    }
}

/// Whether a failed call that changes something may have taken effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The call had no effect: ECS rejected it, or it was not sent.
    None,
    /// The effect is unknown. The service must be observed before the call is repeated.
    Unknown,
}

/// A call to AWS that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Name of the API action, such as `UpdateExpressGatewayService`.
    pub operation: &'static str,
    /// Meaning of the failure.
    pub kind: FailureKind,
    /// Whether the call may have taken effect.
    pub effect: Effect,
    /// Error code of AWS, or the kind of a failure of the transport.
    pub code: String,
    /// Text of AWS, redacted, and without request ids, UUIDs and times.
    pub message: RedactedText,
}

/// Names by which texts of AWS refer to members of a request, each with the field of the spec that it stands for. Where a text
/// mentions several, the first one here counts.
const MEMBERS: [(&str, &str); 23] = [
    ("infrastructureRoleArn", "spec.infrastructureRoleArn"),
    ("infrastructure role", "spec.infrastructureRoleArn"),
    ("executionRoleArn", "spec.executionRoleArn"),
    ("execution role", "spec.executionRoleArn"),
    ("taskRoleArn", "spec.taskRoleArn"),
    ("task role", "spec.taskRoleArn"),
    ("taskDefinitionArn", "spec.taskDefinitionArn"),
    ("taskDefinition", "spec.taskDefinitionArn"),
    ("task definition", "spec.taskDefinitionArn"),
    ("healthCheckPath", "spec.healthCheckPath"),
    ("containerPort", "spec.primaryContainer.containerPort"),
    ("subnet", "spec.networkConfiguration.subnets"),
    ("security group", "spec.networkConfiguration.securityGroups"),
    ("securityGroup", "spec.networkConfiguration.securityGroups"),
    ("minTaskCount", "spec.scalingTarget"),
    ("maxTaskCount", "spec.scalingTarget"),
    ("taskCount", "spec.scalingTarget"),
    ("image", "spec.primaryContainer.image"),
    ("secret", "spec.primaryContainer.secrets"),
    ("cpuArchitecture", "spec.cpuArchitecture"),
    ("cpu", "spec.cpu"),
    ("memory", "spec.memory"),
    ("serviceName", "spec.serviceName"),
];

impl Failure {
    /// Field of the spec to which the failure refers, as far as its kind and text tell.
    pub fn field(&self) -> Option<&'static str> {
        self.kind.field().or_else(|| {
            matches!(
                self.kind,
                FailureKind::InvalidParameter | FailureKind::RoleNotUsable
            )
            .then(|| {
                MEMBERS
                    .iter()
                    .find(|(member, _)| mentions(&self.message, member))
                    .map(|(_, field)| *field)
            })
            .flatten()
        })
    }

    /// Describes the failure: the field of the spec if known, the call, the error code and the text of AWS. Leaves out the
    /// next step.
    pub fn what_failed(&self) -> String {
        let field = self.field().map(|field| format!("{field}: "));
        let mut text = field.unwrap_or_default();
        text.push_str(self.operation);
        if self.kind.is_not_sent() {
            text.push_str(" was not sent to ECS");
        } else {
            text.push_str(&format!(" failed with {}", self.code));
        }
        if !self.message.is_empty() {
            text.push_str(": ");
            text.push_str(self.message.trim_end_matches('.'));
        }
        text
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what_failed())?;
        match self.kind.next_step() {
            "" => Ok(()),
            step => write!(f, "; {step}"),
        }
    }
}
