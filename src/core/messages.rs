//! The messages of conditions and events: what is the case, why, and what to do.

use super::{
    assessment::{Assessment, Owner},
    decide::{Input, decide},
    desired::{Desired, DriftPolicy, Invalid},
    diff::Difference,
    explain::explain,
    identity::owner_tags,
    left_in_force::addition,
    observed::{Observed, Revision, Service, StatusCode},
    reason::Reason,
    stuck,
    tags::TagDifference,
};
use crate::api::annotations;

impl Reason {
    /// What is going on, why, and the next step.
    pub fn message(&self, input: &Input<'_>, assessment: Option<&Assessment>) -> String {
        let desired = input.desired;
        let arn = &desired.arn;
        let annotate = |annotation: &str, value: &str| annotate(desired, annotation, value);
        let first = || first_difference(assessment);
        match self {
            Self::Finalized => "nothing holds this object".into(),
            Self::Retained => retained(input),
            Self::RetainedUnmarked => retained_unmarked(input),
            Self::IdentityChanged { recorded, now } => format!("the service was recorded as {recorded}, but the operator's credentials and settings now give {now}; nothing is sent until they agree: give the operator the former account, Region and cluster-id, or delete this object with deletionPolicy Retain"),
            Self::Unreadable(failure) => explain(failure, desired),
            Self::WaitingForAbsence => format!("ECS does not show {arn}; it is looked for again before that is believed"),
            Self::Deleted => format!("{arn} is gone"),
            Self::Draining => format!("ECS is deleting {arn}; the object goes when it is gone; until then ECS needs the infrastructure role {}", infrastructure_role(input)),
            Self::NothingToDelete => format!("nothing was ever sent to ECS for this object, and {arn} cannot be read; the object goes without it: if a service of that name exists, delete it in ECS"),
            Self::Deleting => format!("deleting {arn}"),
            Self::WaitingForOwner => format!("the tags of {arn} do not say that it is this object's; they are read again before it is left alone"),
            Self::LeftAlone => left_alone(input),
            Self::Claiming => "storing the identity before the first call".into(),
            Self::InvalidSpec(Invalid { field, message }) => format!("{field}: {message}"),
            Self::Suspended => suspended(input, assessment),
            Self::ServiceDeleted => format!("{arn} was deleted outside this object, and driftPolicy is Report; set driftPolicy to Correct to create it again (the URL changes), or delete this object"),
            Self::Creating if had_service(input) => format!("{arn} was deleted outside this object; it is created again, and the URL changes"),
            Self::Creating => format!("creating {arn}"),
            Self::DrainingBeforeCreate => draining_before_create(input),
            Self::NotOwned(whose) => not_owned(input, assessment, whose),
            Self::NotAdoptable(cause) => format!("{}{arn} exists and cannot be adopted: {cause}", what_became_of_ours(input)),
            Self::AdoptionNotConfirmed(hash) => format!("{}adopting {arn} would change it: {}; correct the spec, or confirm with: {}", what_became_of_ours(input), all_differences(assessment), annotate(annotations::ADOPT_CONFIRM, hash)),
            Self::Adopting => format!("{}taking over {arn}", what_became_of_ours(input)),
            Self::TagsLost => format!("the owner tags of {arn} are lost; setting them again"),
            Self::UnknownStatus(code) => format!("ECS says {code}, which this version of the operator does not know; the service is only observed: upgrade the operator"),
            Self::Immutable(role) => format!("spec.infrastructureRoleArn: the service has {role}, which ECS cannot change; the service was replaced outside this object, or made for a former object of this name: to keep it, delete this object with deletionPolicy Retain and create it again with that role; to have a new one, delete this object, and the service with it, and create it again"),
            Self::WaitingForUpdate => "an update was sent and is not to be seen yet; it is looked for before another is sent".into(),
            Self::Updating if is_a_retry(input) => format!("a retry was asked: sending the configuration to ECS again: {}", fields_sent(input, assessment)),
            Self::Updating => format!("sending the new configuration to ECS: {}", fields_sent(input, assessment)),
            Self::ScalingOnly => format!("scaling alone is sent, since ECS did not keep the rest of this configuration{}: {}", rollback_reason(assessment), scaling_differences(assessment)),
            Self::CorrectingDrift => format!("the service was changed outside this object and is put right: {}", first()),
            Self::Restarting if input.retry_asked() => "a retry was asked: deploying the same configuration again".into(),
            Self::Restarting => "a restart was asked: deploying the same configuration again".into(),
            Self::Tagging => "the tags are brought up to date".into(),
            Self::RolledBack => rolled_back(input, assessment),
            Self::Drifted => format!("the service was changed outside this object, and driftPolicy is Report: {}; edit the spec, or set driftPolicy to Correct", first()),
            Self::NotConverging => format!("ECS accepts the configuration, but keeps a difference: {}; write the field as ECS has it, or ask for another try with: {}", first(), annotate(annotations::RETRY, NOW)),
            Self::TagNotConverging(path) => format!("{path} was set several times and did not stay so: something else keeps changing it, and no tag is sent any more; find who changes it, edit spec.tags, or ask for another try with: {}", ask_for_a_retry(desired)),
            Self::Deploying => rollout_message(assessment),
            Self::ManagedResourceFailed => stuck::resource_failed(input),
            Self::ProgressDeadlineExceeded => stuck::deadline_exceeded(input, assessment),
            Self::WaitingForEndpoint => "the deployment succeeded; ECS shows no endpoint yet".into(),
            Self::Available => in_sync(input, assessment),
        }
    }
}

/// A value for an annotation that is another each time.
const NOW: &str = "$(date +%s)";

/// The command that asks for another try.
pub(super) fn ask_for_a_retry(desired: &Desired) -> String {
    annotate(desired, annotations::RETRY, NOW)
}

/// The command that sets an annotation on the object.
fn annotate(desired: &Desired, annotation: &str, value: &str) -> String {
    let object = &desired.object;
    format!(
        "kubectl annotate --overwrite -n {} xsvc/{} {annotation}={value}",
        object.namespace, object.name
    )
}

fn present<'a>(input: &Input<'a>) -> Option<&'a Service> {
    match input.observed {
        Observed::Present(service) => Some(service),
        Observed::NotAsked | Observed::Missing(_) | Observed::Unreadable(_) => None,
    }
}

fn is_draining(input: &Input<'_>) -> bool {
    present(input).is_some_and(|service| service.code == StatusCode::Draining)
}

/// Whether this object is on record as having made or adopted a service.
pub(super) fn had_service(input: &Input<'_>) -> bool {
    input.memory.is_some_and(|memory| memory.service.is_some())
}

/// Whether the service that is there is the one on record.
pub(super) fn is_the_recorded_one(input: &Input<'_>, service: &Service) -> bool {
    input
        .memory
        .and_then(|memory| memory.service.as_ref())
        .is_some_and(|known| known.created_at.as_ref().map(|at| at.0) == service.created_at)
}

/// The role that ECS needs until the service is gone.
fn infrastructure_role<'a>(input: &Input<'a>) -> &'a str {
    present(input)
        .and_then(|service| service.infrastructure_role_arn.as_deref())
        .unwrap_or(&input.desired.infrastructure_role_arn)
}

fn retained(input: &Input<'_>) -> String {
    let arn = &input.desired.arn;
    if is_draining(input) {
        format!(
            "deletionPolicy is Retain, but ECS is deleting {arn} already, which cannot be stopped; the object goes"
        )
    } else {
        format!("deletionPolicy is Retain: {arn} keeps running and is marked as released")
    }
}

fn retained_unmarked(input: &Input<'_>) -> String {
    let arn = &input.desired.arn;
    if is_draining(input) {
        return retained(input);
    }
    format!(
        "deletionPolicy is Retain: {arn} is left as it is, without a mark; a service that remains is no longer managed"
    )
}

fn draining_before_create(input: &Input<'_>) -> String {
    let (arn, role) = (&input.desired.arn, infrastructure_role(input));
    let ours = present(input).is_some_and(|service| is_the_recorded_one(input, service));
    match (ours, input.desired.drift) {
        (false, _) => format!(
            "a former service {arn} is still being deleted; it is created again when that is gone; until then ECS needs the infrastructure role {role}"
        ),
        (true, DriftPolicy::Correct) => format!(
            "{arn} is being deleted outside this object; it is created again when it is gone, and the URL changes; until then ECS needs the infrastructure role {role}"
        ),
        (true, DriftPolicy::Report) => format!(
            "{arn} is being deleted outside this object, and driftPolicy is Report; set driftPolicy to Correct to create it again when it is gone (the URL changes)"
        ),
    }
}

/// Where another service has the name of the one that this object had, or the tags of that one were changed: that.
fn what_became_of_ours(input: &Input<'_>) -> &'static str {
    match present(input) {
        Some(service) if had_service(input) && !is_the_recorded_one(input, service) => {
            "the service that this object had is gone, deleted outside this object, and another has its name: "
        }
        Some(_) if had_service(input) => {
            "the owner tags of the service that this object had were changed outside this object: "
        }
        _ => "",
    }
}

/// The object of this cluster that the owner tags name.
fn related_object(input: &Input<'_>) -> Option<String> {
    let tags = &present(input)?.tags;
    let here = tags.get(owner_tags::CLUSTER_ID)? == &input.desired.cluster_id;
    let (namespace, name) = (
        tags.get(owner_tags::NAMESPACE)?,
        tags.get(owner_tags::NAME)?,
    );
    let another =
        (namespace, name) != (&input.desired.object.namespace, &input.desired.object.name);
    (here && another).then(|| format!("{namespace}/{name}"))
}

fn left_alone(input: &Input<'_>) -> String {
    let arn = &input.desired.arn;
    match related_object(input) {
        Some(related_object) => format!(
            "{arn} is not this object's and is left alone: it belongs to the ExpressService {related_object} of this cluster, which runs it"
        ),
        None => format!(
            "{arn} is not this object's and is left alone; if it is no longer wanted, delete it in ECS"
        ),
    }
}

fn not_owned(input: &Input<'_>, assessment: Option<&Assessment>, whose: &str) -> String {
    const OTHER_NAME: &str = "create another ExpressService with another spec.serviceName";
    let (arn, became) = (&input.desired.arn, what_became_of_ours(input));
    let free = assessment.is_some_and(|assessment| assessment.owner == Owner::Unowned);
    let was_ours = present(input).is_some_and(|service| is_the_recorded_one(input, service));
    match related_object(input) {
        _ if free => format!(
            "{became}{arn} exists and belongs to {whose}; set spec.adoptionPolicy to Adopt to take it over, or {OTHER_NAME}"
        ),
        Some(related_object) => format!(
            "{became}{arn} exists and belongs to the ExpressService {related_object} of this cluster, which runs it; {OTHER_NAME}, and delete this one: the service is left alone"
        ),
        None if was_ours => format!(
            "{became}{arn} belongs to {whose}; if that is a mistake, set the tags {} to {}, {} to {} and {} to {} again, and this object goes on",
            owner_tags::CLUSTER_ID,
            input.desired.cluster_id,
            owner_tags::NAMESPACE,
            input.desired.object.namespace,
            owner_tags::NAME,
            input.desired.object.name,
        ),
        None => format!(
            "{became}{arn} exists and belongs to {whose}; {OTHER_NAME}; only if that owner is gone for good, delete the service in ECS"
        ),
    }
}

/// What would be decided if the object were not suspended.
pub(super) fn beneath_suspension(input: &Input<'_>) -> Reason {
    let desired = Desired {
        suspend: false,
        ..input.desired.clone()
    };
    let awake = Input {
        desired: &desired,
        ..*input
    };
    decide(&awake).reason
}

fn suspended(input: &Input<'_>, assessment: Option<&Assessment>) -> String {
    let arn = &input.desired.arn;
    let beneath = beneath_suspension(input);
    let state = match &beneath {
        Reason::Creating | Reason::ServiceDeleted if had_service(input) => format!(
            "{arn} was deleted outside this object; set spec.suspend to false to create it again (the URL changes)"
        ),
        Reason::Creating => "there is no service yet, and none is created".into(),
        Reason::DrainingBeforeCreate if had_service(input) => format!(
            "{arn} was deleted outside this object and drains; set spec.suspend to false to create it again when it is gone (the URL changes)"
        ),
        Reason::DrainingBeforeCreate => format!("a former service {arn} is still being deleted"),
        Reason::Updating if is_a_retry(input) => format!(
            "the retry that was asked is not made: {}",
            fields_sent(input, assessment)
        ),
        Reason::Updating => format!("the edit is not sent: {}", fields_sent(input, assessment)),
        Reason::CorrectingDrift | Reason::Drifted => format!(
            "it was changed outside this object: {}",
            first_difference(assessment)
        ),
        Reason::Restarting => "the restart that was asked is not made".into(),
        Reason::Adopting => format!("{arn} is not taken over"),
        Reason::TagsLost | Reason::Tagging => "its tags are not brought up to date".into(),
        Reason::Available => "it runs this configuration and answers".into(),
        other => other.message(input, assessment),
    };
    format!("spec.suspend is true: the service is only observed; {state}")
}

/// Whether this is no edit, but the same configuration once more.
fn is_a_retry(input: &Input<'_>) -> bool {
    let applied = input.memory.and_then(|memory| memory.last_applied.as_ref());
    input.retry_asked()
        && applied.is_none_or(|applied| applied.hash == input.desired.configuration.hash())
}

/// The fields that an edit sends: those that differ, or all where ECS shows nothing to compare with.
fn fields_sent(input: &Input<'_>, assessment: Option<&Assessment>) -> String {
    if assessment.is_some_and(|assessment| !assessment.diff.differences.is_empty()) {
        return first_difference(assessment);
    }
    let fields = input.desired.configuration.values();
    let paths: Vec<&str> = fields.keys().map(|field| field.path()).collect();
    paths.join(", ")
}

fn first_difference(assessment: Option<&Assessment>) -> String {
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

fn all_differences(assessment: Option<&Assessment>) -> String {
    let differences = assessment.map_or(&[][..], |assessment| &assessment.diff.differences);
    let tags = assessment.into_iter().flat_map(|it| it.tags.replaced());
    let texts: Vec<String> = differences
        .iter()
        .map(Difference::to_string)
        .chain(tags.map(TagDifference::to_string))
        .collect();
    texts.join(", ")
}

fn scaling_differences(assessment: Option<&Assessment>) -> String {
    let differences = assessment.map_or(&[][..], |assessment| &assessment.diff.differences);
    let scaling = differences
        .iter()
        .filter(|difference| difference.field.is_scaling());
    let texts: Vec<String> = scaling.map(Difference::to_string).collect();
    texts.join(", ")
}

/// A revision as people know it: by its image, and by the end of its ARN.
pub(super) fn named(revision: &Revision) -> String {
    let container = revision.configuration.container.as_ref();
    let id = revision_id(&revision.arn);
    match container {
        Some(container) => format!("{} (revision {id})", container.image),
        None => format!("revision {id}"),
    }
}

/// The end of a revision's ARN, which is its name within the service.
pub(super) fn revision_id(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

fn rolled_back(input: &Input<'_>, assessment: Option<&Assessment>) -> String {
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

fn rollback_reason(assessment: Option<&Assessment>) -> String {
    let Some(rollback) = assessment.and_then(|assessment| assessment.rollback.as_ref()) else {
        return String::new();
    };
    match (&rollback.status, &rollback.reason) {
        (Some(status), Some(reason)) => format!(" ({status}: {})", reason.trim_end_matches('.')),
        (Some(status), None) => format!(" ({status})"),
        (None, _) => String::new(),
    }
}

fn rollout_message(assessment: Option<&Assessment>) -> String {
    match assessment.and_then(|assessment| assessment.rollout.deployment()) {
        None => "ECS accepted the configuration; its deployment is not to be seen yet".into(),
        Some(deployment) => format!(
            "ECS is deploying the configuration: {}",
            stuck::progress_of(deployment)
        ),
    }
}

fn in_sync(input: &Input<'_>, assessment: Option<&Assessment>) -> String {
    let left = assessment.map(|assessment| addition(&assessment.diff.left_in_force));
    let left = left.unwrap_or_default();
    let failed = present(input).and_then(stuck::failed_resources);
    match failed {
        None => format!("the service runs this configuration and answers{left}"),
        Some(failed) => format!(
            "the service runs this configuration{left}; but {failed}; check the infrastructure role {}",
            infrastructure_role(input)
        ),
    }
}
