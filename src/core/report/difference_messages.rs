//! Messages about differences between the spec and ECS.

use crate::core::{
    decide::{assessment::Assessment, input::Input},
    diff::{compare::Difference, not_comparable::NotComparable, tags::TagDifference},
    observed::service::Service,
    report::{
        commands::retry_command,
        facts::{present_service, revision_name},
    },
};

/// Whether the same configuration is sent again on request, rather than an edit.
pub(crate) fn is_a_retry(input: &Input<'_>) -> bool {
    let applied = input.state.and_then(|state| state.last_applied.as_ref());
    input.retry_asked()
        && applied.is_none_or(|applied| applied.hash == input.desired.configuration.hash())
}

/// The fields that an update sends: those that differ, or all of the spec where ECS shows nothing to compare with.
pub(crate) fn fields_sent(input: &Input<'_>, assessment: Option<&Assessment>) -> String {
    if assessment.is_some_and(|assessment| !assessment.diff.differences.is_empty()) {
        return first_difference(assessment);
    }
    let fields = input.desired.configuration.values();
    let paths: Vec<&str> = fields.keys().map(|field| field.path()).collect();
    paths.join(", ")
}

/// The first difference in full, and the paths of the others.
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

/// All differences of fields, and of tags that would be replaced.
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
    let retry = retry_command(input.desired);
    let next =
        format!("the operator does not send it again; change the spec, or retry with: {retry}");
    let rollback = assessment.and_then(|assessment| assessment.rollback.as_ref());
    let status = rollback.and_then(|rollback| rollback.status.as_deref());
    let reason = rollback_reason(assessment);
    let in_sync = assessment.is_some_and(|assessment| assessment.diff.is_empty());
    let shown = present_service(input)
        .and_then(Service::newest)
        .filter(|_| !in_sync)
        .map(revision_name);
    match (status, shown) {
        (Some("ROLLBACK_FAILED"), shown) => format!(
            "ECS did not keep this configuration and could not roll it back{reason}; {}check the service in ECS; {next}",
            shown.map_or_else(String::new, |shown| format!(
                "ECS shows {shown}, which may not serve traffic; "
            ))
        ),
        (_, Some(shown)) => {
            format!(
                "ECS did not keep this configuration{reason}; {shown} keeps serving traffic; {next}"
            )
        }
        (_, None) => format!("ECS did not keep this configuration{reason}; {next}"),
    }
}

/// Status and reason of the rollback in parentheses, as ECS reports them; empty where they are not known.
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

/// The message of `Synced` where fields cannot be compared.
pub(crate) fn not_comparable_message(not_comparable: &[NotComparable], cause: &str) -> String {
    let paths: Vec<&str> = not_comparable.iter().map(|it| it.field.path()).collect();
    format!("{} cannot be compared yet: {cause}", paths.join(", "))
}
