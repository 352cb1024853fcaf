//! What went wrong with a call to AWS, in three classes, and what a person can do about it.

use std::fmt;

use crate::{api::conditions::reasons, core::redaction::redact::RedactedText};

/// Who can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// A person must change the spec; rechecked slowly.
    Invalid,
    /// A permission, a missing cluster, a role not yet usable; may heal by itself, retried slowly.
    Blocked,
    /// A throttle, a server error, a timeout; retried with backoff.
    Retry,
}

/// What a failure means, whatever its code and text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The operator's role lacks a permission.
    AccessDenied,
    /// ECS cannot assume a role of the spec (yet).
    RoleNotUsable,
    /// AWS does not accept the credentials, or there are none.
    CredentialsNotAccepted,
    /// The provider of the credentials gave none this time; nothing was sent.
    CredentialsUnavailable,
    /// The credentials are those of another account than the one that is addressed.
    AnotherAccount,
    /// The cluster does not exist.
    ClusterNotFound,
    /// ECS refused the content of the request.
    InvalidParameter,
    /// Too many tags.
    TooManyTags,
    /// No Express Mode, or not this feature, in this Region.
    Unsupported,
    /// Too many calls.
    Throttled,
    /// Server error, timeout, broken connection, unreadable answer.
    Unavailable,
    /// Create: the name is held by a service that still drains.
    StillDraining,
    /// Create: the name is held by another service.
    NameTaken,
    /// The service does not exist.
    NotFound,
    /// Two reads of ECS contradict each other.
    Inconsistent,
    /// Update, Delete: the service is DRAINING or INACTIVE already.
    NotActive,
    /// Another change of the service is under way.
    Conflict,
    /// Any other refusal.
    Refused,
    /// Not sent: the API server took so long to store the intent that the fence no longer holds.
    IntentExpired,
    /// Not sent: the API server did not store the intent.
    IntentDropped,
}

impl FailureKind {
    /// Whether a create was refused since something holds the name, which an earlier create may have made.
    pub fn holds_the_name(self) -> bool {
        matches!(self, Self::NameTaken | Self::StillDraining)
    }

    /// Whether the call was not sent, since its intent is not stored in Kubernetes.
    pub fn is_not_sent(self) -> bool {
        matches!(self, Self::IntentExpired | Self::IntentDropped)
    }

    /// Who can help.
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

    /// Reason of the condition.
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

    /// What a person can do; nothing where that depends on what AWS says, or where it passes.
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
                "if it lasts, check the role of the operator's ServiceAccount and the way to the provider of its credentials"
            }
            Self::AnotherAccount => {
                "it is asked again whose the credentials are; if that does not settle it, give the operator the former account"
            }
            Self::ClusterNotFound => {
                "create the cluster named in spec.cluster, or another ExpressService with another cluster"
            }
            Self::InvalidParameter => "correct the spec as the message says",
            Self::TooManyTags => {
                "ECS takes 50 tags: remove some from spec.tags or from the service"
            }
            Self::Unsupported => "use a Region that has ECS Express Mode with this feature",
            Self::NotFound | Self::Inconsistent => "it is looked for again",
            Self::Throttled
            | Self::Unavailable
            | Self::Conflict
            | Self::Refused
            | Self::IntentExpired => "",
            Self::IntentDropped => {
                "update it with: ecs-express-operator crd | kubectl apply --server-side --force-conflicts -f -"
            }
            Self::StillDraining | Self::NotActive => {
                "the former service of this name is still going away"
            }
            Self::NameTaken => {
                "create another ExpressService with its own spec.serviceName, or delete the service that holds the name"
            }
        }
    }

    /// Field of the spec that the failure most likely speaks of.
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

/// Whether a call that changes something may have taken effect all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// ECS refused it cleanly.
    None,
    /// Nobody knows: look before trying again.
    Unknown,
}

/// A call to AWS that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Name of the API action.
    pub operation: &'static str,
    /// What it means.
    pub kind: FailureKind,
    /// Whether it may have taken effect.
    pub effect: Effect,
    /// Code as AWS gave it, or the kind of the transport's failure.
    pub code: String,
    /// Text as AWS gave it, without what the object hides, and without request ids, UUIDs and times.
    pub message: RedactedText,
}

/// Names of members in AWS's texts, and the field of the spec behind each; the longer name first where one contains another.
const MEMBERS: [(&str, &str); 19] = [
    ("infrastructureRoleArn", "spec.infrastructureRoleArn"),
    ("infrastructure role", "spec.infrastructureRoleArn"),
    ("executionRoleArn", "spec.executionRoleArn"),
    ("execution role", "spec.executionRoleArn"),
    ("taskRoleArn", "spec.taskRoleArn"),
    ("task role", "spec.taskRoleArn"),
    ("taskDefinition", "spec.taskDefinitionArn"),
    ("task definition", "spec.taskDefinitionArn"),
    ("healthCheckPath", "spec.healthCheckPath"),
    ("containerPort", "spec.primaryContainer.containerPort"),
    ("subnet", "spec.networkConfiguration.subnets"),
    ("ecurity group", "spec.networkConfiguration.securityGroups"),
    ("ecurityGroup", "spec.networkConfiguration.securityGroups"),
    ("TaskCount", "spec.scalingTarget"),
    ("image", "spec.primaryContainer.image"),
    ("secret", "spec.primaryContainer.secrets"),
    ("cpu", "spec.cpu"),
    ("memory", "spec.memory"),
    ("serviceName", "spec.serviceName"),
];

impl Failure {
    /// Field of the spec that the failure speaks of, as far as its text tells.
    pub fn field(&self) -> Option<&'static str> {
        self.kind.field().or_else(|| {
            matches!(
                self.kind,
                FailureKind::InvalidParameter | FailureKind::RoleNotUsable
            )
            .then(|| {
                MEMBERS
                    .iter()
                    .find(|(member, _)| self.message.contains(member))
                    .map(|(_, field)| *field)
            })
            .flatten()
        })
    }
}

impl Failure {
    /// The call, its code, and what AWS said, after the field that it most likely speaks of.
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
