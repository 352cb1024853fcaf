//! When a status is written, and when a decision is reported.

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::{
    api::{ExpressServiceStatus, conditions::reasons},
    core::{decide::reason::Reason, observed::failure::Class},
};

/// How long the mere course of a rollout, or task counts, may wait to be told: each telling is a write.
const PROGRESS_REPORT_INTERVAL: Duration = Duration::from_secs(120);

/// Whether a status says something that is worth a write now.
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

/// A status without the times of its conditions, which are no news by themselves.
fn without_times(status: &ExpressServiceStatus) -> ExpressServiceStatus {
    let mut status = status.clone();
    for condition in &mut status.conditions {
        condition.last_transition_time = Time(Timestamp::UNIX_EPOCH);
    }
    status
}

/// A status without what moves by itself while a rollout goes well: the stage, the task counts, and managed resources that
/// come up without a word from ECS.
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
    // Its message names the stage and the tasks; what else it says stands in the deployment and the resources.
    let tells_the_course = |reason: &str| {
        matches!(
            reason,
            reasons::PROVISIONING
                | reasons::DEPLOYING
                | reasons::MANAGED_RESOURCE_FAILED
                | reasons::PROGRESS_DEADLINE_EXCEEDED
        )
    };
    for condition in &mut status.conditions {
        if tells_the_course(&condition.reason) {
            condition.message.clear();
        }
    }
    status
}

/// Failed looks in a row that are not told: a single throttle must not make a service that runs look lost.
const UNREPORTED_FAILURES: u32 = 2;

/// Whether a decision is worth telling people after so many failed passes in a row before this one. `ready` says whether
/// the service was told to be ready: then one look that misses it is not believed aloud either.
pub fn should_report(reason: &Reason, failed_before: u32, ready: bool) -> bool {
    match reason {
        Reason::WaitingForAbsence => !ready,
        Reason::Unreadable(failure) if failure.kind.class() == Class::Retry => {
            failed_before >= UNREPORTED_FAILURES
        }
        _ => true,
    }
}
