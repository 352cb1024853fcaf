//! Conversions between the SDK's types and those of the core, without IO.
//!
//! The SDK's types are non-exhaustive and cannot be destructured. The core's types are built and destructured without
//! `..`, so that a new field fails to compile here until it is handled.

pub(super) mod answers;
pub(super) mod deployments;
pub(super) mod managed;
pub(super) mod requests;

use aws_sdk_ecs::primitives::DateTime;
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::core::{desired::identity::ServiceArn, redaction::redact::Redactor};

/// Whether a member of an answer may be about this service: it has its ARN, also in the form without the cluster that
/// ordinary services of before 2018 have, or it names none.
fn is_about(answered: Option<&str>, arn: &ServiceArn) -> bool {
    answered.is_none_or(|answered| {
        let ServiceArn {
            partition,
            region,
            account,
            cluster: _,
            name,
        } = arn;
        answered == arn.to_string()
            || answered == format!("arn:{partition}:ecs:{region}:{account}:service/{name}")
    })
}

/// A time of ECS, with its fraction of a second. A negative one is none: the years before 0 have no form that Kubernetes
/// stores.
fn timestamp(time: Option<&DateTime>) -> Option<Timestamp> {
    let time = time.filter(|time| time.secs() >= 0)?;
    let nanoseconds = i32::try_from(time.subsec_nanos()).ok()?;
    Timestamp::new(time.secs(), nanoseconds).ok()
}

/// A time for the status, which stores whole seconds. With its fraction it would differ from the stored one at each
/// reconcile.
fn whole_seconds(time: Option<&DateTime>) -> Option<Timestamp> {
    Timestamp::from_second(timestamp(time)?.as_second()).ok()
}

/// As [`whole_seconds`], in the type of the status.
fn status_time(time: Option<&DateTime>) -> Option<Time> {
    whole_seconds(time).map(Time)
}

/// Longest text of a member, in characters: twice the longest text that a spec may set, so that what is cut differs from the
/// spec anyway.
const LONGEST_TEXT: usize = 4096;
/// Longest word of ECS, such as a status, in characters.
const LONGEST_WORD: usize = 100;

/// A text, unless it is empty, cut to a length that the status can hold.
fn filled(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty())
        .map(|text| cut(text, LONGEST_TEXT))
}

/// A word of ECS, such as a status, unless it is empty, cut to a length that can be shown.
fn word(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty())
        .map(|text| cut(text, LONGEST_WORD))
}

/// A text that says so if it was cut.
fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}… (cut)", &text[..end]),
        None => text.to_owned(),
    }
}

/// A free text without secret values, unless it is empty.
fn free_text(text: Option<&str>, redactor: &Redactor) -> Option<String> {
    filled(text).map(|text| redactor.show(&text).into())
}
