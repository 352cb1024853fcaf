//! Which reconciles are reported, and when a status is written. Every write costs the API server and everybody who watches,
//! so a status is written only when it says something new. The rules, in the order in which they are applied:
//!
//! 1. Without a stored operator state, every reconcile is reported: after a crash, a finalizer without an operator state
//!    means that a create may be in flight.
//! 2. A transient failure to read ECS is reported from the third in a row on: a single throttle must not make a running
//!    service look lost. Every other failure is reported at once.
//! 3. A service that was not found is not reported before its absence is confirmed, if `Ready` was True.
//! 4. A reported status that differs from the stored one is written at once. `lastTransitionTime` alone is no difference.
//! 5. A status that differs only in the progress of a rollout (task counts, the stage, managed resources that come up
//!    without a reason from ECS, and the messages that name these) is written at most every two minutes.
//! 6. A status of which the API server dropped a part, because its CustomResourceDefinition is older than the operator, is
//!    not written again while it stays the same.
//! 7. Once the finalizer is removed, no status is written.
//!
//! This module has rules 2 to 5; the controller, which knows what was stored, applies the others.
//! What each write contains is listed in `controller::status`. Two more writes do not follow these rules: the intent before a
//! call, which must be stored whatever the status says, and the status of an object that does not fit the
//! CustomResourceDefinition.

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::{
    api::{ExpressServiceStatus, conditions::reasons},
    core::{decide::reason::Reason, observed::failure::Class},
};

/// How often the progress of a rollout, or a change of the task counts, is written at most.
const PROGRESS_REPORT_INTERVAL: Duration = Duration::from_secs(120);

/// Whether to write a status now (rules 4 and 5).
pub fn is_status_change(
    old: &ExpressServiceStatus,
    new: &ExpressServiceStatus,
    since_last_write: Duration,
) -> bool {
    if without_progress(old) != without_progress(new) {
        return true;
    }
    without_times(old) != without_times(new) && since_last_write >= PROGRESS_REPORT_INTERVAL
}

/// A status without the times of its conditions, which are no change on their own.
fn without_times(status: &ExpressServiceStatus) -> ExpressServiceStatus {
    let mut status = status.clone();
    for condition in &mut status.conditions {
        condition.last_transition_time = Time(Timestamp::UNIX_EPOCH);
    }
    status
}

/// A status without what changes on its own while a rollout goes well: the stage, the task counts, and managed resources
/// that come up without a reason from ECS.
fn without_progress(status: &ExpressServiceStatus) -> ExpressServiceStatus {
    let mut status = without_times(status);
    status.desired_count = None;
    status.running_count = None;
    status.pending_count = None;
    if let Some(deployment) = &mut status.deployment {
        deployment.stage = None;
    }
    if let Some(resources) = &mut status.managed_resources {
        resources.retain(|resource| {
            let usual = matches!(resource.status.as_deref(), Some("PROVISIONING" | "ACTIVE"));
            resource.reason.is_some() || !usual
        });
    }
    // The messages of these reasons name the stage and the tasks; all else in them comes from the deployment and the
    // resources.
    let names_progress = |reason: &str| {
        matches!(
            reason,
            reasons::PROVISIONING
                | reasons::DEPLOYING
                | reasons::MANAGED_RESOURCE_FAILED
                | reasons::PROGRESS_DEADLINE_EXCEEDED
        )
    };
    for condition in &mut status.conditions {
        if names_progress(&condition.reason) {
            condition.message.clear();
        }
    }
    status
}

/// Transient failures in a row that are not reported (rule 2).
const UNREPORTED_FAILURES: u32 = 2;

/// Whether to report a decision (rules 2 and 3). `failed_before` is the number of failed reconciles in a row before this
/// one, `ready` whether `Ready` was True.
pub fn should_report(reason: &Reason, failed_before: u32, ready: bool) -> bool {
    match reason {
        Reason::WaitingForAbsence => !ready,
        Reason::Unreadable(failure) if failure.kind.class() == Class::Retry => {
            failed_before >= UNREPORTED_FAILURES
        }
        _ => true,
    }
}
