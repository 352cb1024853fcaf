//! Failures from the SDK's errors, without any part of the request.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_ecs::{
    config::http::HttpResponse,
    error::{BuildError, ProvideErrorMetadata, SdkError},
};
use http_body_util::LengthLimitError;

use super::{answer_limit::TOO_LARGE, classify::classify};
use crate::core::{
    observed::failure::{Effect, Failure, FailureKind},
    redaction::redact::{RedactedText, Redactor},
};

/// The failure of a call, in texts that may be shown.
pub(super) fn failure<E>(
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
    redactor: &Redactor,
) -> Failure
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(error) => refusal(
            operation,
            error.err().code(),
            error.err().message().unwrap_or_default(),
            error.raw().status().as_u16(),
            redactor,
        ),
        SdkError::ConstructionFailure(_) => not_sent(operation, error, redactor),
        SdkError::TimeoutError(_) => unclear(operation, "Timeout", "no answer in time".into()),
        SdkError::DispatchFailure(_) => match credentials_error(error) {
            Some(_) => not_sent(operation, error, redactor),
            None => {
                let message = redactor.show(&causes(error));
                unclear(operation, "DispatchFailure", message)
            }
        },
        SdkError::ResponseError(_) if limit_error(error).is_some() => {
            unclear(operation, "ResponseError", TOO_LARGE.into())
        }
        // The cause may quote the answer, which contains the environment.
        SdkError::ResponseError(_) => unclear(
            operation,
            "ResponseError",
            "the answer cannot be read".into(),
        ),
        _ => unclear(operation, "UnknownFailure", redactor.show(&causes(error))),
    }
}

/// An error that AWS, or a proxy in front of it, answered with.
fn refusal(
    operation: &'static str,
    code: Option<&str>,
    message: &str,
    status: u16,
    redactor: &Redactor,
) -> Failure {
    let (kind, effect) = classify(operation, code, message, Some(status));
    Failure {
        operation,
        kind,
        effect,
        code: code.map_or_else(
            || format!("HTTP {status}"),
            |code| shown_code(code, redactor),
        ),
        message: redactor.show(message),
    }
}

/// A code is a single word, which is never redacted; anything else does not come from AWS and is redacted like a text.
fn shown_code(code: &str, redactor: &Redactor) -> String {
    const MAX_LENGTH: usize = 100;
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if code.len() <= MAX_LENGTH && code.chars().all(is_word) {
        code.to_owned()
    } else {
        redactor.show(code).into()
    }
}

/// A call that was not sent: there are no credentials, or the request could not be built.
fn not_sent(
    operation: &'static str,
    error: &(dyn Error + 'static),
    redactor: &Redactor,
) -> Failure {
    let (kind, code, cause) = match credentials_error(error) {
        Some(cause) if lasts(cause) => (
            FailureKind::CredentialsNotAccepted,
            "CredentialsNotLoaded",
            cause as &(dyn Error + 'static),
        ),
        Some(cause) => (
            FailureKind::CredentialsUnavailable,
            "CredentialsProviderFailed",
            cause as _,
        ),
        None => (FailureKind::Refused, "ConstructionFailure", error),
    };
    Failure {
        operation,
        kind,
        effect: Effect::None,
        code: code.to_owned(),
        message: redactor.show(&causes(cause)),
    }
}

/// Whether a person has to provide credentials, or configure them differently. Any other failure of a provider is
/// transient, such as an endpoint that is unreachable or too slow.
fn lasts(error: &CredentialsError) -> bool {
    matches!(
        error,
        CredentialsError::CredentialsNotLoaded(_) | CredentialsError::InvalidConfiguration(_)
    )
}

/// A call of which nobody knows whether it took effect.
pub(super) fn unclear(operation: &'static str, code: &str, message: RedactedText) -> Failure {
    Failure {
        operation,
        kind: FailureKind::Unavailable,
        effect: Effect::Unknown,
        code: code.to_owned(),
        message,
    }
}

/// An answer of AWS that lacks a required member.
pub(super) fn incomplete(operation: &'static str, what: &'static str) -> Failure {
    unclear(operation, "IncompleteAnswer", what.into())
}

/// An entry of `failures[]` in an answer.
pub(super) fn listed(
    operation: &'static str,
    kind: FailureKind,
    failure: &aws_sdk_ecs::types::Failure,
    redactor: &Redactor,
) -> Failure {
    Failure {
        operation,
        kind,
        effect: Effect::None,
        code: shown_code(failure.reason().unwrap_or("UNKNOWN"), redactor),
        message: redactor.show(failure.detail().unwrap_or_default()),
    }
}

/// A request that lacks a required member. The SDK's text names the member, but no value.
pub(super) fn unbuildable(operation: &'static str, error: &BuildError) -> Failure {
    Failure {
        operation,
        kind: FailureKind::InvalidParameter,
        effect: Effect::None,
        code: "ConstructionFailure".to_owned(),
        message: Redactor::nothing_hidden().show(&causes(error)),
    }
}

/// The error of the credentials in a chain of causes.
fn credentials_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a CredentialsError> {
    chain(error).find_map(|cause| cause.downcast_ref())
}

/// The error of an answer that is too large, in a chain of causes.
fn limit_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a LengthLimitError> {
    chain(error).find_map(|cause| cause.downcast_ref())
}

/// The texts of an error and its causes, outermost first.
pub(super) fn causes(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<String> = chain(error).map(ToString::to_string).collect();
    texts.dedup();
    texts.join(": ")
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}
