//! Events of changes between two statuses: `Ready` reached or lost, drift, and what needs a person.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use crate::{
    api::{
        ExpressServiceStatus,
        conditions::{reasons, types},
        status::ManagedResource,
    },
    core::{
        decide::{input::Input, reason::Reason},
        desired::phase::Phase,
        observed::{
            failure::{Class, FailureKind},
            service::Observed,
        },
        report::{
            event::{Event, with_lost_url},
            facts::{is_draining, is_the_recorded_one, present_service},
            failure_message::failure_message,
            progress_messages::failed_resources,
            reconciled::Reconciled,
        },
    },
};

/// The events of the changes from `previous` to `status`. `reported` are the events that this reconcile has already.
pub(crate) fn transitions(
    previous: &ExpressServiceStatus,
    status: &ExpressServiceStatus,
    reconciled: Reconciled<'_>,
    reported: &[Event],
) -> Vec<Event> {
    let input = reconciled.input;
    let mut events: Vec<Event> = became_ready(previous, status).into_iter().collect();
    events.extend(became_stalled(previous, status, input));
    let mut warned = reported.iter().chain(&events).any(Event::is_warning);
    for event in [
        became_drifted(previous, status),
        left_in_force_changed(previous, status),
        lost_readiness(previous, status, reconciled),
        role_not_usable(previous, reconciled),
        resource_failed(previous, status, input),
    ] {
        // The first Warning of a reconcile reports the cause; its consequences are in the conditions.
        let event = event.filter(|_| !warned);
        warned |= event.is_some();
        events.extend(event);
    }
    events
}

fn condition<'a>(status: &'a ExpressServiceStatus, kind: &str) -> Option<&'a Condition> {
    let mut conditions = status.conditions.iter();
    conditions.find(|condition| condition.type_ == kind)
}

fn is_true(condition: Option<&Condition>) -> bool {
    condition.is_some_and(|condition| condition.status == "True")
}

/// `Ready` became True.
fn became_ready(previous: &ExpressServiceStatus, status: &ExpressServiceStatus) -> Option<Event> {
    let ready = |status| is_true(condition(status, types::READY));
    let url = status.url.as_deref().unwrap_or_default();
    (ready(status) && !ready(previous)).then(|| {
        let note = format!("the service is available at {url}");
        Event::normal(reasons::AVAILABLE, "Observe", note)
    })
}

/// `Stalled` became True, or has another reason than before.
fn became_stalled(
    previous: &ExpressServiceStatus,
    status: &ExpressServiceStatus,
    input: &Input<'_>,
) -> Option<Event> {
    let now = condition(status, types::STALLED)?;
    let before = condition(previous, types::STALLED);
    let changed = before.is_none_or(|before| before.reason != now.reason);
    changed.then(|| {
        let note = note_with_lost_url(now, previous, status, input);
        Event::warning(known_reason(&now.reason), "Reconcile", note)
    })
}

/// The message of a condition, with the former URL where the service is no longer available there.
fn note_with_lost_url(
    now: &Condition,
    previous: &ExpressServiceStatus,
    status: &ExpressServiceStatus,
    input: &Input<'_>,
) -> String {
    let message = now.message.clone();
    // ECS still shows the URL of a service that it is deleting.
    let deleted_outside = is_draining(input) && input.desired.phase == Phase::Active;
    // The status shows no URL of a service that now has another owner, but the service is still available there.
    let has_other_owner = !is_draining(input)
        && present_service(input).is_some_and(|service| is_the_recorded_one(input, service));
    if (status.url.is_none() && !has_other_owner) || deleted_outside {
        with_lost_url(message, previous)
    } else {
        message
    }
}

/// The service was changed outside Kubernetes, which is only reported.
fn became_drifted(previous: &ExpressServiceStatus, status: &ExpressServiceStatus) -> Option<Event> {
    let drifted = |status| {
        condition(status, types::SYNCED).is_some_and(|synced| synced.reason == reasons::DRIFTED)
    };
    let ready = condition(status, types::READY)?;
    (drifted(status) && !drifted(previous))
        .then(|| Event::warning(reasons::DRIFTED, "Observe", ready.message.clone()))
}

/// Fields that are no longer in the spec stay in force, and not the same ones as before.
fn left_in_force_changed(
    previous: &ExpressServiceStatus,
    status: &ExpressServiceStatus,
) -> Option<Event> {
    let left = |status| {
        condition(status, types::SYNCED)
            .filter(|synced| synced.reason == reasons::LEFT_IN_FORCE)
            .map(|synced| &synced.message)
    };
    let now = left(status)?;
    (left(previous) != Some(now))
        .then(|| Event::warning(reasons::LEFT_IN_FORCE, "Observe", now.clone()))
}

/// `Ready` was True and no longer is, although the user did not ask for a change.
fn lost_readiness(
    previous: &ExpressServiceStatus,
    status: &ExpressServiceStatus,
    reconciled: Reconciled<'_>,
) -> Option<Event> {
    let (before, now) = (
        condition(previous, types::READY)?,
        condition(status, types::READY)?,
    );
    if !is_true(Some(before)) || is_true(Some(now)) || is_requested(before, reconciled) {
        return None;
    }
    let note = note_with_lost_url(now, previous, status, reconciled.input);
    Some(Event::warning(known_reason(&now.reason), "Observe", note))
}

/// Whether the user changed or deleted the object, so that the service is expected not to be ready for a while.
fn is_requested(before: &Condition, reconciled: Reconciled<'_>) -> bool {
    if reconciled.failure().is_some() {
        return false;
    }
    let desired = reconciled.input.desired;
    let edited = before.observed_generation != Some(desired.generation);
    match &reconciled.decision.reason {
        Reason::Updating
        | Reason::Restarting
        | Reason::WaitingForUpdate
        | Reason::Tagging
        | Reason::Claiming => true,
        Reason::Deploying | Reason::Suspended | Reason::WaitingForEndpoint => edited,
        _ => matches!(desired.phase, Phase::Deleting(_) | Phase::Finalized),
    }
}

/// ECS cannot assume a role of the spec. Reported at the first failure, when it is not known yet whether it is transient.
fn role_not_usable(previous: &ExpressServiceStatus, reconciled: Reconciled<'_>) -> Option<Event> {
    let failure = reconciled.failure()?;
    let reported = condition(previous, types::READY)
        .is_some_and(|condition| condition.reason == reasons::ROLE_NOT_USABLE);
    (failure.kind == FailureKind::RoleNotUsable && !reported).then(|| {
        let note = failure_message(failure, reconciled.input.desired);
        Event::warning(reasons::ROLE_NOT_USABLE, "Reconcile", note)
    })
}

/// A managed resource of the service failed. The status of an object that does not own the service shows none.
fn resource_failed(
    previous: &ExpressServiceStatus,
    status: &ExpressServiceStatus,
    input: &Input<'_>,
) -> Option<Event> {
    let Observed::Present(service) = input.observed else {
        return None;
    };
    let failed = |status: &ExpressServiceStatus| {
        let mut resources = status.managed_resources.iter().flatten();
        resources.any(ManagedResource::has_failed)
    };
    if !failed(status) || failed(previous) {
        return None;
    }
    Some(Event::warning(
        reasons::MANAGED_RESOURCE_FAILED,
        "Observe",
        failed_resources(service)?,
    ))
}

/// Failed reconciles in a row after which a transient failure is reported: about five minutes of them by default.
const LASTING_FAILURE_ATTEMPTS: u32 = 9;

/// A throttle or an outage of AWS that lasts. `attempts` is the number of failed reconciles before this one.
pub fn lasting_failure(reconciled: Reconciled<'_>, attempts: u32) -> Option<Event> {
    let failure = reconciled.failure()?;
    let lasts = failure.kind.class() == Class::Retry && attempts + 1 == LASTING_FAILURE_ATTEMPTS;
    lasts.then(|| {
        let note = format!(
            "failed {LASTING_FAILURE_ATTEMPTS} times in a row: {}",
            failure_message(failure, reconciled.input.desired)
        );
        Event::warning(failure.kind.reason(), "Reconcile", note)
    })
}

/// The constant of a condition's reason. The reasons of events are a closed set, which the documents list.
fn known_reason(reason: &str) -> &'static str {
    const REPORTED: [&str; 30] = [
        reasons::STATUS_REJECTED,
        reasons::ROLLED_BACK,
        reasons::MANAGED_RESOURCE_FAILED,
        reasons::PROGRESS_DEADLINE_EXCEEDED,
        reasons::NOT_CONVERGING,
        reasons::DRIFTED,
        reasons::SERVICE_DELETED,
        reasons::UNKNOWN_STATUS,
        reasons::NOT_OWNED,
        reasons::ADOPTION_NOT_CONFIRMED,
        reasons::IMMUTABLE,
        reasons::IDENTITY_CHANGED,
        reasons::INVALID_SPEC,
        reasons::INVALID_PARAMETER,
        reasons::ACCESS_DENIED,
        reasons::ROLE_NOT_USABLE,
        reasons::CLUSTER_NOT_FOUND,
        reasons::UNSUPPORTED,
        reasons::CREDENTIALS,
        reasons::DRAINING,
        reasons::WAITING,
        reasons::THROTTLED,
        reasons::UNAVAILABLE,
        reasons::DEPLOYING,
        reasons::PROVISIONING,
        reasons::CREATING,
        reasons::UPDATING,
        reasons::TAGGING,
        reasons::ADOPTING,
        reasons::SUSPENDED,
    ];
    REPORTED
        .into_iter()
        .find(|known| *known == reason)
        .unwrap_or(reasons::REFUSED)
}

#[cfg(test)]
mod tests {
    use super::known_reason;

    /// Reasons that say nothing is wrong, that the deletion was asked for, or that only calls and `Synced` have.
    const NEVER_LOST_OR_STALLED: [&str; 10] = [
        "Available",
        "InSync",
        "LeftInForce",
        "Created",
        "Updated",
        "DriftCorrected",
        "Deleting",
        "Deleted",
        "Retained",
        "LeftAlone",
    ];

    #[test]
    fn an_event_about_a_condition_keeps_each_reason_that_the_condition_can_have() {
        let (_, reasons) = include_str!("../../api/conditions.rs")
            .split_once("pub mod reasons {")
            .unwrap();
        let declared: Vec<&str> = reasons
            .lines()
            .filter_map(|line| line.trim().strip_prefix("pub const ")?.split('"').nth(1))
            .collect();
        assert!(declared.len() > 30, "{declared:?}");
        for reason in declared {
            if !NEVER_LOST_OR_STALLED.contains(&reason) {
                assert_eq!(known_reason(reason), reason);
            }
        }
    }
}
