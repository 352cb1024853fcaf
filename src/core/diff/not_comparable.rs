//! Fields that cannot be compared yet, because ECS does not show them or does not report which security groups it created.

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
    /// The field of the spec.
    pub field: Field,
    /// Why the field cannot be compared.
    pub cause: Cause,
}

/// Why a field cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Every complete revision has the field, but the answer lacks it.
    NotShown,
    /// It is not known which of the security groups ECS created.
    ManagedGroupsUnknown,
}

impl NotComparable {
    /// Reports the missing value as a failure of the call that should have returned it.
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
                "ECS does not report yet which security groups it created".into(),
            ),
        }
    }
}
