//! Messages about a service that has another owner, is deleted, or is left alone.

use crate::core::{
    decide::{assessment::Assessment, input::Input, ownership::Owner, presence::had_service},
    desired::{owner_tags, policy::DriftPolicy},
    report::facts::{
        infrastructure_role, is_draining, is_the_recorded_one, present, related_object,
    },
};

pub(crate) fn retained(input: &Input<'_>) -> String {
    let arn = &input.desired.arn;
    if is_draining(input) {
        format!(
            "deletionPolicy is Retain, but ECS is deleting {arn} already, which cannot be stopped; the object goes"
        )
    } else {
        format!("deletionPolicy is Retain: {arn} keeps running and is marked as released")
    }
}

pub(crate) fn retained_unmarked(input: &Input<'_>) -> String {
    let arn = &input.desired.arn;
    if is_draining(input) {
        return retained(input);
    }
    format!(
        "deletionPolicy is Retain: {arn} is left as it is, without a mark; a service that remains is no longer managed"
    )
}

pub(crate) fn draining_before_create(input: &Input<'_>) -> String {
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
pub(crate) fn what_became_of_ours(input: &Input<'_>) -> &'static str {
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

pub(crate) fn left_alone(input: &Input<'_>) -> String {
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

pub(crate) fn not_owned(input: &Input<'_>, assessment: Option<&Assessment>, whose: &str) -> String {
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
