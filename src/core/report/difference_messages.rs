//! Messages about differences between the spec and ECS.

use crate::core::{
    decide::{assessment::Assessment, input::Input},
    diff::{compare::Difference, not_comparable::NotComparable, tags::TagDifference},
    observed::service::Service,
    report::{
        commands::ask_for_a_retry,
        facts::{named, present},
    },
};

/// Whether this is no edit, but the same configuration once more.
pub(crate) fn is_a_retry(input: &Input<'_>) -> bool {
    let applied = input.state.and_then(|state| state.last_applied.as_ref());
    input.retry_asked()
        && applied.is_none_or(|applied| applied.hash == input.desired.configuration.hash())
}

/// The fields that an edit sends: those that differ, or all where ECS shows nothing to compare with.
pub(crate) fn fields_sent(input: &Input<'_>, assessment: Option<&Assessment>) -> String {
    if assessment.is_some_and(|assessment| !assessment.diff.differences.is_empty()) {
        return first_difference(assessment);
    }
    let fields = input.desired.configuration.values();
    let paths: Vec<&str> = fields.keys().map(|field| field.path()).collect();
    paths.join(", ")
}

pub(crate) fn first_difference(assessment: Option<&Assessment>) -> String {
    let differences = assessment.map_or(&[][..], |assessment| &assessment.diff.differences);
    match differences {
        [] => "no field differs".into(),
        [only] => only.to_string(),
        [first, rest @ ..] => {
            let rest: Vec<&str> = rest.iter().map(|other| other.field.path()).collect();
            format!("{first}; also {}", rest.join(", "))
        }
    }
}

pub(crate) fn all_differences(assessment: Option<&Assessment>) -> String {
    let differences = assessment.map_or(&[][..], |assessment| &assessment.diff.differences);
    let tags = assessment.into_iter().flat_map(|it| it.tags.replaced());
    let texts: Vec<String> = differences
        .iter()
        .map(Difference::to_string)
        .chain(tags.map(TagDifference::to_string))
        .collect();
    texts.join(", ")
}

pub(crate) fn scaling_differences(assessment: Option<&Assessment>) -> String {
    let differences = assessment.map_or(&[][..], |assessment| &assessment.diff.differences);
    let scaling = differences
        .iter()
        .filter(|difference| difference.field.is_scaling());
    let texts: Vec<String> = scaling.map(Difference::to_string).collect();
    texts.join(", ")
}

pub(crate) fn rolled_back(input: &Input<'_>, assessment: Option<&Assessment>) -> String {
    let retry = ask_for_a_retry(input.desired);
    let next =
        format!("it is not sent again: change the spec, or ask for another try with: {retry}");
    let rollback = assessment.and_then(|assessment| assessment.rollback.as_ref());
    let status = rollback.and_then(|rollback| rollback.status.as_deref());
    let reason = rollback_reason(assessment);
    let in_sync = assessment.is_some_and(|assessment| assessment.diff.is_empty());
    let shown = present(input)
        .and_then(Service::newest)
        .filter(|_| !in_sync)
        .map(named);
    match (status, shown) {
        (Some("ROLLBACK_FAILED"), shown) => format!(
            "ECS did not keep this configuration and could not roll it back{reason}; {}look at the service in ECS; {next}",
            shown.map_or_else(String::new, |shown| format!(
                "it shows {shown}, which may not serve: "
            ))
        ),
        (_, Some(shown)) => {
            format!("ECS did not keep this configuration{reason}; {shown} keeps serving; {next}")
        }
        (_, None) => format!("ECS did not keep this configuration{reason}; {next}"),
    }
}

pub(crate) fn rollback_reason(assessment: Option<&Assessment>) -> String {
    let Some(rollback) = assessment.and_then(|assessment| assessment.rollback.as_ref()) else {
        return String::new();
    };
    match (&rollback.status, &rollback.reason) {
        (Some(status), Some(reason)) => format!(" ({status}: {})", reason.trim_end_matches('.')),
        (Some(status), None) => format!(" ({status})"),
        (None, _) => String::new(),
    }
}

/// What `Synced` says of fields that cannot be compared.
pub(crate) fn message(not_comparable: &[NotComparable], cause: &str) -> String {
    let paths: Vec<&str> = not_comparable.iter().map(|it| it.field.path()).collect();
    format!("{} cannot be compared yet: {cause}", paths.join(", "))
}
