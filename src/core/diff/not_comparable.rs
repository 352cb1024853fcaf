//! Fields that cannot be compared yet: ECS does not show them, or its own security groups are unknown.

use crate::core::{
    desired::field::Field,
    observed::{
        failure::{Effect, Failure, FailureKind},
        service::{Read, Service},
    },
    redaction::redact::Redactor,
};

/// A field that cannot be compared yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotComparable {
    /// The field.
    pub field: Field,
    /// Why.
    pub cause: Cause,
}

/// Why a field cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// ECS always fills it, and the answer does not have it.
    NotShown,
    /// Which of the security groups are ECS's own is not known.
    ManagedGroupsUnknown,
}

impl NotComparable {
    /// What is missing in an answer, as a failure of the call that should have brought it.
    pub(crate) fn failure(&self, service: &Service) -> Failure {
        let incomplete = |operation, message| Failure {
            operation,
            kind: FailureKind::Unavailable,
            effect: Effect::None,
            code: "IncompleteAnswer".to_owned(),
            message,
        };
        match (self.cause, &service.managed_resources) {
            (Cause::NotShown, _) => incomplete(
                "DescribeExpressGatewayService",
                Redactor::nothing_hidden().show(&format!(
                    "the newest revision does not show {} yet",
                    self.field.path()
                )),
            ),
            (Cause::ManagedGroupsUnknown, Read::Failed(failure)) => failure.clone(),
            (Cause::ManagedGroupsUnknown, Read::Got(_) | Read::Skipped) => incomplete(
                "DescribeServiceRevisions",
                "ECS does not name yet which security groups are its own".into(),
            ),
        }
    }
}
