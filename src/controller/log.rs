//! What the log says about each object: at `info` each change that is sent, its answer, each transition and each event;
//! at `warn` each new failure. A repeated failure of a read is at `debug`; that of a change is at `info`, so that each
//! change has its answer in the log.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::reconcile_state::ReconcileState;
use crate::{
    api::{ExpressServiceStatus, conditions::types},
    core::{
        decide::{
            action::Action,
            decision::Decision,
            input::Input,
            reason::{Progress, Reason},
        },
        desired::identity::ObjectIdentity,
        observed::{
            failure::Failure,
            service::{Observed, Read},
        },
        operator_state::intent::Operation,
        record::call_result::CallResult,
        report::event::{Event, Severity},
    },
};

/// A call that changes something is about to be sent.
pub(super) fn sending(object: &ObjectIdentity, decision: &Decision) {
    if let Some(operation) = decision.action.operation() {
        tracing::info!(
            %object,
            operation = operation.action(),
            reason = decision.reason.as_str(),
            "sending a change to AWS"
        );
    }
}

/// AWS accepted a call that changes something. [`failures`] logs the call that it did not accept.
pub(super) fn accepted(object: &ObjectIdentity, action: &Action, result: &CallResult) {
    let operation = action.operation().map(Operation::action);
    match (operation, result) {
        (Some(operation), CallResult::Updated { revision }) => {
            let revision = revision.as_deref().unwrap_or_default();
            tracing::info!(%object, operation, revision, "AWS accepted the change");
        }
        (Some(operation), CallResult::Created { .. } | CallResult::Accepted) => {
            tracing::info!(%object, operation, "AWS accepted the change");
        }
        (Some(_), CallResult::Idle | CallResult::Failed(_)) | (None, _) => {}
    }
}

/// A failure that is new, one that lasts, or the end of one.
pub(super) fn failures(
    state: &mut ReconcileState,
    input: &Input<'_>,
    decision: &Decision,
    result: &CallResult,
) {
    let object = &input.desired.object;
    let failure = decision
        .failure(result)
        .or_else(|| related_failure(input.observed));
    let Some(failure) = failure else {
        let recovered = matches!(
            result,
            CallResult::Created { .. } | CallResult::Updated { .. } | CallResult::Accepted
        ) || decision.reason.progress() == Progress::Idle
            || decision.reason == Reason::Deploying;
        if recovered && state.failing.take().is_some() {
            tracing::info!(%object, "recovered from the failure");
        }
        return;
    };
    let before = state.failing.replace(identity(failure));
    let repeated = before == state.failing;
    let attempts = state.attempts + 1;
    if failure.kind.is_not_sent() {
        not_sent(object, failure, repeated, attempts);
        return;
    }
    let Failure {
        operation,
        kind,
        effect: _,
        code,
        message,
    } = failure;
    if repeated && matches!(result, CallResult::Failed(_)) {
        tracing::info!(%object, operation, ?kind, code, text = %message, attempts, "a call to AWS still fails");
    } else if repeated {
        tracing::debug!(%object, operation, ?kind, code, text = %message, attempts, "a call to AWS still fails");
    } else {
        tracing::warn!(%object, operation, ?kind, code, text = %message, attempts, "a call to AWS failed");
    }
}

/// A change was not sent, since its intent is not stored in Kubernetes.
fn not_sent(object: &ObjectIdentity, failure: &Failure, repeated: bool, attempts: u32) {
    let Failure {
        operation, message, ..
    } = failure;
    if repeated {
        tracing::info!(%object, operation, cause = %message, attempts, "a change was not sent to AWS");
    } else {
        tracing::warn!(%object, operation, cause = %message, attempts, "a change was not sent to AWS");
    }
}

/// A related read that failed. The reconcile continues without it.
fn related_failure(observed: &Observed) -> Option<&Failure> {
    let Observed::Present(service) = observed else {
        return None;
    };
    let counts = failed(&service.counts);
    counts
        .or_else(|| failed(&service.deployments))
        .or_else(|| failed(&service.managed_resources))
}

fn failed<T>(read: &Read<T>) -> Option<&Failure> {
    match read {
        Read::Failed(failure) => Some(failure),
        Read::Skipped | Read::Got(_) => None,
    }
}

/// Distinguishes failures from one another.
fn identity(failure: &Failure) -> u64 {
    let mut hasher = DefaultHasher::new();
    (failure.operation, &failure.code, &*failure.message).hash(&mut hasher);
    hasher.finish()
}

/// `Ready` changes; `Stalled` begins, changes its reason, or ends.
pub(super) fn transitions(
    object: &ObjectIdentity,
    before: &ExpressServiceStatus,
    after: &ExpressServiceStatus,
) {
    let find = |status: &ExpressServiceStatus, kind: &str| {
        let mut conditions = status.conditions.iter();
        let condition = conditions.find(|condition| condition.type_ == kind);
        condition.map(|condition| (condition.status.clone(), condition.reason.clone()))
    };
    let (was, is) = (find(before, types::READY), find(after, types::READY));
    if let Some((status, reason)) = is
        && was.is_none_or(|(before, _)| before != status)
    {
        tracing::info!(%object, status, reason, "Ready changed");
    }
    match (find(before, types::STALLED), find(after, types::STALLED)) {
        (before, Some((status, reason)))
            if before.as_ref().is_none_or(|(_, known)| *known != reason) =>
        {
            tracing::warn!(%object, status, reason, "Stalled changed");
        }
        (Some((_, reason)), None) => tracing::info!(%object, reason, "Stalled ended"),
        _ => {}
    }
}

/// An event that is published. Kubernetes refuses it if the namespace is being deleted; the log has it in any case.
pub(super) fn event(object: &ObjectIdentity, event: &Event) {
    let Event {
        severity,
        reason,
        action,
        note,
    } = event;
    match severity {
        Severity::Normal => tracing::info!(%object, reason, action, note, "event"),
        Severity::Warning => tracing::warn!(%object, reason, action, note, "event"),
    }
}
