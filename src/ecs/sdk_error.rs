//! What the SDK's errors say, without a word of the request.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_ecs::{
    config::http::HttpResponse,
    error::{BuildError, ProvideErrorMetadata, SdkError},
};

use super::classify::classify;
use crate::core::{
    failure::{Effect, Failure, FailureKind},
    redact::stable_text,
};

/// A call that failed.
pub(super) fn failure<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Failure
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(refused) => refusal(
            operation,
            refused.err().code(),
            refused.err().message().unwrap_or_default(),
            refused.raw().status().as_u16(),
        ),
        SdkError::ConstructionFailure(_) => not_sent(operation, error),
        SdkError::TimeoutError(_) => unclear(operation, "Timeout", "no answer in time"),
        SdkError::DispatchFailure(_) => match credentials_error(error) {
            Some(_) => not_sent(operation, error),
            None => unclear(operation, "DispatchFailure", &causes(error)),
        },
        // The text of the cause could quote the answer, which repeats the environment.
        SdkError::ResponseError(_) => {
            unclear(operation, "ResponseError", "the answer cannot be read")
        }
        _ => unclear(operation, "UnknownFailure", &causes(error)),
    }
}

/// AWS, or something before it, answered with an error.
fn refusal(operation: &'static str, code: Option<&str>, message: &str, status: u16) -> Failure {
    let (kind, effect) = classify(operation, code, message, Some(status));
    Failure {
        operation,
        kind,
        effect,
        code: code.map_or_else(|| format!("HTTP {status}"), str::to_owned),
        message: stable_text(message),
    }
}

/// Nothing was sent: there are no credentials, or the request could not be built.
fn not_sent(operation: &'static str, error: &(dyn Error + 'static)) -> Failure {
    let (kind, code, cause) = match credentials_error(error) {
        Some(cause) => (
            FailureKind::CredentialsNotAccepted,
            "CredentialsNotLoaded",
            cause,
        ),
        None => (FailureKind::Refused, "ConstructionFailure", error),
    };
    Failure {
        operation,
        kind,
        effect: Effect::None,
        code: code.to_owned(),
        message: stable_text(&causes(cause)),
    }
}

/// Nobody knows whether the call took effect.
pub(super) fn unclear(operation: &'static str, code: &str, message: &str) -> Failure {
    Failure {
        operation,
        kind: FailureKind::Unavailable,
        effect: Effect::Unknown,
        code: code.to_owned(),
        message: stable_text(message),
    }
}

/// AWS answered without what the answer must hold.
pub(super) fn incomplete(operation: &'static str, what: &str) -> Failure {
    unclear(operation, "IncompleteAnswer", what)
}

/// An entry of `failures[]` in an answer.
pub(super) fn listed(
    operation: &'static str,
    kind: FailureKind,
    failure: &aws_sdk_ecs::types::Failure,
) -> Failure {
    Failure {
        operation,
        kind,
        effect: Effect::None,
        code: failure.reason().unwrap_or("UNKNOWN").to_owned(),
        message: stable_text(failure.detail().unwrap_or_default()),
    }
}

/// A required member was left out; the SDK's text names it and no value.
pub(super) fn unbuildable(operation: &'static str, error: &BuildError) -> Failure {
    Failure {
        operation,
        kind: FailureKind::InvalidParameter,
        effect: Effect::None,
        code: "ConstructionFailure".to_owned(),
        message: stable_text(&causes(error)),
    }
}

/// The credentials' error in a chain of causes.
fn credentials_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    chain(error).find(|cause| cause.is::<CredentialsError>())
}

/// The texts of a chain of causes, from the outside in.
pub(super) fn causes(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<String> = chain(error).map(ToString::to_string).collect();
    texts.dedup();
    texts.join(": ")
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}
