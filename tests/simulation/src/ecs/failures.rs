//! Failures from the errors of AWS, classified by the operator.

use ecs_express_operator::{
    core::{
        observed::failure::{Effect, Failure, FailureKind},
        redaction::redact::Redactor,
    },
    ecs::classify::classify,
};

use crate::request::AwsError;

/// The failure of a call.
pub fn failure(operation: &'static str, error: &AwsError, redactor: &Redactor) -> Failure {
    match error {
        AwsError::Refused {
            code,
            message,
            status,
        } => {
            let (kind, effect) = classify(operation, code.as_deref(), message, Some(*status));
            Failure {
                operation,
                kind,
                effect,
                code: code.clone().unwrap_or_else(|| format!("HTTP {status}")),
                message: redactor.show(message),
            }
        }
        AwsError::NoAnswer(code) => unclear(operation, code, "no answer"),
        AwsError::NoCredentials => Failure {
            operation,
            kind: FailureKind::CredentialsUnavailable,
            effect: Effect::None,
            code: "CredentialsProviderFailed".to_owned(),
            message: "the provider gives no credentials".into(),
        },
    }
}

/// A call of which nobody knows whether it took effect.
pub fn unclear(operation: &'static str, code: &str, message: &'static str) -> Failure {
    Failure {
        operation,
        kind: FailureKind::Unavailable,
        effect: Effect::Unknown,
        code: code.to_owned(),
        message: message.into(),
    }
}

/// An answer that lacks a required member.
pub fn incomplete(operation: &'static str, what: &'static str) -> Failure {
    unclear(operation, "IncompleteAnswer", what)
}
