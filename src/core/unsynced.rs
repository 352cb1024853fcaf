//! What `Synced` says where no field is seen to differ, and all the same not everything is as the spec says.

use super::{
    assessment::Assessment,
    conditions::Truth,
    decide::{Decision, Input},
    not_comparable,
    observed::Observed,
    reason::Reason,
};
use crate::api::conditions::reasons;

/// A field cannot be compared, or a tag differs and nothing is sent about it. `None` where neither is so.
pub(super) fn unsynced(
    input: &Input<'_>,
    decision: &Decision,
    assessment: &Assessment,
) -> Option<(Truth, &'static str, String)> {
    if let (Observed::Present(service), Some(first)) =
        (input.observed, assessment.diff.not_comparable.first())
    {
        let failure = first.failure(service);
        let message =
            not_comparable::message(&assessment.diff.not_comparable, &failure.to_string());
        return Some((Truth::Unknown, failure.kind.reason(), message));
    }
    if let reason @ Reason::TagNotConverging(_) = &decision.reason {
        let message = reason.message(input, Some(assessment));
        return Some((Truth::False, reason.as_str(), message));
    }
    let shown = assessment.shown_tags(&decision.action).first()?;
    Some((Truth::False, reasons::DRIFTED, shown.to_string()))
}
