//! Adoption: when a service that nobody owns is taken over.

use std::collections::BTreeMap;

use crate::core::{
    decide::{
        action::Action, assessment::Assessment, input::Input, reason::Reason, requests::TagRequest,
    },
    desired::{hash::hash_of_texts, object::Desired, policy::AdoptionPolicy},
    observed::service::{Management, Read, Service},
};

/// Tags that another tool leaves on what it manages.
const CLAIM: &str = "aws:cloudformation:stack-name";

/// Tags that ECS takes; those of AWS do not count.
const MAX_TAGS: usize = 50;

/// What a confirmation confirms: the spec, and the differences as they were shown.
fn adoption_hash(input: &Input<'_>, assessment: &Assessment) -> String {
    let shown = assessment.diff.differences.iter().map(ToString::to_string);
    let tags = assessment.tags.replaced().map(ToString::to_string);
    let spec = input.desired.configuration.hash();
    hash_of_texts(std::iter::once(spec).chain(shown).chain(tags))
}

/// A free service: taken over if asked, possible, and either without difference or confirmed.
pub(crate) fn adoption(
    input: &Input<'_>,
    service: &Service,
    assessment: Option<&Assessment>,
) -> (Action, Reason) {
    let desired = input.desired;
    let refuse = |cause: String| (Action::Nothing, Reason::NotAdoptable(cause));
    let Some(assessment) = assessment else {
        return (Action::Nothing, Reason::WaitingForAbsence);
    };
    let observed_at = service.management.got() == Some(&Management::Customer);
    let tags = desired.tags();
    let changes_nothing = assessment.diff.is_empty() && assessment.tags.replaced().next().is_none();
    let room = service
        .tags
        .keys()
        .filter(|key| !key.starts_with("aws:") && !tags.contains_key(*key));
    if observed_at {
        refuse("it is an ordinary ECS service, not an Express service".into())
    } else if desired.adoption == AdoptionPolicy::Never {
        (
            Action::Nothing,
            Reason::NotOwned("nobody that the operator knows".into()),
        )
    } else if let Read::Failed(failure) = &service.management {
        // Whoever manages it may be somebody else.
        (Action::Nothing, Reason::Unreadable(failure.clone()))
    } else if let Some(stack) = service.tags.get(CLAIM) {
        refuse(format!("the CloudFormation stack \"{stack}\" manages it"))
    } else if let Some(role) = &assessment.immutable {
        refuse(format!(
            "its infrastructure role is {role}, which ECS cannot change; set spec.infrastructureRoleArn to it in another ExpressService"
        ))
    } else if room.count() + tags.len() > MAX_TAGS {
        refuse(format!(
            "it has no room for the operator's tags: ECS takes {MAX_TAGS}"
        ))
    } else if service.newest().is_none() || service.management.got().is_none() {
        // What it would change, or who manages it, cannot be told yet.
        (Action::Nothing, Reason::Adopting)
    } else if let Some(missing) = assessment.diff.not_comparable.first() {
        // Nor what it would change of what cannot be compared.
        (
            Action::Nothing,
            Reason::Unreadable(missing.failure(service)),
        )
    } else if changes_nothing || desired.adopt_confirm == Some(adoption_hash(input, assessment)) {
        (Action::Adopt(tag(desired, tags)), Reason::Adopting)
    } else {
        (
            Action::Nothing,
            Reason::AdoptionNotConfirmed(adoption_hash(input, assessment)),
        )
    }
}

pub(crate) fn tag(desired: &Desired, tags: BTreeMap<String, String>) -> TagRequest {
    TagRequest {
        arn: desired.arn.clone(),
        tags,
    }
}
