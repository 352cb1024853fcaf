//! Adoption: taking over a service that nobody owns.

use crate::core::{
    decide::{
        action::Action, assessment::Assessment, input::Input, presence::Present, reason::Reason,
        requests::TagRequest,
    },
    desired::{hash::hash_of_texts, policy::AdoptionPolicy},
    diff::tags::{MAX_TAGS, count_after_setting},
    observed::service::Read,
};

/// The tag with which CloudFormation marks the resources of a stack.
const CLOUDFORMATION_STACK: &str = "aws:cloudformation:stack-name";

/// Decides about an unowned service: it is adopted if the spec asks for that, ECS allows it, and the adoption either changes
/// nothing or was confirmed.
pub(crate) fn adoption(input: &Input<'_>, present: Present<'_>) -> (Action, Reason) {
    let Present {
        service,
        assessment,
    } = present;
    let desired = input.desired;
    if service.is_ordinary() {
        return not_adoptable("it is an ordinary ECS service, not an Express service");
    }
    if desired.adoption == AdoptionPolicy::Never {
        let owner = "nobody that the operator knows".to_owned();
        return (Action::Nothing, Reason::NotOwned(owner));
    }
    if let Read::Failed(failure) = &service.management {
        // Who manages the service is unknown, and it may be another tool.
        return (Action::Nothing, Reason::Unreadable(failure.clone()));
    }
    if let Some(cause) = obstacle(input, present) {
        return not_adoptable(cause);
    }
    if service.newest().is_none() || service.management.got().is_none() {
        // What the adoption would change, or who manages the service, is not known yet.
        return (Action::Nothing, Reason::Adopting);
    }
    if let Some(missing) = assessment.diff.not_comparable.first() {
        // What the adoption would change is not known yet.
        return (
            Action::Nothing,
            Reason::Unreadable(missing.failure(service)),
        );
    }
    let changes_nothing = assessment.diff.is_empty() && assessment.tags.replaced().next().is_none();
    let hash = adoption_hash(input, assessment);
    if changes_nothing || desired.adopt_confirm.as_ref() == Some(&hash) {
        let request = TagRequest {
            arn: desired.arn.clone(),
            tags: desired.tags(),
        };
        (Action::Adopt(request), Reason::Adopting)
    } else {
        (Action::Nothing, Reason::AdoptionNotConfirmed(hash))
    }
}

fn not_adoptable(cause: impl Into<String>) -> (Action, Reason) {
    (Action::Nothing, Reason::NotAdoptable(cause.into()))
}

/// What makes the adoption impossible, with what to do about it.
fn obstacle(input: &Input<'_>, present: Present<'_>) -> Option<String> {
    let Present {
        service,
        assessment,
    } = present;
    if let Some(stack) = service.tags.get(CLOUDFORMATION_STACK) {
        return Some(format!("the CloudFormation stack \"{stack}\" manages it"));
    }
    if let Some(role) = &assessment.immutable {
        return Some(format!(
            "its infrastructure role is {role}, which ECS cannot change; create another ExpressService with spec.infrastructureRoleArn set to that role"
        ));
    }
    (count_after_setting(&input.desired.tags(), &service.tags) > MAX_TAGS).then(|| {
        format!("it has no room for the operator's tags: ECS accepts {MAX_TAGS} tags on a service")
    })
}

/// The value that confirms an adoption: a hash of the spec and of the differences as the message shows them.
fn adoption_hash(input: &Input<'_>, assessment: &Assessment) -> String {
    let differences = assessment.diff.differences.iter().map(ToString::to_string);
    let tags = assessment.tags.replaced().map(ToString::to_string);
    let spec = input.desired.configuration.hash();
    hash_of_texts(std::iter::once(spec).chain(differences).chain(tags))
}
