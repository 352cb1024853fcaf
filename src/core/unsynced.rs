//! What `Synced` says where no field is seen to differ, and all the same not everything is as the spec says.

use super::{
    conditions::Truth,
    decide::{Case, Decision},
    findings::Findings,
    observed::Observed,
    uncompared,
    why::Why,
};
use crate::api::conditions::reasons;

/// A field cannot be compared, or a tag differs and nothing is sent about it. `None` where neither is so.
pub(super) fn unsynced(
    case: &Case<'_>,
    decision: &Decision,
    findings: &Findings,
) -> Option<(Truth, &'static str, String)> {
    if let (Observed::Present(service), Some(first)) =
        (case.observed, findings.diff.uncompared.first())
    {
        let failure = first.failure(service);
        let message = uncompared::message(&findings.diff.uncompared, &failure.to_string());
        return Some((Truth::Unknown, failure.kind.reason(), message));
    }
    if let why @ Why::TagNotConverging(_) = &decision.why {
        let message = why.message(case, Some(findings));
        return Some((Truth::False, why.reason(), message));
    }
    let shown = findings.shown_tags(&decision.action).first()?;
    Some((Truth::False, reasons::DRIFTED, shown.to_string()))
}
