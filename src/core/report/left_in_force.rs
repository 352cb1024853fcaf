//! Messages about values that stay in force in ECS although the spec no longer sets them.

use crate::core::{
    decide::input::Input,
    desired::{configuration::Configuration, field::Field},
    diff::compare::LeftInForce,
    observed::{
        failure::{Failure, FailureKind},
        mentions::mentions,
        service::Observed,
    },
};

/// The message of `Synced`: each field with its value, and what to do.
pub(crate) fn left_in_force_message(left: &[LeftInForce]) -> String {
    let fields: Vec<String> = left
        .iter()
        .map(|left| format!("{} ({})", left.field.path(), left.actual))
        .collect();
    format!(
        "ECS cannot clear fields that are no longer in the spec, and their values stay in force: {}; set each field explicitly, or delete and recreate the ExpressService (the URL changes)",
        fields.join(", ")
    )
}

/// What the message of `Ready` adds after "the service runs this configuration"; empty where nothing is left in force.
pub(crate) fn ready_suffix(left: &[LeftInForce]) -> String {
    if left.is_empty() {
        return String::new();
    }
    let paths: Vec<&str> = left.iter().map(|left| left.field.path()).collect();
    format!(
        "; still in force although no longer in the spec: {}",
        paths.join(", ")
    )
}

/// What the message of a rejected update adds about the size of a task of which the spec sets only one part: ECS judges
/// both together, and the other part stays in force. Empty where the rejection cannot be about it.
pub(crate) fn rejected_size(
    request: &Configuration,
    input: &Input<'_>,
    failure: &Failure,
) -> String {
    let Observed::Present(service) = input.observed else {
        return String::new();
    };
    let Some(newest) = service.newest() else {
        return String::new();
    };
    let (sent, in_force) = (request.values(), newest.configuration.values());
    let parts = [(Field::Cpu, Field::Memory), (Field::Memory, Field::Cpu)];
    let unsent = parts.into_iter().find_map(|(set, unset)| {
        let alone = sent.contains_key(&set) && !sent.contains_key(&unset);
        let value = in_force.get(&unset)?.display_against(None);
        let about = is_about(&failure.message, unset, &value, request);
        (alone && about).then_some((unset.path(), value))
    });
    match unsent {
        Some((path, value)) if failure.kind == FailureKind::InvalidParameter => format!(
            "; a value that is not in the spec but still in force in ECS counts as well: {path} {value}; set the field in the spec"
        ),
        Some(_) | None => String::new(),
    }
}

/// What the message of a rejected update adds about values that were sent although the spec does not set them; empty where
/// the rejection cannot be about one. Without it, a person looks in the spec for a value that is not there.
///
/// A rejection may be about a value if its text names the value or its member, or if the value is the target of another
/// metric.
pub(crate) fn rejected_values(
    request: &Configuration,
    input: &Input<'_>,
    failure: &Failure,
) -> String {
    if failure.kind != FailureKind::InvalidParameter {
        return String::new();
    }
    let set = input.desired.configuration.values();
    let sent: Vec<String> = request
        .values()
        .into_iter()
        .filter(|(field, _)| !set.contains_key(field))
        .map(|(field, value)| (field, value.display_against(None)))
        .filter(|(field, value)| is_about(&failure.message, *field, value, request))
        .map(|(field, value)| format!("{} {value}", field.path()))
        .collect();
    if sent.is_empty() {
        return String::new();
    }
    format!(
        "; the update also sent values that are not in the spec but still in force in ECS: {}; to send another value, set the field in the spec",
        sent.join(", ")
    )
}

/// Names by which texts of AWS refer to scaling.
const SCALING: [&str; 5] = [
    "scaling",
    "autoscaling",
    "scalingTarget",
    "autoScalingMetric",
    "autoScalingTargetValue",
];

fn is_about(text: &str, field: Field, value: &str, request: &Configuration) -> bool {
    let member = field.path().rsplit('.').next().unwrap_or_default();
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    // Each metric has a range of its own.
    let other_range = field == Field::AutoScalingTargetValue && request.scaling.metric.is_some();
    mentions(text, member)
        || words.any(|word| word == value)
        || other_range && SCALING.iter().any(|name| mentions(text, name))
}
