//! The status after a reconcile: a pure projection that stays the same while nothing changes.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::{
    api::{
        ExpressServiceStatus,
        conditions::types,
        operator_state::OperatorState,
        status::{Drift, RevisionStatus},
    },
    core::{
        decide::{
            assessment::Assessment, decision::Decision, input::Input, ownership::Owner,
            reason::Reason,
        },
        desired::policy::AdoptionPolicy,
        diff::tags::TagDifference,
        observed::service::{Missing, Observed, Revision, Service},
        report::{
            condition_update::ConditionUpdate, conditions::Conditions, facts::revision_id,
            ready::Reported, reconciled::Reconciled,
        },
    },
};

/// The status after a reconcile: `previous`, updated from what was observed, decided and sent. `state` is the operator
/// state to store.
pub fn project(
    previous: &ExpressServiceStatus,
    reconciled: Reconciled<'_>,
    state: OperatorState,
    now: Timestamp,
) -> ExpressServiceStatus {
    let Reconciled {
        input, decision, ..
    } = reconciled;
    let desired = input.desired;
    let mut status = ExpressServiceStatus {
        observed_generation: Some(desired.generation),
        service_arn: Some(desired.arn.to_string()),
        service_name: Some(desired.arn.name.clone()),
        cluster: Some(desired.arn.cluster.clone()),
        memory: previous.former_field(&state),
        operator_state: Some(state),
        ..previous.clone()
    };
    match input.observed {
        Observed::NotAsked | Observed::Unreadable(_) => {}
        // The absence is not confirmed: the last observation stays.
        Observed::Missing(Missing::NotFound) if decision.reason == Reason::WaitingForAbsence => {}
        Observed::Missing(missing) => clear_service(&mut status, *missing),
        Observed::Present(service) if is_owned_by_another(input, decision) => {
            clear_service(&mut status, Missing::NotFound);
            status.status_code = Some(service.code.as_str().to_owned());
        }
        Observed::Present(service) => set_service(&mut status, service, decision, now),
    }
    let reported = Reported {
        url: status.url.as_deref(),
        was_ready: is_ready(previous),
    };
    let update = ConditionUpdate::of(reconciled, reported);
    let stored = previous.conditions.clone();
    let mut conditions = Conditions::new(stored, Some(desired.generation), now);
    update.apply(&mut conditions);
    status.conditions = conditions.into_inner();
    status
}

/// Whether `Ready` is True.
pub fn is_ready(status: &ExpressServiceStatus) -> bool {
    let mut conditions = status.conditions.iter();
    conditions.any(|condition| condition.type_ == types::READY && condition.status == "True")
}

/// Whether the service has another owner, so that its details are not for the readers of this object.
fn is_owned_by_another(input: &Input<'_>, decision: &Decision) -> bool {
    let owner = decision
        .assessment
        .as_ref()
        .map(|assessment| &assessment.owner);
    match owner {
        Some(Owner::Other(_)) => true,
        Some(Owner::Unowned) => input.desired.adoption == AdoptionPolicy::Never,
        Some(Owner::Ours | Owner::TagsLost) | None => false,
    }
}

fn clear_service(status: &mut ExpressServiceStatus, missing: Missing) {
    status.status_code = match missing {
        Missing::NotFound => None,
        Missing::Inactive => Some("INACTIVE".to_owned()),
    };
    status.status_reason = None;
    status.url = None;
    status.deployment = None;
    status.revisions = None;
    status.managed_resources = None;
    status.drift = None;
    status.desired_count = None;
    status.running_count = None;
    status.pending_count = None;
}

fn set_service(
    status: &mut ExpressServiceStatus,
    service: &Service,
    decision: &Decision,
    now: Timestamp,
) {
    status.status_code = Some(service.code.as_str().to_owned());
    status.status_reason.clone_from(&service.reason);
    status.url = url(service);
    let revisions = newest_first(service).into_iter().take(MAX_SHOWN);
    status.revisions = non_empty(revisions.map(revision).collect());
    if let Some(counts) = service.counts.got() {
        status.desired_count = Some(counts.desired);
        status.running_count = Some(counts.running);
        status.pending_count = Some(counts.pending);
    }
    if let Some(resources) = service.managed_resources.got() {
        status.managed_resources = non_empty(resources.clone());
    }
    if let Some(assessment) = &decision.assessment {
        status.deployment = assessment
            .rollout
            .deployment()
            .or(status.deployment.as_ref())
            .cloned();
        let tags = assessment.reported_tags(&decision.action);
        status.drift = drift(status.drift.take(), assessment, tags, now);
    }
}

/// The revisions, the newest first: ECS lists them in an order that differs between calls.
fn newest_first(service: &Service) -> Vec<&Revision> {
    let mut revisions: Vec<_> = service.revisions.iter().collect();
    revisions.sort_by(|a, b| (b.created_at, &b.arn).cmp(&(a.created_at, &a.arn)));
    revisions
}

/// The URL of the newest revision that has one.
fn url(service: &Service) -> Option<String> {
    newest_first(service)
        .iter()
        .find_map(|revision| revision.endpoints.first().cloned())
}

/// Number of revisions, and of URLs of each, to show at most. ECS normally has two and one.
const MAX_SHOWN: usize = 10;

fn revision(revision: &Revision) -> RevisionStatus {
    let Revision {
        arn,
        created_at,
        configuration,
        endpoints,
    } = revision;
    let container = configuration.container.as_ref();
    let scaling = &configuration.scaling;
    let number = |n: Option<i32>| n.map_or("?".to_owned(), |n| n.to_string());
    RevisionStatus {
        arn: arn.clone(),
        id: Some(revision_id(arn).to_owned()),
        image: container.map(|container| container.image.clone()),
        cpu: configuration.cpu.clone(),
        memory: configuration.memory.clone(),
        cpu_architecture: configuration.cpu_architecture.clone(),
        container_port: container.and_then(|container| container.container_port),
        health_check_path: configuration.health_check_path.clone(),
        task_definition_arn: configuration.task_definition_arn.clone(),
        scaling: (!scaling.is_unset()).then(|| {
            format!(
                "{}-{} {} {}",
                number(scaling.min_task_count),
                number(scaling.max_task_count),
                scaling.metric.as_deref().unwrap_or("?"),
                number(scaling.target_value)
            )
        }),
        endpoints: non_empty(endpoints.iter().take(MAX_SHOWN).cloned().collect()),
        created_at: created_at.map(Time),
    }
}

/// The differences, each with the time when it was first observed.
fn drift(
    previous: Option<Vec<Drift>>,
    assessment: &Assessment,
    tags: &[TagDifference],
    now: Timestamp,
) -> Option<Vec<Drift>> {
    let drift = |field: String, desired: &str, actual: &str| {
        let mut known = previous.iter().flatten();
        let since = known
            .find(|drift| drift.field == field)
            .and_then(|drift| drift.since.clone());
        Drift {
            field,
            desired: Some(desired.to_owned()),
            actual: Some(actual.to_owned()),
            since: Some(since.unwrap_or(Time(now))),
        }
    };
    let fields = assessment.diff.differences.iter().map(|difference| {
        let path = difference.field.path().to_owned();
        drift(path, &difference.desired, &difference.actual)
    });
    let tags = tags
        .iter()
        .map(|tag| drift(tag.path(), tag.shown_desired(), tag.shown_actual()));
    non_empty(fields.chain(tags).collect())
}

/// The items, or `None` if there are none.
fn non_empty<T>(items: Vec<T>) -> Option<Vec<T>> {
    (!items.is_empty()).then_some(items)
}
