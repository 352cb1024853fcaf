//! The SDK's types in the core's words, and the other way round. No IO.
//!
//! The SDK's types are non-exhaustive, so they cannot be destructured; the core's types are built and taken apart
//! without rest, so that a new field of theirs must be dealt with here.

pub(super) mod answers;
pub(super) mod deployments;
pub(super) mod managed;
pub(super) mod requests;

use aws_sdk_ecs::primitives::DateTime;
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::core::redaction::redact::Redactor;

/// A time as ECS gave it.
fn timestamp(time: Option<&DateTime>) -> Option<Timestamp> {
    let time = time?;
    let nanoseconds = i32::try_from(time.subsec_nanos()).ok()?;
    Timestamp::new(time.secs(), nanoseconds).ok()
}

/// A time that goes into a status, which holds whole seconds: with its fraction it would differ at each look from what
/// is stored.
fn whole_seconds(time: Option<&DateTime>) -> Option<Timestamp> {
    Timestamp::from_second(time?.secs()).ok()
}

/// As [`whole_seconds`], in the status's type.
fn status_time(time: Option<&DateTime>) -> Option<Time> {
    whole_seconds(time).map(Time)
}

/// A text, if there is one.
fn filled(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A free text, if there is one.
fn free_text(text: Option<&str>, redactor: &Redactor) -> Option<String> {
    filled(text).map(|text| redactor.show(&text).into())
}
