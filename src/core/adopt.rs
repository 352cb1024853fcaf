//! Adoption: when a service that nobody owns is taken over.

use super::{
    configuration::hash_of_texts,
    decide::{Action, Case, tag},
    desired::AdoptionPolicy,
    findings::Findings,
    observed::{Management, Read, Service},
    why::Why,
};

/// Tags that another tool leaves on what it manages.
const CLAIM: &str = "aws:cloudformation:stack-name";
/// Tags that ECS takes; those of AWS do not count.
const MOST_TAGS: usize = 50;

/// What a confirmation confirms: the spec, and the differences as they were shown.
fn adoption_hash(case: &Case<'_>, findings: &Findings) -> String {
    let shown = findings.diff.differences.iter().map(ToString::to_string);
    let tags = findings.tags.replaced().map(ToString::to_string);
    let spec = case.desired.configuration.hash();
    hash_of_texts(std::iter::once(spec).chain(shown).chain(tags))
}

/// A free service: taken over if asked, possible, and either without difference or confirmed.
pub(super) fn adoption(
    case: &Case<'_>,
    service: &Service,
    findings: Option<&Findings>,
) -> (Action, Why) {
    let desired = case.desired;
    let refuse = |cause: String| (Action::Nothing, Why::NotAdoptable(cause));
    let Some(findings) = findings else {
        return (Action::Nothing, Why::ProvingAbsence);
    };
    let taken = service.management.got() == Some(&Management::Customer);
    let tags = desired.tags();
    let changes_nothing = findings.diff.is_empty() && findings.tags.replaced().next().is_none();
    let room = service
        .tags
        .keys()
        .filter(|key| !key.starts_with("aws:") && !tags.contains_key(*key));
    if taken {
        refuse("it is an ordinary ECS service, not an Express service".into())
    } else if desired.adoption == AdoptionPolicy::Never {
        (
            Action::Nothing,
            Why::NotOwned("nobody that the operator knows".into()),
        )
    } else if let Read::Failed(failure) = &service.management {
        // Whoever manages it may be somebody else.
        (Action::Nothing, Why::Unreadable(failure.clone()))
    } else if let Some(stack) = service.tags.get(CLAIM) {
        refuse(format!("the CloudFormation stack \"{stack}\" manages it"))
    } else if let Some(role) = &findings.immutable {
        refuse(format!(
            "its infrastructure role is {role}, which ECS cannot change; set spec.infrastructureRoleArn to it in another ExpressService"
        ))
    } else if room.count() + tags.len() > MOST_TAGS {
        refuse(format!(
            "it has no room for the operator's tags: ECS takes {MOST_TAGS}"
        ))
    } else if service.newest().is_none() || service.management.got().is_none() {
        // What it would change, or who manages it, cannot be told yet.
        (Action::Nothing, Why::Adopting)
    } else if let Some(missing) = findings.diff.uncompared.first() {
        // Nor what it would change of what cannot be compared.
        (Action::Nothing, Why::Unreadable(missing.failure(service)))
    } else if changes_nothing || desired.adopt_confirm == Some(adoption_hash(case, findings)) {
        (Action::Adopt(tag(desired, tags)), Why::Adopting)
    } else {
        (
            Action::Nothing,
            Why::AdoptionNotConfirmed(adoption_hash(case, findings)),
        )
    }
}
