//! Messages about a service that has another owner, is being deleted, or is left alone.

use crate::core::{
    decide::{assessment::Assessment, input::Input, ownership::Owner, presence::had_service},
    desired::{owner_tags, policy::DriftPolicy},
    report::facts::{
        infrastructure_role, is_draining, is_the_recorded_one, present_service, related_object,
    },
};

pub(crate) fn retained(input: &Input<'_>) -> String {
    let arn = &input.desired.arn;
    if is_draining(input) {
        format!(
            "spec.deletionPolicy is Retain, but ECS is already deleting {arn}, which cannot be stopped; the finalizer is removed"
        )
    } else {
        format!("spec.deletionPolicy is Retain: {arn} keeps running and is marked as released")
    }
}

pub(crate) fn retained_unmarked(input: &Input<'_>) -> String {
    let arn = &input.desired.arn;
    if is_draining(input) {
        return retained(input);
    }
    format!(
        "spec.deletionPolicy is Retain: {arn} is left as it is and is not marked as released; if the service exists, it is no longer managed"
    )
}

pub(crate) fn draining(input: &Input<'_>) -> String {
    format!(
        "ECS is deleting {}; the finalizer is removed once the service is gone; {}",
        input.desired.arn,
        keep_the_role(input)
    )
}

pub(crate) fn draining_before_create(input: &Input<'_>) -> String {
    let (arn, role) = (&input.desired.arn, keep_the_role(input));
    let ours = present_service(input).is_some_and(|service| is_the_recorded_one(input, service));
    match (ours, input.desired.drift) {
        (false, _) => format!(
            "ECS is still deleting a former service {arn}; the operator creates it again once the former one is gone; {role}"
        ),
        (true, DriftPolicy::Correct) => format!(
            "{arn} is being deleted outside Kubernetes; the operator recreates it with a new URL once it is gone; {role}"
        ),
        (true, DriftPolicy::Report) => format!(
            "{arn} is being deleted outside Kubernetes, and spec.driftPolicy is Report; set spec.driftPolicy to Correct to recreate it with a new URL once it is gone"
        ),
    }
}

fn keep_the_role(input: &Input<'_>) -> String {
    format!(
        "until then, keep the infrastructure role {}, which ECS needs for the deletion",
        infrastructure_role(input)
    )
}

/// Prefix that says how this object lost the service that it had; empty where it had none.
pub(crate) fn lost_service_prefix(input: &Input<'_>) -> &'static str {
    match present_service(input) {
        Some(service) if had_service(input) && !is_the_recorded_one(input, service) => {
            "the service of this object was deleted outside Kubernetes, and another service now has its name: "
        }
        Some(_) if had_service(input) => {
            "the owner tags of this object's service were changed outside Kubernetes: "
        }
        _ => "",
    }
}

pub(crate) fn left_alone(input: &Input<'_>) -> String {
    let arn = &input.desired.arn;
    match related_object(input) {
        Some(related_object) => format!(
            "{arn} does not belong to this object and is left alone: it belongs to the ExpressService {related_object} of this cluster, which manages it"
        ),
        None => format!(
            "{arn} does not belong to this object and is left alone; if it is no longer needed, delete it in ECS"
        ),
    }
}

pub(crate) fn not_owned(input: &Input<'_>, assessment: Option<&Assessment>, owner: &str) -> String {
    const OTHER_NAME: &str = "create another ExpressService with another spec.serviceName";
    let (arn, lost) = (&input.desired.arn, lost_service_prefix(input));
    let unowned = assessment.is_some_and(|assessment| assessment.owner == Owner::Unowned);
    let was_ours =
        present_service(input).is_some_and(|service| is_the_recorded_one(input, service));
    match related_object(input) {
        _ if unowned => format!(
            "{lost}{arn} exists and belongs to {owner}; set spec.adoptionPolicy to Adopt to adopt it, or {OTHER_NAME}"
        ),
        Some(related_object) => format!(
            "{lost}{arn} exists and belongs to the ExpressService {related_object} of this cluster, which manages it; {OTHER_NAME}, and delete this object, which leaves the service alone"
        ),
        None if was_ours => format!(
            "{lost}{arn} belongs to {owner}; if that is a mistake, set the tags {} to {}, {} to {} and {} to {} again; the operator then manages the service again",
            owner_tags::CLUSTER_ID,
            input.desired.cluster_id,
            owner_tags::NAMESPACE,
            input.desired.object.namespace,
            owner_tags::NAME,
            input.desired.object.name,
        ),
        None => format!(
            "{lost}{arn} exists and belongs to {owner}; {OTHER_NAME}; delete the service in ECS only if that owner is gone for good"
        ),
    }
}
