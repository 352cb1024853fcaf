//! Events of what changed between two statuses: Ready reached or lost, drift, and what needs a person.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use crate::{
    api::{
        ExpressServiceStatus,
        conditions::{reasons, types},
        status::ManagedResource,
    },
    core::{
        decide::{decision::Decision, input::Input, reason::Reason},
        desired::policy::Phase,
        observed::{
            failure::{Class, Failure, FailureKind},
            service::{Observed, StatusCode},
        },
        record::call_result::CallResult,
        report::{
            event::{Event, with_lost_url},
            facts::is_the_recorded_one,
            failure_message::explain,
            progress_messages::failed_resources,
        },
    },
};

/// The events of the changes from `previous` to `status`. `reported` are those that this pass has already.
pub(crate) fn transitions(
    previous: &ExpressServiceStatus,
    status: &ExpressServiceStatus,
    input: &Input<'_>,
    decision: &Decision,
    result: &CallResult,
    reported: &[Event],
) -> Vec<Event> {
    let mut events: Vec<Event> = reached(previous, status).into_iter().collect();
    events.extend(stalled(previous, status, input));
    let mut warned = reported.iter().chain(&events).any(Event::is_warning);
    for event in [
        drifted(previous, status),
        left_in_force(previous, status),
        lost(previous, status, input, decision, result),
        role_not_usable(previous, input, decision, result),
        resource_failed(previous, input),
    ] {
        // The first Warning of a pass tells the cause; what follows from it is in the conditions.
        let news = event.filter(|_| !warned);
        warned |= news.is_some();
        events.extend(news);
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
fn reached(previous: &ExpressServiceStatus, status: &ExpressServiceStatus) -> Option<Event> {
    let ready = |status| is_true(condition(status, types::READY));
    let url = status.url.as_deref().unwrap_or_default();
    (ready(status) && !ready(previous)).then(|| {
        let note = format!("the service answers at {url}");
        Event::normal(reasons::AVAILABLE, "Observe", note)
    })
}

/// A new reason that only a person can end.
fn stalled(
    previous: &ExpressServiceStatus,
    status: &ExpressServiceStatus,
    input: &Input<'_>,
) -> Option<Event> {
    let now = condition(status, types::STALLED)?;
    let before = condition(previous, types::STALLED);
    let news = before.is_none_or(|before| before.reason != now.reason);
    news.then(|| {
        let note = note(now, previous, status, input);
        Event::warning(known_reason(&now.reason), "Reconcile", note)
    })
}

/// The message of a condition, with the URL where that is lost: ECS still shows it of a service that it is deleting.
fn note(
    now: &Condition,
    previous: &ExpressServiceStatus,
    status: &ExpressServiceStatus,
    input: &Input<'_>,
) -> String {
    let message = now.message.clone();
    let draining = matches!(input.observed, Observed::Present(service) if service.code == StatusCode::Draining);
    let deleted_outside = draining && input.desired.phase == Phase::Active;
    // Of a service that is another's now no URL is shown, and all the same it answers there.
    let taken_away = matches!(input.observed, Observed::Present(service) if is_the_recorded_one(input, service))
        && !draining;
    if (status.url.is_none() && !taken_away) || deleted_outside {
        with_lost_url(message, previous)
    } else {
        message
    }
}

/// What runs was changed outside this object, and is left so.
fn drifted(previous: &ExpressServiceStatus, status: &ExpressServiceStatus) -> Option<Event> {
    let drifted = |status| {
        condition(status, types::SYNCED).is_some_and(|synced| synced.reason == reasons::DRIFTED)
    };
    let ready = condition(status, types::READY)?;
    (drifted(status) && !drifted(previous))
        .then(|| Event::warning(reasons::DRIFTED, "Observe", ready.message.clone()))
}

/// Fields that the spec no longer has stay in force, or other ones than before.
fn left_in_force(previous: &ExpressServiceStatus, status: &ExpressServiceStatus) -> Option<Event> {
    let left = |status| {
        condition(status, types::SYNCED)
            .filter(|synced| synced.reason == reasons::LEFT_IN_FORCE)
            .map(|synced| &synced.message)
    };
    let now = left(status)?;
    (left(previous) != Some(now))
        .then(|| Event::warning(reasons::LEFT_IN_FORCE, "Observe", now.clone()))
}

/// `Ready` was True and is no more, and not since the user asked for a change.
fn lost(
    previous: &ExpressServiceStatus,
    status: &ExpressServiceStatus,
    input: &Input<'_>,
    decision: &Decision,
    result: &CallResult,
) -> Option<Event> {
    let (before, now) = (
        condition(previous, types::READY)?,
        condition(status, types::READY)?,
    );
    if !is_true(Some(before)) || is_true(Some(now)) || is_asked_for(before, input, decision, result)
    {
        return None;
    }
    let note = note(now, previous, status, input);
    Some(Event::warning(known_reason(&now.reason), "Observe", note))
}

/// Whether the user changed or deletes the object, so that it is not ready for a while.
fn is_asked_for(
    before: &Condition,
    input: &Input<'_>,
    decision: &Decision,
    result: &CallResult,
) -> bool {
    if failure(decision, result).is_some() {
        return false;
    }
    let edited = before.observed_generation != Some(input.desired.generation);
    match &decision.reason {
        Reason::Updating
        | Reason::Restarting
        | Reason::WaitingForUpdate
        | Reason::Tagging
        | Reason::Claiming => true,
        Reason::Deploying | Reason::Suspended | Reason::WaitingForEndpoint => edited,
        _ => matches!(input.desired.phase, Phase::Deleting(_) | Phase::Finalized),
    }
}

/// The failure that a pass met.
fn failure<'a>(decision: &'a Decision, result: &'a CallResult) -> Option<&'a Failure> {
    match (result, &decision.reason) {
        (CallResult::Failed(failure), _) | (_, Reason::Unreadable(failure)) => Some(failure),
        _ => None,
    }
}

/// A role of the spec cannot be assumed: told before it is known whether that passes.
fn role_not_usable(
    previous: &ExpressServiceStatus,
    input: &Input<'_>,
    decision: &Decision,
    result: &CallResult,
) -> Option<Event> {
    let failure = failure(decision, result)?;
    let reported = |kind: &str| {
        condition(previous, kind)
            .is_some_and(|condition| condition.reason == reasons::ROLE_NOT_USABLE)
    };
    let news = failure.kind == FailureKind::RoleNotUsable && !reported(types::READY);
    news.then(|| {
        let note = explain(failure, input.desired);
        Event::warning(reasons::ROLE_NOT_USABLE, "Reconcile", note)
    })
}

/// Something that ECS made for the service failed.
fn resource_failed(previous: &ExpressServiceStatus, input: &Input<'_>) -> Option<Event> {
    let Observed::Present(service) = input.observed else {
        return None;
    };
    let reported = previous
        .managed_resources
        .iter()
        .flatten()
        .any(ManagedResource::has_failed);
    let failed = failed_resources(service).filter(|_| !reported)?;
    Some(Event::warning(
        reasons::MANAGED_RESOURCE_FAILED,
        "Observe",
        failed,
    ))
}

/// Failed passes in a row after which a failure that passes by itself is told: about five minutes of them by default.
const LASTING_FAILURE_ATTEMPTS: u32 = 9;

/// A throttle or an outage of AWS that lasts; `attempts` counts the failed passes before this one.
pub fn lasting_failure(
    input: &Input<'_>,
    decision: &Decision,
    result: &CallResult,
    attempts: u32,
) -> Option<Event> {
    let failure = failure(decision, result)?;
    let lasts = failure.kind.class() == Class::Retry && attempts + 1 == LASTING_FAILURE_ATTEMPTS;
    lasts.then(|| {
        let note = format!(
            "{LASTING_FAILURE_ATTEMPTS} times in a row: {}",
            explain(failure, input.desired)
        );
        Event::warning(failure.kind.reason(), "Reconcile", note)
    })
}

/// The constant of a reason, for an event's bounded vocabulary.
fn known_reason(reason: &str) -> &'static str {
    const TOLD: [&str; 29] = [
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
        reasons::ADOPTING,
        reasons::SUSPENDED,
        reasons::STATUS_REJECTED,
    ];
    TOLD.into_iter()
        .find(|known| *known == reason)
        .unwrap_or(reasons::REFUSED)
}
