//! Messages about values that are in force in ECS although the spec does not have them.

use crate::core::{
    decide::input::Input,
    desired::{configuration::Configuration, field::Field},
    diff::compare::LeftInForce,
    observed::failure::{Failure, FailureKind},
};

/// What `Synced` says: every field, and what to do.
pub(crate) fn message(left: &[LeftInForce]) -> String {
    let fields: Vec<String> = left
        .iter()
        .map(|left| format!("{} ({})", left.field.path(), left.actual))
        .collect();
    format!(
        "ECS cannot clear what is no longer in the spec, and it stays in force: {}; set it to what it shall be, or delete this object and create it again (the URL changes)",
        fields.join(", ")
    )
}

/// What `Ready` adds to "the service runs this configuration"; empty where nothing is left in force.
pub(crate) fn addition(left: &[LeftInForce]) -> String {
    if left.is_empty() {
        return String::new();
    }
    let paths: Vec<&str> = left.iter().map(|left| left.field.path()).collect();
    format!(
        "; left in force though no longer in the spec: {}",
        paths.join(", ")
    )
}

/// What a refused update carried from ECS, where the refusal may speak of it: its text names the value or the member, or it
/// is the target value of another metric. Without this a person looks in the spec for a value that is not there.
pub(crate) fn carried(request: &Configuration, input: &Input<'_>, failure: &Failure) -> String {
    if failure.kind != FailureKind::InvalidParameter {
        return String::new();
    }
    let set = input.desired.configuration.values();
    let carried: Vec<String> = request
        .values()
        .into_iter()
        .filter(|(field, _)| !set.contains_key(field))
        .map(|(field, value)| (field, value.shown_beside(None)))
        .filter(|(field, value)| speaks_of(&failure.message, *field, value, request))
        .map(|(field, value)| format!("{} {value}", field.path()))
        .collect();
    if carried.is_empty() {
        return String::new();
    }
    format!(
        "; not in the spec, but left in force in ECS and sent with it: {}; set it in the spec to send another value",
        carried.join(", ")
    )
}

fn speaks_of(text: &str, field: Field, value: &str, request: &Configuration) -> bool {
    let member = field.path().rsplit('.').next().unwrap_or_default();
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    // Each metric has a range of its own.
    let other_range = field == Field::AutoScalingTargetValue && request.scaling.metric.is_some();
    text.contains(member)
        || words.any(|word| word == value)
        || other_range && text.contains("caling")
}
